"""Whose turn it is, by when, and what a referral's step does to the clocks of its case."""

import pytest

from referrals.rules import information, turn
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from referrals.vocabulary import BallHolder, CaseStatus
from tests.build import NOW, later, make_case, make_offer, make_specialist

P, S, D, N = BallHolder.PATIENT, BallHolder.STAFF, BallHolder.SPECIALIST, BallHolder.NOBODY


@pytest.mark.parametrize(
    ("status", "holder", "clock"),
    [
        ("draft", P, None),
        ("submitted", S, "acknowledge_due_at"),
        ("triage", S, "triage_due_at"),
        ("info_needed", P, "answer_due_at"),
        ("routing", S, "route_due_at"),
        ("in_review", D, "review_due_at"),
        ("delivered", P, None),
        ("closed", N, None),
        ("withdrawn", N, None),
    ],
)
def test_each_state_has_a_holder_and_its_clock(status, holder, clock, ana, tess, dr_vega):
    case = make_case(ana, CaseStatus(status), staff=tess, specialist=dr_vega)
    assert turn.holder(case) == holder
    if clock:
        assert case.due_at == getattr(case, clock) > NOW


def test_a_case_that_waits_for_records_is_the_turn_of_whoever_can_end_that(ana, tess):
    case = make_case(ana, CaseStatus.RECORDS_PENDING, staff=tess)
    assert turn.holder(case) == BallHolder.SOURCE
    assert turn.holder(case, is_asked=False) == S
    assert [turn.holder(case, consent=word) for word in ("open", "yes", "no")] == [P, S, BallHolder.SOURCE]
    assert case.due_at == case.records_due_at > NOW


def test_a_clarification_is_the_turn_of_whom_was_asked(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.CLARIFICATION, staff=tess, specialist=dr_vega)
    assert [turn.holder(case, asked_of=of) for of in ("patient", "staff", "")] == [P, S, D]
    assert case.due_at == case.answer_due_at


def test_an_offer_moves_the_due_date_to_its_expiry_and_back(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.ROUTING, staff=tess)
    referral = make_offer(case, dr_vega, by=tess)
    case.refresh_from_db()
    assert (case.due_at, case.route_due_at, turn.holder(case)) == (referral.expires_at, None, D)
    take(
        REFERRAL,
        "decline",
        referral,
        by=dr_vega,
        now=later(hours=1),
        reason="time",
        changes={"decline_reason": "time"},
    )
    case.refresh_from_db()
    assert (case.offer_due_at, turn.holder(case)) == (None, S)
    assert case.due_at == case.route_due_at > later(hours=1)


def test_accepting_an_offer_leaves_the_clock_of_the_review(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.IN_REVIEW, staff=tess, specialist=dr_vega)
    assert (case.offer_due_at, case.route_due_at) == (None, None)


def test_withdrawing_with_an_offer_out_leaves_no_clock(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.ROUTING, staff=tess)
    make_offer(case, dr_vega, by=tess)
    take(CASE, "withdraw", case, by=ana, now=later(hours=1))
    case.refresh_from_db()
    assert case.offer_due_at is None


def test_who_declined_for_a_tie_is_not_asked_again(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.ROUTING, staff=tess)
    referral = make_offer(case, dr_vega, by=tess)
    take(
        REFERRAL,
        "decline",
        referral,
        by=dr_vega,
        now=NOW,
        reason="conflict",
        changes={"decline_reason": "conflict"},
    )
    with pytest.raises(StepNotPossible, match="knows people"):
        make_offer(case, dr_vega, by=tess)


def test_a_specialist_is_never_offered_their_own_request(tess, clinic):
    self_read = make_specialist("selfread")
    case = make_case(self_read, CaseStatus.ROUTING, staff=tess)
    with pytest.raises(StepNotPossible, match="own request"):
        make_offer(case, self_read, by=tess)


def test_giving_a_case_away_closes_what_the_specialist_had_asked(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.CLARIFICATION, staff=tess, specialist=dr_vega)
    take(CASE, "reassign", case, by=tess, now=later(hours=1), reason="absent")
    take(REFERRAL, "take_back", case.referrals.get(), by=tess, now=later(hours=1))
    assert case.info_requests.get().status == "closed"
    assert not case.reminders.filter(status="planned", rule="P9").exists()


def test_taking_back_what_was_asked_waives_it_with_the_reason(ana, tess, sam):
    case = make_case(ana, CaseStatus.INFO_NEEDED, staff=tess)
    request = case.info_requests.get()
    information.take_back(request=request, by=sam, now=later(hours=1), why="Found in the letter")
    case.refresh_from_db()
    assert (case.status, request.status) == ("triage", "closed")
    item = request.items.get()
    assert (item.status, item.answer, item.answered_by) == ("waived", "Found in the letter", sam)
    assert not case.reminders.filter(status="planned", rule="P9").exists()
    with pytest.raises(StepNotPossible):
        information.take_back(request=request, by=sam, now=later(hours=1), why="Again")
