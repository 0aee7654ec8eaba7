"""Made-up scans: shapes in a box, cut into slices. Nothing in them was ever a person."""

import io

import numpy as np
import pydicom
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

SIDE, MILLIMETRES, THICKNESS = 192, 1.8, 6.0
# How the file names each kind: modality, part, series, and the windows it brings along.
KINDS = {
    "mr": ("MR", "LSPINE", "T2 sagittal", [(600, 1200)]),
    "ct": ("CT", "CHEST", "Axial, soft tissue", [(40, 400), (-600, 1500)]),
    "heart": ("CT", "HEART", "Axial, vessels", [(150, 700)]),
}
# (centre, half axes, value): of the box from -1 to 1 in each direction, later shapes over earlier ones.
BODY = (
    ((0, 0, 0), (0.85, 0.6, 2), 40), ((0, 0.38, 0), (0.13, 0.11, 2), 350), ((0, 0.40, 0), (0.05, 0.04, 2), 30),
    ((-0.4, -0.05, 0), (0.3, 0.4, 0.9), -850), ((0.4, -0.05, 0), (0.3, 0.4, 0.9), -850),
    ((0.08, -0.12, 0.1), (0.22, 0.2, 0.5), 60), ((0.12, -0.15, 0.1), (0.09, 0.08, 0.3), 280),
    ((-0.45, 0.1, 0.2), (0.06, 0.06, 0.12), 55),
)  # fmt: skip
BACK = (
    ((0, 0, 0), (0.95, 1.4, 2), 420), ((0.12, 0, 0), (0.09, 0.95, 0.6), 1150),
    *(((-0.15, y / 10, 0), (0.2, 0.075, 0.7), 560) for y in range(-9, 10, 2)),
    *(((-0.12 + 0.06 * (y == 4), y / 10, 0), (0.22, 0.03, 0.75), 900 - 450 * (y in (4, 6))) for y in range(-8, 10, 2)),
    ((0.5, 0, 0), (0.2, 0.9, 0.8), 260),
)  # fmt: skip


def slices(kind, *, name, born, on, count=1, study=None):
    """The files of a series. `name` as people write it; `study` makes those of one study belong together."""
    modality, part, title, windows = KINDS[kind]
    values = _cut(BACK if kind == "mr" else BODY, count)
    study = generate_uid(entropy_srcs=[kind, name, on.isoformat(), study or ""])
    template = get_testdata_file("MR_small.dcm" if modality == "MR" else "CT_small.dcm", download=False)
    for number in range(1, count + 1):
        made = pydicom.dcmread(template)
        made.remove_private_tags()
        _identify(made, name, born, on, study, number)
        made.Modality, made.BodyPartExamined, made.SeriesDescription = modality, part, title
        _place(made, number, kind)
        _fill(made, values[number - 1], modality, windows)
        out = io.BytesIO()
        made.save_as(out)
        yield out.getvalue()


def _cut(shapes, count):
    """Slices from one end of the box to the other, with a little noise as devices have it."""
    chance, line = np.random.default_rng(7), np.linspace(-1, 1, SIDE)
    (x, y), cuts = np.meshgrid(line, line), []
    for z in np.linspace(-0.6, 0.6, count) if count > 1 else [0.0]:
        values = np.full((SIDE, SIDE), -1000.0 if shapes is BODY else 0.0)
        for centre, axes, value in shapes:
            inside = sum(((a - c) / h) ** 2 for a, c, h in zip((x, y, z), centre, axes, strict=True)) <= 1
            values[inside] = value
        cuts.append(np.rint(values + chance.normal(0, 12, values.shape)))
    return cuts


def _identify(made, name, born, on, study, number):
    given, _space, family = name.rpartition(" ")
    made.SpecificCharacterSet = "ISO_IR 192"
    made.PatientName, made.PatientID = f"{family}^{given}" if given else family, "SAMPLE"
    made.PatientBirthDate = born.replace("-", "")
    made.StudyDate = made.SeriesDate = made.AcquisitionDate = made.ContentDate = f"{on:%Y%m%d}"
    made.StudyDescription, made.InstitutionName = "Sample study, invented", "Millpond Medical Center"
    made.StudyInstanceUID, made.SeriesInstanceUID = study, f"{study[:60]}.1"
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = f"{study[:58]}.1.{number}"
    made.SeriesNumber, made.InstanceNumber = 1, number


def _place(made, number, kind):
    along = (number - 1) * THICKNESS
    made.ImagePositionPatient = [along, 0, 0] if kind == "mr" else [0, 0, along]
    made.ImageOrientationPatient = [0, 1, 0, 0, 0, -1] if kind == "mr" else [1, 0, 0, 0, 1, 0]
    made.SliceLocation, made.SliceThickness = along, THICKNESS


def _fill(made, values, modality, windows):
    made.Rows = made.Columns = SIDE
    made.PixelSpacing = [MILLIMETRES, MILLIMETRES]
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, 1
    made.RescaleSlope, made.RescaleIntercept = 1, (0 if modality == "MR" else -1024)
    made.WindowCenter, made.WindowWidth = (list(each) for each in zip(*windows, strict=True))
    made.PixelData = (values - float(made.RescaleIntercept)).astype("<i2").tobytes()
    for keyword in ("SmallestImagePixelValue", "LargestImagePixelValue", "PixelPaddingValue"):
        if keyword in made:
            delattr(made, keyword)
