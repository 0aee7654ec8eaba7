"""Words of a health summary: what the decoder names by a key (@what) in the reader's language."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

WORDS = {
    "@what": _("What"),
    "@when": _("When"),
    "@since": _("Since"),
    "@status": _("State"),
    "@notes": _("Notes"),
    "@reaction": _("Reaction"),
    "@criticality": _("How serious"),
    "@dosage": _("Dose"),
    "@result": _("Result"),
    "@results": _("Results"),
    "@range": _("Normal range"),
    "@flag": _("Reading"),
    "@conclusion": _("Conclusion"),
    "@reason": _("Why"),
    "@relative": _("Relative"),
    "@Condition": _("Problems and diagnoses"),
    "@AllergyIntolerance": _("Allergies"),
    "@MedicationStatement": _("Medicines"),
    "@MedicationRequest": _("Prescriptions"),
    "@DiagnosticReport": _("Reports"),
    "@Observation": _("Measurements and lab results"),
    "@Procedure": _("Procedures"),
    "@Immunization": _("Vaccinations"),
    "@Encounter": _("Visits"),
    "@FamilyMemberHistory": _("Illness in the family"),
    "@CarePlan": _("Care plans"),
    "@Goal": _("Goals"),
    "@ServiceRequest": _("Referrals and orders"),
    "@Specimen": _("Samples"),
    "female": _("Female"),
    "male": _("Male"),
    "other": _("Other"),
    "sections": _("sections"),
    "rows": _("lines of tables"),
    "items": _("lines of lists"),
    "mistaken": _("entries that whoever wrote them took back"),
    "documents": _("documents of a kind we don’t take"),
}


def summary_word(text):
    """The word behind a key of the decoder's; any other text as it is."""
    return WORDS.get(text, text)


def left_out(parts):
    """“3 lines of tables, 2 Flag”."""
    return ", ".join(
        gettext("%(count)s %(what)s") % {"count": each["count"], "what": summary_word(each["what"])}
        for each in parts
    )
