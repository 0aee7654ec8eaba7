"""What was signed reaches the patient's page word for word."""

from django.urls import reverse

from referrals.opinion import actions
from tests.build import make_opinion, real_now
from tests.referrals.opinion.writing import read_now


def test_the_patient_reads_all_that_was_signed(client, ana, tess, dr_vega):
    case = read_now(ana, tess, dr_vega)
    make_opinion(
        case, why="It does not move.", alternatives="A smaller operation.", would_change="A standing picture.",
        safe_to_wait_note="Eight weeks.", warning_signs="A leg turns weak\nNumbness",
    )  # fmt: skip
    actions.sign(referral=case.referrals.get(), by=dr_vega, now=real_now(), edit=0)
    client.force_login(ana)
    page = client.get(reverse("decision:opinion", args=[case.reference])).content.decode()
    for words in (
        "Slip of L4 on L5, grade 1.", "Eight weeks of exercise first.", "It does not move.", "A smaller operation.",
        "A standing picture.", "Eight weeks.", "A leg turns weak", "Numbness", "Not now, I think.",
        "I would not operate now.", "Vega", "Corvin Hale",
    ):  # fmt: skip
        assert words in page, words
