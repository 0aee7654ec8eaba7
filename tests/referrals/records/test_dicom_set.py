"""Every file that pydicom ships: what docs/dicom.md says of it, and the same values as pydicom reads itself."""

import uuid

import numpy as np
import pydicom
import pytest

from referrals.records.decoder import Refused, look
from referrals.records.decoder.dicom import picture, source
from referrals.records.dicom_facts import believed, fits
from tests.referrals.records import dicom_list

PATHS = dicom_list.paths()


def test_the_page_says_what_becomes_of_every_file():
    assert dicom_list.parts()[1] == dicom_list.table()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_frames_are_what_pydicom_reads(path):
    try:
        file, body, changed = dicom_list.decoded(path)
    except Refused:
        return
    if (
        body is None or changed.get("broken") or path.name == "badVR.dcm"
    ):  # pydicom can't count its frames, “1A”
        return
    shown = file["look"] | changed
    assert fits(shown, file["frame_bytes"]) and len(body) == file["frame_count"] * file["frame_bytes"]
    ours = np.frombuffer(body, f"<{'i' if shown['signed'] else 'u'}{shown['bits'] // 8}")
    theirs = _read_whole(path)
    if file["look"]["bits"] == 32 and shown["samples"] == 1:
        step = abs(shown["slope"] / file["look"]["slope"])
        meant = ours * shown["slope"] + shown["intercept"]
        assert np.abs(meant - theirs.ravel() * file["look"]["slope"]).max() <= step * file["look"]["slope"]
    else:
        assert (ours == theirs.ravel()).all()


def _read_whole(path):
    data = pydicom.dcmread(path, force=True)
    values = pydicom.pixels.pixel_array(data)
    if data.PhotometricInterpretation == "PALETTE COLOR":
        values = pydicom.pixels.apply_color_lut(values, data)
    if (
        values.ndim
        and data.get("SamplesPerPixel", 1) == 3
        or data.PhotometricInterpretation == "PALETTE COLOR"
    ):
        return (values >> (8 * (values.dtype.itemsize - 1))).astype("u1")
    return values


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_what_the_decoder_says_is_believed_and_drawn(path):
    whole = dicom_list.Whole(path.read_bytes())
    try:
        study = look.identify(whole, None)["study"]
    except Refused:
        return
    facts = believed(study, size=whole.size, key=uuid.uuid4())
    assert facts.study_uid and facts.series_uid and facts.uid
    if facts.frame_bytes and "sequence-delimiter" not in path.name:
        drawn = picture.middle(source.open_(whole))
        assert drawn.width and drawn.height
