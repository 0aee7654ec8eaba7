"""DICOM: who, which study, what and when; and the first picture where that is easy. Not for diagnosis."""

import sys
import warnings
from array import array
from io import BytesIO

import pydicom
from PIL import Image
from pydicom import encaps
from pydicom.errors import InvalidDicomError

from referrals.records.decoder import Refused, limits, pages, words

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
DIRECTORY = "1.2.840.10008.1.3.10"
PLAIN = frozenset(("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"))
BIG_ENDIAN = "1.2.840.10008.1.2.2"
BY_PILLOW = frozenset(("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"))
LARGEST = 64 * limits.MIB  # to draw the first picture of
TOLD = {
    "patient": "PatientName",
    "patient_id": "PatientID",
    "study": "StudyInstanceUID",
    "series": "SeriesInstanceUID",
    "instance": "SOPInstanceUID",
    "title": "StudyDescription",
    "series_title": "SeriesDescription",
    "series_number": "SeriesNumber",
    "instance_number": "InstanceNumber",
    "modality": "Modality",
    "part": "BodyPartExamined",
    "institution": "InstitutionName",
}


def prove(file, _kind, _password=None):
    try:
        found = pydicom.dcmread(file, stop_before_pixels=True)
    except InvalidDicomError:
        raise Refused("unreadable") from None
    meta = getattr(found, "file_meta", {})
    if str(meta.get("MediaStorageSOPClassUID", "")) == DIRECTORY:
        raise Refused("dicomdir")
    if not len(found):
        raise Refused("unreadable")
    if _is_cut_off(file, found):
        raise Refused("unreadable")
    study = {name: _text(found, key) for name, key in TOLD.items()}
    born = words.day_of_digits(_text(found, "PatientBirthDate"))
    dated = next((d for key in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")
                  if (d := words.day_of_digits(_text(found, key)))), "")  # fmt: skip
    study |= {"born_on": born, "date": dated, "images": max(_number(found, "NumberOfFrames"), 0)}
    study |= {"rows": _number(found, "Rows"), "columns": _number(found, "Columns")}
    if study["rows"] and not study["images"]:
        study["images"] = 1
    return {"study": study, "dated_on": dated, "page_count": 1 if study["rows"] else 0}


def _is_cut_off(file, found):
    """Plain pixels must all be there; `file` stands just before them."""
    if str(found.file_meta.get("TransferSyntaxUID", "")) not in PLAIN or not _number(found, "Rows"):
        return False
    values = _number(found, "Rows") * _number(found, "Columns") * max(_number(found, "SamplesPerPixel"), 1)
    if "420" in str(found.get("PhotometricInterpretation")) or "422" in str(
        found.get("PhotometricInterpretation")
    ):
        values //= 2
    bits = values * _number(found, "BitsAllocated") * max(_number(found, "NumberOfFrames"), 1)
    return file.size - file.tell() < bits // 8


def leaves(file, _first, _last, _kind, _password=None):
    """Nothing: a study has pictures, no pages."""
    return {"pages": []}


def draw(file, out, _numbers, _kind, _password=None, _scale="normal"):
    """The first picture, or none: the study stands without it."""
    try:
        file.seek(0)
        picture = _first_frame(file)
    except Exception:  # a study whose picture we can't draw is still a study, and can be downloaded
        picture = None
    if picture is not None:
        pages.hand_out(pages.fit(picture), out, 1)


def _first_frame(file):
    if file.size > LARGEST:
        return None
    found = pydicom.dcmread(file)
    syntax = str(found.file_meta.TransferSyntaxUID)
    rows, columns, samples = found.Rows, found.Columns, found.get("SamplesPerPixel", 1)
    if rows * columns > limits.MOST_PIXELS // 2:
        return None
    if syntax in BY_PILLOW:
        packed = next(
            encaps.generate_frames(
                BytesIO(found.PixelData), number_of_frames=max(_number(found, "NumberOfFrames"), 1)
            )
        )
        picture = Image.open(BytesIO(packed), formats=["JPEG", "JPEG2000"])
        if picture.size != (columns, rows):
            return None
        if picture.mode in ("L", "RGB"):
            return picture.convert(picture.mode)
        return _grey(array("H", picture.tobytes()), found) if picture.mode.startswith("I;16") else None
    if syntax not in PLAIN:
        return None
    return _plain(found, syntax, rows, columns, samples)


def _plain(found, syntax, rows, columns, samples):
    wide = found.BitsAllocated // 8
    length = rows * columns * samples * wide
    body = found.PixelData[:length]
    if wide not in (1, 2) or len(body) < length:
        return None
    if samples == 3 and wide == 1 and found.PhotometricInterpretation == "RGB":
        return _colours(body, found.get("PlanarConfiguration", 0), rows, columns)
    if samples != 1:
        return None
    if wide == 1:
        return _grey(body, found)
    values = array("H", body)
    if (syntax == BIG_ENDIAN) != (sys.byteorder == "big"):
        values.byteswap()
    return _grey(values, found)


def _colours(body, by_plane, rows, columns):
    if not by_plane:
        return Image.frombytes("RGB", (columns, rows), body)
    plane = rows * columns
    return Image.merge(
        "RGB", [Image.frombytes("L", (columns, rows), body[n * plane : (n + 1) * plane]) for n in range(3)]
    )


def _grey(stored, found):
    """Stored values to 256 greys, by the window the study names or from darkest to lightest."""
    if not str(found.PhotometricInterpretation).startswith("MONOCHROME"):
        return None
    bits = min(found.get("BitsStored", 16), 16)
    sign, mask = 1 << (bits - 1), (1 << bits) - 1
    is_signed = bool(found.get("PixelRepresentation", 0))
    slope, intercept = float(found.get("RescaleSlope") or 1), float(found.get("RescaleIntercept") or 0)

    def meant(raw):
        value = raw & mask
        if is_signed and value & sign:
            value -= mask + 1
        return value * slope + intercept

    low, high = _window(found) or _range(stored, meant)
    span = (high - low) or 1
    greys = bytearray(1 << (8 * (stored.itemsize if isinstance(stored, array) else 1)))
    for raw in range(len(greys)):
        greys[raw] = min(max(round((meant(raw) - low) * 255 / span), 0), 255)
    if found.PhotometricInterpretation == "MONOCHROME1":
        greys = bytes(255 - grey for grey in greys)
    return Image.frombytes("L", (found.Columns, found.Rows), bytes(map(greys.__getitem__, stored)))


def _window(found):
    def first(key):
        value = found.get(key)
        return value[0] if hasattr(value, "__iter__") and not isinstance(value, str) else value

    center, width = first("WindowCenter"), first("WindowWidth")
    if center is None or not width or float(width) < 1:
        return None
    return float(center) - float(width) / 2, float(center) + float(width) / 2


def _range(stored, meant):
    values = [meant(raw) for raw in set(stored)]
    return min(values), max(values)


def _text(found, key):
    try:
        value = found.get(key, "")
    except Exception:  # one broken element spoils no other
        return ""
    text = str(value if value is not None else "").replace("^", " ").strip()
    return words.clean(" ".join(text.split()), 200)


def _number(found, key):
    try:
        return min(max(int(found.get(key) or 0), 0), 10**7)
    except Exception:
        return 0
