"""How each kind of FHIR resource is told: a table, its columns as (name of the column, how to tell it).

Names that begin with @ are words of ours, put into the reader's language where they are shown
(`records.summary_words`). `follow(reference)` gives the resource a reference points at, or None.
"""

from referrals.records.decoder import health
from referrals.records.decoder.fhir_words import (
    code_of,
    date_of,
    many,
    name_of,
    since,
    value,
    value_of,
    words,
)


def _coded(*names):
    return lambda of, _follow: next((found for name in names if (found := words(of.get(name)))), "")


def _day(of, _follow):
    return date_of(of)


def _since(of, _follow):
    return since(of)


def _status(of, _follow):
    said = words(of.get("clinicalStatus")) or health.line(of.get("status"))
    doubt = of.get("verificationStatus")
    forbidden = "do not perform" if of.get("doNotPerform") is True else ""
    parts = [forbidden, said, "" if code_of(doubt) == "confirmed" else words(doubt)]
    return ", ".join(each for each in parts if each)


def _medicine(of, follow):
    named = words(of.get("medicationCodeableConcept"))
    reference = of.get("medicationReference")
    return named or name_of(reference, follow(reference))


def _dosage(of, _follow):
    lines = []
    for each in many(of.get("dosage")) + many(of.get("dosageInstruction")):
        if isinstance(each, dict):
            lines.append(health.line(each.get("text")) or _dose(each))
    return "\n".join(filter(None, lines))


def _dose(dosage):
    rates = [each for each in many(dosage.get("doseAndRate")) if isinstance(each, dict)]
    doses = [value(each.get("doseQuantity") or each.get("doseRange")) for each in rates]
    timing = dosage.get("timing") if isinstance(dosage.get("timing"), dict) else {}
    parts = [*doses, words(timing.get("code")), words(dosage.get("route"))]
    return ", ".join(each for each in parts if each)


def _reactions(of, _follow):
    found = [words(each.get("manifestation")) for each in many(of.get("reaction")) if isinstance(each, dict)]
    return ", ".join(each for each in found if each)


def _result(of, _follow):
    """The value, and those of its parts (blood pressure: two)."""
    parts = [each for each in many(of.get("component")) if isinstance(each, dict)]
    lines = [value_of(of)] + [f"{words(each.get('code'))}: {value_of(each)}" for each in parts]
    return "\n".join(each for each in lines if each.strip(": "))


def _range(of, _follow):
    found = [each for each in many(of.get("referenceRange")) if isinstance(each, dict)]
    return "; ".join(filter(None, (health.line(each.get("text")) or value(each) for each in found)))


def _notes(of, _follow):
    return "\n".join(health.tidy(each.get("text")) for each in many(of.get("note")) if isinstance(each, dict))


def _results(of, follow):
    """The observations of a report, a line each."""
    lines = []
    for reference in many(of.get("result")):
        if found := follow(reference):
            lines.append(f"{words(found.get('code'))}: {_result(found, follow)}")
    return "\n".join(lines)


def _conclusion(of, _follow):
    return health.tidy(of.get("conclusion")) or words(of.get("conclusionCode"))


def _relatives(of, _follow):
    return ", ".join(
        filter(
            None, (words(each.get("code")) for each in many(of.get("condition")) if isinstance(each, dict))
        )
    )


def _reasons(of, follow):
    references = many(of.get("reasonReference"))
    named = [name_of(each, follow(each)) for each in references]
    return ", ".join(filter(None, [words(of.get("reasonCode")), *named]))


def _goal(of, _follow):
    return words(of.get("description")) or health.line(of.get("description"))


WHAT, WHEN, STATUS, NOTES = "@what", "@when", "@status", "@notes"
TABLES = {
    "Condition": ((WHAT, _coded("code")), ("@since", _since), (STATUS, _status), (NOTES, _notes)),
    "AllergyIntolerance": (
        (WHAT, _coded("code")), ("@reaction", _reactions), ("@criticality", _coded("criticality")), (STATUS, _status),
    ),
    "MedicationStatement": (
        (WHAT, _medicine), ("@dosage", _dosage), ("@since", _since), (STATUS, _status), (NOTES, _notes),
    ),
    "MedicationRequest": (
        (WHAT, _medicine), ("@dosage", _dosage), (WHEN, _day), (STATUS, _status), (NOTES, _notes),
    ),
    "Observation": (
        (WHEN, _day), (WHAT, _coded("code")), ("@result", _result), ("@range", _range),
        ("@flag", _coded("interpretation")), (NOTES, _notes),
    ),
    "DiagnosticReport": (
        (WHEN, _day), (WHAT, _coded("code", "category")), ("@results", _results), ("@conclusion", _conclusion),
    ),
    "Procedure": ((WHEN, _since), (WHAT, _coded("code")), ("@reason", _reasons), (STATUS, _status), (NOTES, _notes)),
    "Immunization": ((WHEN, _day), (WHAT, _coded("vaccineCode")), (STATUS, _status)),
    "Encounter": ((WHEN, _day), (WHAT, _coded("type", "serviceType", "class")), ("@reason", _reasons)),
    "FamilyMemberHistory": (("@relative", _coded("relationship")), (WHAT, _relatives), (NOTES, _notes)),
    "CarePlan": ((WHEN, _day), (WHAT, _coded("title", "category")), (STATUS, _status), (NOTES, _notes)),
    "Goal": ((WHAT, _goal), (STATUS, _coded("lifecycleStatus"))),
    "ServiceRequest": ((WHEN, _day), (WHAT, _coded("code")), ("@reason", _reasons), (STATUS, _status)),
    "Specimen": ((WHAT, _coded("type")), (STATUS, _status), (NOTES, _notes)),
}  # fmt: skip
# In the order in which they are told; what only others refer to is not listed.
TITLES = {
    "Condition": "@Condition",
    "AllergyIntolerance": "@AllergyIntolerance",
    "MedicationStatement": "@MedicationStatement",
    "MedicationRequest": "@MedicationRequest",
    "DiagnosticReport": "@DiagnosticReport",
    "Observation": "@Observation",
    "Procedure": "@Procedure",
    "Immunization": "@Immunization",
    "Encounter": "@Encounter",
    "FamilyMemberHistory": "@FamilyMemberHistory",
    "CarePlan": "@CarePlan",
    "Goal": "@Goal",
    "ServiceRequest": "@ServiceRequest",
    "Specimen": "@Specimen",
}
