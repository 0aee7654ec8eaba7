"""What a whole opinion is posted as."""

from referrals.vocabulary import CaseStatus
from tests.build import make_case, real_now

WHOLE = {
    "edit": "0",
    "diagnosis_stance": "agree",
    "diagnosis": "Slip of L4 on L5, grade 1.",
    "plan_stance": "differ",
    "advice": "Eight weeks of exercise first.",
    "why": "The bending pictures show no added movement.",
    "alternatives": "A smaller operation without screws.",
    "confidence": "fairly",
    "would_change": "A standing picture in January.",
    "safe_to_wait": "for_a_time",
    "safe_to_wait_note": "Eight weeks, with the signs below.",
    "warning_signs": "A leg turns weak\r\nYou can’t pass urine",
    "plain_words": "You do have a slipped bone. It is not loose. I would not operate now.",
    "answer_1": "Not now, I think.",
}


def read_now(patient, staff, specialist, **fields):
    """A case in the hands of a specialist at this very moment."""
    return make_case(
        patient, CaseStatus.IN_REVIEW, staff=staff, specialist=specialist, now=real_now(), **fields
    )
