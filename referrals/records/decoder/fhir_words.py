"""What FHIR data types say in words: codes, quantities, dates, names (R4 datatypes)."""

from referrals.records.decoder import health
from referrals.records.decoder import words as days

DATES = (
    "effectiveDateTime", "effectiveInstant", "performedDateTime", "occurrenceDateTime", "onsetDateTime", "authoredOn",
    "dateAsserted", "recordedDate", "date", "issued", "created", "createdDateTime", "authored",
)  # fmt: skip
PERIODS = ("effectivePeriod", "performedPeriod", "occurrencePeriod", "onsetPeriod", "period")


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
        if found := day(resource.get(name)):
            return found
    for name in PERIODS:
        period = resource.get(name)
        if isinstance(period, dict) and (found := day(period.get("start")) or day(period.get("end"))):
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
    if not isinstance(number, int | float) or isinstance(number, bool):
        return ""
    return health.line(f"{found.get('comparator') or ''}{number:.10g} {'' if unit == '1' else unit}")


def value(found):
    """Any value[x] in words."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, str | int | float):
        return health.line(day(found) or str(found) if isinstance(found, str) else str(found))
    if not isinstance(found, dict):
        return ""
    if "coding" in found or "text" in found:
        return words(found)
    if "numerator" in found:
        return f"{value(found.get('numerator'))} / {value(found.get('denominator'))}"
    if "low" in found or "high" in found:
        return " – ".join(each for each in (value(found.get("low")), value(found.get("high"))) if each)
    if "start" in found or "end" in found:
        return " – ".join(str(found.get(name) or "")[:10] for name in ("start", "end")).strip()
    return quantity(found)


def value_of(resource):
    """The value[x] of an observation, or why there is none."""
    for name, found in resource.items():
        if name.startswith("value") and name[5:6].isupper():
            return value(found)
    return words(resource.get("dataAbsentReason"))


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
