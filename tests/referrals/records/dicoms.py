"""DICOM files made here: series of slices, films of frames, and what is wrong with them."""

import io

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

STUDY = "1.2.826.0.1.3680043.8.498.1"
CT, SR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.88.11"


def dataset(number=1, *, study=STUDY, series=1, z=None, size=(16, 16), pixels=True, **fields):
    """A slice of a made-up CT; `fields` by keyword, None takes one out."""
    made = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    values = {
        "SOPClassUID": CT, "SOPInstanceUID": f"{study}.{series}.{number}", "StudyInstanceUID": study,
        "SeriesInstanceUID": f"{study}.{series}", "SeriesNumber": series, "InstanceNumber": number,
        "Modality": "CT", "StudyDate": "20261106", "PatientName": "Reyes^Ana", "PatientBirthDate": "19680303",
        "PatientID": "MRN-1", "BodyPartExamined": "LSPINE", "StudyDescription": "LWS nativ",
        "ImagePositionPatient": [0, 0, 5.0 * number if z is None else z],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [0.5, 0.5], "SliceThickness": 5,
        "RescaleSlope": 1, "RescaleIntercept": -1024, "WindowCenter": [40, 400], "WindowWidth": [400, 2000],
        "WindowCenterWidthExplanation": ["SOFT", "BONE"],
    }  # fmt: skip
    if pixels:
        body = (np.arange(size[0] * size[1], dtype="<u2") % 4096 + number).astype("<u2")
        values |= {
            "Rows": size[0], "Columns": size[1], "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2",
            "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 0,
            "PixelData": body.tobytes(),
        }  # fmt: skip
    for keyword, value in (values | fields).items():
        if value is not None:
            setattr(made, keyword, value)
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


def packed(made, syntax=None, **options):
    """The bytes of a file."""
    if syntax:
        made.compress(syntax, **options)
    out = io.BytesIO()
    made.save_as(out, enforce_file_format=True)
    return out.getvalue()


def slice_(number=1, **fields):
    return packed(dataset(number, **fields))


def film(frames, *, size=(8, 8), **fields):
    """Grey frames of 8 bits, each of one value: its number."""
    body = b"".join(bytes([n % 256]) * (size[0] * size[1]) for n in range(frames))
    return dataset(
        size=size, NumberOfFrames=frames, BitsAllocated=8, BitsStored=8, HighBit=7, PixelData=body, Modality="XA",
        RescaleIntercept=0, WindowCenter=None, WindowWidth=None, WindowCenterWidthExplanation=None, **fields,
    )  # fmt: skip


def report(number=1, **fields):
    return packed(dataset(number, pixels=False, SOPClassUID=SR, Modality="SR", **fields))
