"""Whose a file is, and of which study, series and image."""

from referrals.records.decoder import words
from referrals.records.decoder.dicom.source import first, number, text, value

TOLD = {
    "patient": "PatientName",
    "patient_id": "PatientID",
    "sex": "PatientSex",
    "study": "StudyInstanceUID",
    "series": "SeriesInstanceUID",
    "instance": "SOPInstanceUID",
    "sop_class": "SOPClassUID",
    "title": "StudyDescription",
    "series_title": "SeriesDescription",
    "modality": "Modality",
    "institution": "InstitutionName",
}
IDS = frozenset(("study", "series", "instance", "sop_class"))
DAYS = ("StudyDate", "SeriesDate", "AcquisitionDate", "AcquisitionDateTime", "ContentDate")
MOST_NAMES = 3  # as letters, as ideograms, as they sound


def says_anything(data):
    return any(text(data, keyword) for keyword in (*TOLD.values(), "Rows"))


def study(data):
    said = {name: text(data, keyword, 64 if name in IDS else 200) for name, keyword in TOLD.items()}
    return said | {
        "names": names(data),
        "born_on": words.day_of_digits(text(data, "PatientBirthDate")),
        "date": next((day for key in DAYS if (day := words.day_of_digits(text(data, key)))), ""),
        "part": part(data),
        "series_number": _count(data, "SeriesNumber"),
        "instance_number": _count(data, "InstanceNumber"),
        "rows": number(data, "Rows"),
        "columns": number(data, "Columns"),
    }


def names(data):
    """The patient's name as it stands, its parts apart: `Vega^Anna`, then the same in other writing."""
    found = value(data, "PatientName")
    whole = str("" if found is None else found)
    return [words.clean(each.strip(" ^"), 200) for each in whole.split("=")[:MOST_NAMES] if each.strip(" ^")]


def part(data):
    """The part of the body, as the code or in the file's own word."""
    return text(data, "BodyPartExamined", 64) or text(
        first(data, "AnatomicRegionSequence"), "CodeMeaning", 64
    )


def _count(data, keyword):
    """A whole number that may be negative or missing."""
    try:
        found = int(value(data, keyword))
    except (TypeError, ValueError, OverflowError):
        return None
    return found if abs(found) < 2**31 else None
