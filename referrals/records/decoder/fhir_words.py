"""What FHIR data types say in words: codes, quantities, dates, names (R4 datatypes)."""

import re
from decimal import Decimal

from referrals.records.decoder import health
from referrals.records.decoder import words as days

# When it was goes before when somebody wrote it down.
DATES = (
    "effectiveDateTime", "effectiveInstant", "performedDateTime", "occurrenceDateTime", "onsetDateTime",
    "effectivePeriod", "performedPeriod", "occurrencePeriod", "onsetPeriod", "period",
    "authoredOn", "dateAsserted", "recordedDate", "date", "issued", "created", "createdDateTime", "authored",
)  # fmt: skip
MISTAKEN = "entered-in-error"
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\S*)?")


def many(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def words(coded):
    """A CodeableConcept or Coding in words: its text, else the names of its codes, else the code."""
    found = []
    for each in many(coded):
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, dict):
            found.append(each.get("text") or _of_codings(each))
    return health.line(", ".join(dict.fromkeys(str(each) for each in found if each)))


def _of_codings(coded):
    codings = [each for each in many(coded.get("coding", coded)) if isinstance(each, dict)]
    named = [each.get("display") for each in codings if each.get("display")]
    return named[0] if named else next((each.get("code") for each in codings if each.get("code")), "")


def day(moment):
    """The ISO day of a date or dateTime; '' for what isn't whole."""
    text = str(moment or "")[:10]
    parts = text.split("-")
    return days.day(*parts) if len(parts) == 3 else ""


def date_of(resource):
    """The day a resource speaks of."""
    for name in DATES:
        said = resource.get(name)
        moments = [said.get("start"), said.get("end")] if isinstance(said, dict) else [said]
        if found := next(filter(None, map(day, moments)), ""):
            return found
    return ""


def since(resource):
    """When it was, as exactly as it says: a day, a year, an age, a stretch."""
    for name in ("onset", "performed", "effective", "occurrence"):
        for kind in ("DateTime", "Period", "Age", "Range", "String"):
            if (found := resource.get(f"{name}{kind}")) is not None:
                return value(found)
    return date_of(resource)


def quantity(found):
    number, unit = found.get("value"), found.get("unit") or found.get("code") or ""
    if not isinstance(number, int | float | Decimal) or isinstance(number, bool):
        return ""
    return health.line(f"{found.get('comparator') or ''}{number} {'' if unit == '1' else unit}")


def value(found):
    """Any value[x] in words."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, str):
        return health.line((day(found) if MOMENT.fullmatch(found) else "") or found)
    if isinstance(found, int | float | Decimal):
        return str(found)
    if not isinstance(found, dict):
        return ""
    if "coding" in found or "text" in found:
        return words(found)
    if "numerator" in found:
        return f"{value(found.get('numerator'))} / {value(found.get('denominator'))}"
    if "low" in found or "high" in found:
        return _between(value(found.get("low")), value(found.get("high")))
    if "start" in found or "end" in found:
        return " – ".join(str(found.get(name) or "")[:10] for name in ("start", "end")).strip()
    return quantity(found)


def _between(low, high):
    """A range that is open on one side is no single value."""
    if low and high:
        return f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def value_of(resource):
    """The value[x] of an observation, or why there is none."""
    for name, found in resource.items():
        if name.startswith("value") and name[5:6].isupper():
            return value(found)
    return words(resource.get("dataAbsentReason"))


def is_mistaken(resource):
    """Whether it was taken back by whoever wrote it."""
    said = (resource.get("status"), resource.get("docStatus"), code_of(resource.get("verificationStatus")))
    return MISTAKEN in said


def code_of(coded):
    """The bare code of a CodeableConcept, '' where it has none."""
    codings = many(coded.get("coding")) if isinstance(coded, dict) else []
    return next((each["code"] for each in codings if isinstance(each, dict) and each.get("code")), "")


def person(names):
    """A HumanName, the official one first."""
    found = [each for each in many(names) if isinstance(each, dict)]
    found.sort(key=lambda each: each.get("use") != "official")
    if not found:
        return ""
    parts = [*many(found[0].get("prefix")), *many(found[0].get("given")), found[0].get("family") or ""]
    return health.line(found[0].get("text") or " ".join(str(each) for each in parts if each))


def name_of(reference, resource):
    """Who or what a reference points at, by its own words or by the resource's."""
    if isinstance(reference, dict) and reference.get("display"):
        return health.line(reference["display"])
    if not isinstance(resource, dict):
        return ""
    named = resource.get("name")
    return person(named) if isinstance(named, list) else health.line(named or words(resource.get("code")))
