"""Odd DICOM, made here: told rightly, decoded to the values it means, refused in words where it lies."""

import io
import random
import uuid
import zlib

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from referrals.records.decoder import Refused, look, sniff
from referrals.records.decoder.child import BROKEN_FILE
from referrals.records.decoder.dicom import frames, picture
from referrals.records.dicom_facts import believed
from tests.referrals.records import dicoms
from tests.referrals.records.dicom_list import Kept, Whole


def told(body):
    return look.identify(Whole(body), None)["study"]


def shown(body):
    """(look after decoding, values of all frames as they are served)."""
    file = told(body)["file"]
    assert not file["problem"]
    if not file["decode"]:
        raw, changes = body[file["frame_offset"] :], {}
    else:
        out = Kept()
        changes = frames.decode_frames(Whole(body), out)["look"]
        raw = out.body
    final = file["look"] | changes
    kind = f"<{'i' if final['signed'] else 'u'}{final['bits'] // 8}"
    return final, np.frombuffer(raw[: file["frame_count"] * file["frame_bytes"]], kind)


def as_syntax(made, syntax):
    if syntax in (RLELossless, JPEG2000Lossless):
        return dicoms.packed(made, syntax)
    if syntax == ExplicitVRBigEndian:
        made.PixelData = np.frombuffer(made.PixelData, "<u2").astype(">u2").tobytes()
    made.file_meta.TransferSyntaxUID = syntax
    out = io.BytesIO()
    pydicom.dcmwrite(out, made, enforce_file_format=True)
    return out.getvalue()


@pytest.mark.parametrize(
    "syntax",
    [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, RLELossless,
     JPEG2000Lossless],
    ids=lambda uid: uid.name,
)  # fmt: skip
def test_every_packing_gives_the_same_values_and_facts(syntax):
    body = as_syntax(dicoms.dataset(5, size=(64, 64)), syntax)
    final, values = shown(body)
    assert (values == np.arange(4096) + 5).all()
    assert (final["intercept"], final["spacing"], final["windows"][0]) == (
        -1024,
        [0.5, 0.5],
        [40, 400, "SOFT"],
    )
    facts = told(body)
    assert (facts["names"], facts["born_on"], facts["date"]) == (["Reyes^Ana"], "1968-03-03", "2026-11-06")
    assert facts["file"]["position"] == 25.0 and facts["file"]["syntax"] == syntax


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian], ids=lambda uid: uid.name)
def test_files_without_their_head_are_known_by_their_elements(syntax):
    made = dicoms.dataset(1)
    out = io.BytesIO()
    made.file_meta.TransferSyntaxUID = syntax
    pydicom.dcmwrite(out, made, enforce_file_format=True)
    whole = out.getvalue()
    meta = 144 + int.from_bytes(whole[140:144], "little")
    for bare in (whole[132:], whole[meta:]):
        assert sniff.kind_of(Whole(bare)) == "dicom"
    assert told(whole[132:])["file"]["frame_count"] == 1
    assert told(whole[meta:])["names"] == ["Reyes^Ana"]


def test_a_tiff_in_the_preamble_does_not_deceive():
    body = b"II*\0" + dicoms.slice_(1)[4:]
    assert sniff.kind_of(Whole(body)) == "dicom" and told(body)["modality"] == "CT"


@pytest.mark.parametrize(
    "text", ["Aspirin 100 mg\nRamipril", "ISO_IR 100 and so on", "\x02\x03 no", "BM" * 300]
)
def test_what_is_no_dicom_is_not_taken_for_it(text):
    try:
        assert sniff.kind_of(Whole(text.encode())) != "dicom"
    except Refused:
        pass


def test_pixels_are_not_read_to_identify():
    class Counted(Whole):
        count = 0

        def read(self, size=-1):
            piece = super().read(size)
            self.count += len(piece)
            return piece

    made = dicoms.dataset(1, size=(2048, 2048))
    for body in (dicoms.packed(made), dicoms.packed(made, RLELossless)):
        file = Counted(body)
        look.identify(file, None)
        assert file.count < 20_000 < len(body)


def test_planes_palettes_and_shifted_bits_are_resolved():
    planes = bytes([1] * 4 + [2] * 4 + [3] * 4)
    colours = {
        "SamplesPerPixel": 3,
        "PhotometricInterpretation": "RGB",
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
    }
    made = dicoms.dataset(1, size=(2, 2), PlanarConfiguration=1, PixelData=planes, **colours)
    final, values = shown(dicoms.packed(made))
    assert values.tolist() == [1, 2, 3] * 4 and final["photometric"] == "RGB"

    shifted = (np.array([1, 2, 3, 4], "<u2") << 4).tobytes()
    made = dicoms.dataset(1, size=(2, 2), BitsStored=12, HighBit=15, PixelData=shifted)
    assert shown(dicoms.packed(made))[1].tolist() == [1, 2, 3, 4]

    made = dicoms.dataset(
        1, size=(2, 2), BitsAllocated=8, BitsStored=8, HighBit=7, PhotometricInterpretation="PALETTE COLOR",
        PixelData=bytes([0, 1, 2, 1]),
    )  # fmt: skip
    for colour, entries in (("Red", [10, 20, 30, 0]), ("Green", [40, 50, 60, 0]), ("Blue", [70, 80, 90, 0])):
        setattr(made, f"{colour}PaletteColorLookupTableDescriptor", [4, 0, 8])
        setattr(made, f"{colour}PaletteColorLookupTableData", bytes(entries))
    assert shown(dicoms.packed(made))[1].tolist() == [10, 40, 70, 20, 50, 80, 30, 60, 90, 20, 50, 80]


@pytest.mark.parametrize(
    ("said", "told_"), [("SIGMOID", "SIGMOID"), ("linear_exact", "LINEAR_EXACT"), ("LINEAR", ""), ("X", "")]
)
def test_how_a_window_becomes_greys_is_told(said, told_):
    made = dicoms.dataset(1, WindowCenter=40, WindowWidth=400, VOILUTFunction=said)
    found = believed(told(dicoms.packed(made)), size=10**6, key=uuid.uuid4()).look
    assert (found["voi"], found["windows"]) == (told_, [[40.0, 400.0, "SOFT"]])
    assert "curve" not in found


@pytest.mark.parametrize("written", ["numbers", "bytes"])
def test_a_lookup_table_is_a_window_with_a_curve(written):
    made = dicoms.dataset(1)
    for keyword in ("WindowCenter", "WindowWidth"):
        if keyword in made:
            delattr(made, keyword)
    entries = (np.linspace(0, 1, 1024) ** 2 * 4095).round().astype("<u2")  # dark for long, then steep
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [1024, 100, 12])
    item.add_new("LUTData", "US", entries.tolist()) if written == "numbers" else item.add_new(
        "LUTData", "OW", entries.tobytes()
    )
    made.VOILUTSequence = [item]
    found = believed(told(dicoms.packed(made)), size=10**6, key=uuid.uuid4()).look
    assert found["windows"] == [[100 + 512, 1024, ""]]
    assert (found["curve"][0], found["curve"][128], found["curve"][255]) == (0, 64, 255)


def test_a_lookup_table_that_lies_is_a_window_alone():
    made = dicoms.dataset(1)
    for keyword in ("WindowCenter", "WindowWidth"):
        if keyword in made:
            delattr(made, keyword)
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [1024, 0, 12])
    item.add_new("LUTData", "US", [1, 2, 3])
    made.VOILUTSequence = [item]
    found = believed(told(dicoms.packed(made)), size=10**6, key=uuid.uuid4()).look
    assert found["windows"] == [[512, 1024, ""]] and "curve" not in found


def test_single_bits_become_bytes_also_between_whole_bytes():
    bits = np.array([1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1], "u1")  # two frames of 3 × 3
    made = dicoms.dataset(
        1, size=(3, 3), NumberOfFrames=2, BitsAllocated=1, BitsStored=1, HighBit=0,
        PixelData=np.packbits(bits, bitorder="little").tobytes() + b"\0",
    )  # fmt: skip
    final, values = shown(dicoms.packed(made))
    assert values.tolist() == bits.tolist() and (final["bits"], final["windows"]) == (8, [[0.5, 1.0, ""]])


def test_wide_and_fractional_values_come_back_by_slope_and_intercept():
    wide = np.array([0, 70_000, 1_000_000, 4_000_000_000], "<u4")
    made = dicoms.dataset(
        1, size=(2, 2), BitsAllocated=32, BitsStored=32, HighBit=31, RescaleSlope=0.5, RescaleIntercept=3,
        PixelData=wide.tobytes(),
    )  # fmt: skip
    final, values = shown(dicoms.packed(made))
    assert np.allclose(values * final["slope"] + final["intercept"], wide * 0.5 + 3, atol=final["slope"])

    parts = np.array([-1.5, 0.25, 3.75, 1e3], "<f4")
    made = dicoms.dataset(1, size=(2, 2), PixelData=None, BitsAllocated=32, BitsStored=None, HighBit=None,
                          RescaleSlope=1, RescaleIntercept=0)  # fmt: skip
    made.FloatPixelData = parts.tobytes()
    final, values = shown(dicoms.packed(made))
    assert np.allclose(values * final["slope"] + final["intercept"], parts, atol=final["slope"])


def test_a_devices_table_is_applied():
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [4, 0, 16], np.array([100, 200, 300, 400], "<u2").tobytes()
    made = dicoms.dataset(
        1, size=(2, 2), PixelData=np.array([0, 1, 2, 3], "<u2").tobytes(), RescaleSlope=None, RescaleIntercept=None,
        ModalityLUTSequence=[table],
    )  # fmt: skip
    final, values = shown(dicoms.packed(made))
    assert np.allclose(values * final["slope"] + final["intercept"], [100, 200, 300, 400], atol=0.01)


def test_inverted_and_signed_values_are_kept_and_told():
    made = dicoms.dataset(
        1, size=(2, 2), PhotometricInterpretation="MONOCHROME1", PixelRepresentation=1, BitsStored=12, HighBit=11,
        PixelData=np.array([-5, 0, 5, 2000], "<i2").tobytes(),
    )  # fmt: skip
    final, values = shown(dicoms.packed(made))
    assert values.tolist() == [-5, 0, 5, 2000]
    assert (final["photometric"], final["signed"], final["stored"]) == ("MONOCHROME1", True, 12)


@pytest.mark.parametrize(
    ("said", "told_"),
    [
        ({}, None),
        ({"PixelPaddingValue": 0}, [0, 0]),
        ({"PixelPaddingValue": 2000, "PixelPaddingRangeLimit": 1000}, [1000, 2000]),
    ],
)
def test_what_only_fills_the_frame_is_told_and_darkens_no_picture(said, told_):
    values = np.linspace(3000, 3100, 64).astype("<u2")
    values[:40] = 0
    without = {"WindowCenter": None, "WindowWidth": None, "WindowCenterWidthExplanation": None}
    made = dicoms.dataset(1, size=(8, 8), PixelData=values.tobytes(), **without, **said)
    assert told(dicoms.packed(made))["file"]["look"]["padding"] == told_
    greys = picture.greys(values.reshape(8, 8), told(dicoms.packed(made))["file"]["look"])
    assert bool(greys[5, 1] < 40) == (told_ == [0, 0]), "the darkest of the body takes the darkest grey"


def _frame(z, intercept):
    plane, scale = Dataset(), Dataset()
    plane.ImagePositionPatient = [0, 0, z]
    scale.RescaleSlope, scale.RescaleIntercept = 2, intercept
    one = Dataset()
    one.PlanePositionSequence, one.PixelValueTransformationSequence = [plane], [scale]
    return one


def test_what_differs_from_frame_to_frame_is_told():
    turn, measure, shared = Dataset(), Dataset(), Dataset()
    turn.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    measure.PixelSpacing, measure.SliceThickness = [0.7, 0.8], 2
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [turn], [measure]
    made = dicoms.film(
        3, PixelSpacing=None, ImagePositionPatient=None, ImageOrientationPatient=None, SliceThickness=None,
        RescaleSlope=None, SharedFunctionalGroupsSequence=[shared],
        PerFrameFunctionalGroupsSequence=[_frame(z, i) for z, i in ((10, 0), (12, 5), (14, 7))],
    )  # fmt: skip
    del made.RescaleIntercept
    seen = told(dicoms.packed(made))["file"]["look"]
    assert (seen["spacing"], seen["thickness"], seen["position"]) == ([0.7, 0.8], 2, [0, 0, 10])
    assert seen["frame_positions"] == [10, 12, 14] and seen["frame_scales"] == [[2, 0], [2, 5], [2, 7]]


@pytest.mark.parametrize(
    ("keyword", "says"),
    [
        ("PixelSpacing", "patient"),
        ("ImagerPixelSpacing", "detector"),
        ("NominalScannedPixelSpacing", "nominal"),
    ],
)
def test_it_says_what_the_spacing_is_of(keyword, says):
    made = dicoms.dataset(1, **{"PixelSpacing": None, keyword: [0.3, 0.6]})
    seen = told(dicoms.packed(made))["file"]["look"]
    assert (seen["spacing"], seen["spacing_from"], seen["aspect"]) == ([0.3, 0.6], says, 0.5)


@pytest.mark.parametrize(
    ("own", "kind", "says"),
    [([0.2, 0.2], None, "detector"), ([0.2, 0.2], "GEOMETRY", "patient"), ([0.15, 0.15], None, "patient")],
)
def test_the_detectors_own_spacing_is_not_the_patients(own, kind, says):
    made = dicoms.dataset(
        1, PixelSpacing=own, ImagerPixelSpacing=[0.2, 0.2], PixelSpacingCalibrationType=kind
    )
    seen = told(dicoms.packed(made))["file"]["look"]
    assert (seen["spacing"], seen["spacing_from"]) == (own, says)


@pytest.mark.parametrize(
    ("said", "every"),
    [({"FrameTime": 40, "CineRate": 10}, 40), ({"CineRate": 25}, 40), ({"FrameTime": 0, "CineRate": 0}, None),
     ({"RecommendedDisplayFrameRate": 8, "CineRate": 25}, 125)],
)  # fmt: skip
def test_a_film_runs_at_the_pace_it_says(said, every):
    assert told(dicoms.packed(dicoms.film(3, **said)))["file"]["look"]["frame_time"] == every


def test_a_small_picture_follows_the_files_own_table():
    values = np.array([[0, 50], [100, 150]], "u2")
    seen = {"stored": 16, "bits": 16, "signed": False, "slope": 1.0, "intercept": 0.0, "photometric": "MONOCHROME2",
            "windows": [[50, 100, ""]], "voi": ""}  # fmt: skip
    assert picture.greys(values, seen).tolist() == [[0, 127], [255, 255]]
    assert picture.greys(values, seen | {"voi": "SIGMOID"}).tolist() == [[30, 127], [224, 250]]
    turned = list(range(255, -1, -1))
    assert picture.greys(values, seen | {"curve": turned}).tolist() == [[255, 127], [0, 0]]


def test_ultrasound_is_measured_by_its_regions():
    region = Dataset()
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.02
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    made = dicoms.dataset(1, PixelSpacing=None, SequenceOfUltrasoundRegions=[region])
    seen = told(dicoms.packed(made))["file"]["look"]
    assert (seen["spacing"], seen["spacing_from"]) == ([0.2, 0.2], "region")


def test_no_spacing_is_no_spacing():
    seen = told(dicoms.packed(dicoms.dataset(1, PixelSpacing=None)))["file"]["look"]
    assert (seen["spacing"], seen["spacing_from"]) == (None, "")


def test_names_in_other_letters_and_codes_are_read():
    made = dicoms.dataset(
        1, SpecificCharacterSet="ISO_IR 192", PatientName="Yamada^Tarou=山田^太郎=やまだ^たろう"
    )
    assert told(dicoms.packed(made))["names"] == ["Yamada^Tarou", "山田^太郎", "やまだ^たろう"]


def test_a_deflated_bomb_is_refused():
    made = dicoms.dataset(1)
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    out = io.BytesIO()
    pydicom.dcmwrite(out, made, enforce_file_format=True)
    whole = out.getvalue()
    meta = 144 + int.from_bytes(whole[140:144], "little")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(300)) + packer.flush()
    with pytest.raises(Refused, match="packed_too_tight"):
        told(whole[:meta] + bomb)


def test_htj2k_is_among_what_is_read():
    assert HTJ2KLossless in frames.layout.PACKED


@pytest.mark.parametrize("seed", range(40))
def test_broken_bytes_end_in_facts_that_hold_or_a_refusal(seed):
    """A few bytes of the head are changed; whatever is said then must be fit to be believed and decoded."""
    chance = random.Random(seed)
    made = chance.choice([dicoms.dataset(1), dicoms.film(3)])
    body = bytearray(dicoms.packed(made, RLELossless if seed % 2 else None))
    for _n in range(chance.randint(1, 12)):
        body[chance.randrange(132, min(1500, len(body)))] = chance.randrange(256)
    try:
        study = told(bytes(body))
        believed(study, size=len(body), key=uuid.uuid4())
        if study["file"]["decode"]:
            out = Kept()
            frames.decode_frames(Whole(bytes(body)), out)
            assert len(out.body) == study["file"]["frame_count"] * study["file"]["frame_bytes"]
    except (Refused, MemoryError, *BROKEN_FILE):
        pass
