"""Whether a specialist is independent of the first doctor, and wanted by the patient (CASE.md invariant 7)."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

FILLERS = frozenset(
    "the of and dr doctor prof professor mr mrs ms clinic hospital center centre practice".split()
)


def name_key(text):
    """A name as it is compared: no accents, case, punctuation, titles or words like `hospital`."""
    plain = (
        unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode().casefold()
        or (text or "").casefold()
    )
    words = re.findall(r"\w+", plain)
    return " ".join(word for word in words if word not in FILLERS) or " ".join(words)


def conflict(profile, first_opinion):
    """Why a specialist may not read this case: `first_doctor`, `practice`, `past_practice`, or ''."""
    if first_opinion is None:
        return ""
    if first_opinion.doctor_name and name_key(first_opinion.doctor_name) == name_key(
        profile.person.shown_name
    ):
        return "first_doctor"
    practice = name_key(first_opinion.practice)
    if practice and practice == name_key(profile.practice):
        return "practice"
    if practice and practice in {
        name_key(line) for line in profile.past_practices.splitlines() if line.strip()
    }:
        return "past_practice"
    return ""


def is_avoided(profile, avoided_names):
    """Whether the patient asked not to be sent to this doctor or this house."""
    own = {name_key(profile.person.shown_name), name_key(profile.practice)} - {""}
    return any(name_key(name) in own for name in avoided_names)


def objection(case, profile, *, avoided_names, open_cases, has_a_tie=False):
    """Why this case can't be offered to a specialist now, in a sentence; '' where nothing stands against it.

    `open_cases` counts what they hold already; `has_a_tie` says that they once declined it for one.
    """
    if case.patient_id == profile.person_id:
        return _("This is their own request")
    if conflict(profile, getattr(case, "first_opinion", None)):
        return _("This specialist is not independent of the first doctor")
    if has_a_tie:
        return _("This specialist knows people involved")
    if is_avoided(profile, avoided_names):
        return _("The patient asked not to be sent there")
    if not profile.taking_cases:
        return _("This specialist takes no new cases at the moment")
    if open_cases >= profile.most_cases:
        return _("This specialist has no room for another case")
    return ""
