"""Whether a specialist is independent of the first doctor, and wanted by the patient."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

FILLERS = frozenset(
    "the of and dr doctor prof professor med md phd mr mrs ms clinic hospital center centre practice "
    "د دكتور دكتورة الدكتور الدكتورة عيادة مستشفى".split()
)
# Letters that are not a plain letter with an accent.
PLAIN = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


def _words(text):
    """The words of a name in any script, without accents and case; `M.D.` is one word."""
    letters = unicodedata.normalize("NFKD", (text or "").casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(PLAIN)
    together = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", plain).replace("'", "").replace("’", "")
    return re.findall(r"\w+", together)


def name_key(text):
    """A name as it is compared: no accents, case, punctuation, titles or words like `hospital`."""
    words = _words(text)
    return " ".join(word for word in words if word not in FILLERS) or " ".join(words)


def person_key(text):
    """A person's name as it is compared: in any order, and without initials where a name is left."""
    words = name_key(text).split()
    whole = [word for word in words if len(word) > 1 or not word.isascii()]
    return " ".join(sorted(whole or words))


def conflict(profile, first_opinion):
    """Why a specialist may not read this case: `first_doctor`, `practice`, `past_practice`, or ''."""
    if first_opinion is None:
        return ""
    first_doctor = person_key(first_opinion.doctor_name)
    if first_doctor and first_doctor == person_key(profile.person.shown_name):
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
    own_name, own_house = person_key(profile.person.shown_name), name_key(profile.practice)
    return any(
        key and key == own
        for name in avoided_names
        for key, own in ((person_key(name), own_name), (name_key(name), own_house))
    )


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
