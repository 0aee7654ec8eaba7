"""Who must act next."""

import pytest

from referrals.rules.holding import ball_holder, next_due
from referrals.vocabulary import ENDED, WORKING, AskedOf, BallHolder, CaseStatus
from tests.build import make_case


@pytest.mark.parametrize("status", list(CaseStatus))
def test_every_case_has_a_holder_and_a_next_date_until_it_ends(status, ana, tess, dr_vega, lea):
    case = make_case(ana, status, staff=tess, specialist=dr_vega)
    holder = ball_holder(case, case.info_requests.open().first())
    assert (holder == BallHolder.NOBODY) == (status in ENDED)
    assert (next_due(case) is not None) == (status in WORKING)


def test_a_specialists_question_lies_with_whoever_was_asked(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.CLARIFICATION, staff=tess, specialist=dr_vega)
    request = case.info_requests.get()
    assert ball_holder(case, request) == BallHolder.PATIENT
    request.asked_of = AskedOf.STAFF
    assert ball_holder(case, request) == BallHolder.STAFF
    assert ball_holder(case, None) == BallHolder.SPECIALIST
