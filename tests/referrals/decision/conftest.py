"""A delivered case with a whole signed text."""

import pytest

from referrals.models import Opinion, OpinionVersion
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import take
from tests.build import NOW, make_case, make_opinion


def body_of(opinion, **changes):
    """What `opinion.body` makes of an opinion (format 1)."""
    body = {
        "format": 1,
        "reference": opinion.case.reference,
        "patient": {"name": "Juniper Ashgrove", "born_on": "1968-03-03", "is_child": False},
        "first_opinion": {
            "doctor": "Dr. Corvin Hale", "practice": "Millpond", "given_on": "2026-11-12", "no_diagnosis": False,
            "diagnosis": "A slipped bone", "advice": "surgery", "advice_words": "Surgery", "plan": "Screws and rods",
            "starts_on": "2026-12-14",
        },
        "diagnosis": {"stance": "agree", "text": "A slipped bone, grade 1."},
        "plan": {"stance": "differ", "text": "Eight weeks of exercise.", "why": "The slip does not move.",
                 "alternatives": "A smaller operation"},
        "certainty": {"level": "fairly", "would_change": "A standing X-ray would make it surer."},
        "safe_to_wait": {"level": "for_a_time", "note": "Look again in late January."},
        "warning_signs": ["a leg turns weak", "you can’t pass urine"],
        "questions": [{"question": "Do I need the screws?", "answer": "Not now, in my view."}],
        "plain_words": "Thank you for your trust.\n\nYou do have a slipped bone.",
        "sources": [{"key": "k", "name": "MRI report", "type_words": "Imaging report", "dated_on": "2026-11-06",
                     "pages": 2, "read": True}],
        "limits": ["The specialist did not examine you in person."],
        "signer": {"name": "Maren Oakley", "title": "Dr.", "specialty": "Spine surgeon", "licence": "SP-00418"},
        "signed_at": NOW.isoformat(),
    }  # fmt: skip
    return body | changes


def deliver(patient, staff, specialist, **changes):
    case = make_case(patient, "in_review", staff=staff, specialist=specialist)
    opinion = make_opinion(case)
    Opinion.objects.filter(pk=opinion.pk).update(status="signed")
    OpinionVersion.objects.create(
        opinion=opinion, body=body_of(opinion, **changes), sha256="a1b2c3d4e5f6" + "0" * 52,
        signed_by=specialist, signed_at=NOW,
    )  # fmt: skip
    take(CASE, "deliver", case, by=specialist, now=NOW)
    take(REFERRAL, "sign", case.referrals.get(), by=specialist, now=NOW)
    return case


@pytest.fixture
def case(ana, tess, dr_vega):
    return deliver(ana, tess, dr_vega)
