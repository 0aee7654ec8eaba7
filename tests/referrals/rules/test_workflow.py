"""The roads, walked and refused."""

import pytest
from django.core.exceptions import PermissionDenied

from referrals.models import AuditEvent, StatusChange
from referrals.rules import information, workflow
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, possible_steps, take
from referrals.vocabulary import CaseStatus, ReferralStatus
from tests.build import NOW, later, make_case, make_draft, make_offer


@pytest.mark.parametrize("status", list(CaseStatus))
def test_every_status_can_be_reached_by_its_road(status, ana, tess, dr_vega, lea):
    case = make_case(ana, status, staff=tess, specialist=dr_vega)
    assert case.status == status


def test_a_step_writes_one_change_and_one_event_with_it(ana):
    case = make_draft(ana)
    take(CASE, "submit", case, by=ana, now=NOW)
    change = StatusChange.objects.get(case=case)
    assert (change.act, change.from_status, change.to_status, change.by) == (
        "submit",
        "draft",
        "submitted",
        ana,
    )
    assert change.clocks["submitted_at"] == [None, NOW.isoformat()]
    event = AuditEvent.objects.get(case_reference=case.reference, act="step")
    assert event.detail == {"act": "submit", "from": "draft", "to": "submitted", "reason": ""}


def test_a_step_whose_audit_fails_leaves_nothing(ana, monkeypatch):
    case = make_draft(ana)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(workflow.audit, "record", broken)
    with pytest.raises(RuntimeError):
        take(CASE, "submit", case, by=ana, now=NOW)
    case.refresh_from_db()
    assert case.status == "draft"
    assert not StatusChange.objects.exists()


def test_taking_somebody_elses_step_is_denied(ana, ben, sam):
    case = make_draft(ana)
    for person in (ben, sam):
        with pytest.raises(PermissionDenied):
            take(CASE, "submit", case, by=person, now=NOW)
    assert not StatusChange.objects.exists()


def test_claiming_twice_lets_one_win(ana, sam, tess):
    case = make_case(ana)
    stale = type(case).objects.get(pk=case.pk)
    take(CASE, "claim", case, by=sam, now=NOW, changes={"claimed_by": sam})
    with pytest.raises(StepNotPossible):
        take(CASE, "claim", stale, by=tess, now=NOW, changes={"claimed_by": tess})
    case.refresh_from_db()
    assert case.claimed_by == sam


def test_coordinators_do_not_accept_or_decline(ana, sam, tess):
    case = make_case(ana, CaseStatus.TRIAGE, staff=tess)
    acts = {step.act for step in possible_steps(CASE, case, by=sam, now=NOW)}
    assert acts == {"ask", "assign"}
    with pytest.raises(PermissionDenied):
        take(CASE, "decline", case, by=sam, now=NOW, reason="scope", sentence="No.")


def test_declining_owes_a_reason_and_a_sentence(ana, tess):
    case = make_case(ana, CaseStatus.TRIAGE, staff=tess)
    with pytest.raises(ValueError, match="reason"):
        take(CASE, "decline", case, by=tess, now=NOW, reason="", sentence="No.")
    with pytest.raises(ValueError, match="sentence"):
        take(CASE, "decline", case, by=tess, now=NOW, reason="scope", sentence=" ")


def test_accepting_waits_for_urgency_and_records(ana, tess):
    case = make_case(ana, CaseStatus.TRIAGE, staff=tess)
    with pytest.raises(StepNotPossible, match="urgency"):
        take(CASE, "accept", case, by=tess, now=NOW)
    take(CASE, "prioritise", case, by=tess, now=NOW, changes={"urgency": "soon"})
    with pytest.raises(StepNotPossible, match="record"):
        take(CASE, "accept", case, by=tess, now=NOW)
    case.checklist.update(state="waived", note="Not needed for this question.")
    take(CASE, "accept", case, by=tess, now=NOW)
    assert case.status == "routing"


def test_offering_to_the_first_doctors_practice_is_barred(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.ROUTING, staff=tess, first_opinion={"practice": "The VEGA house"})
    with pytest.raises(StepNotPossible, match="independent"):
        make_offer(case, dr_vega, by=tess)


def test_an_offer_runs_out_only_after_its_time(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.ROUTING, staff=tess)
    referral = make_offer(case, dr_vega, by=tess)
    with pytest.raises(StepNotPossible):
        take(REFERRAL, "expire", referral, by=None, now=NOW)
    take(REFERRAL, "expire", referral, by=None, now=later(days=30))
    assert referral.status == ReferralStatus.EXPIRED
    with pytest.raises(StepNotPossible):
        take(REFERRAL, "accept", referral, by=dr_vega, now=later(days=30))


def test_withdrawing_ends_the_offer_and_the_reminders(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.ROUTING, staff=tess)
    referral = make_offer(case, dr_vega, by=tess)
    assert case.reminders.filter(status="planned", rule="D1").exists()
    take(CASE, "withdraw", case, by=ana, now=later(hours=1))
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.CANCELLED
    assert not case.reminders.filter(status="planned").exists()


def test_pausing_moves_the_due_date_by_as_long_as_it_stood(ana, tess):
    case = make_case(ana, CaseStatus.INFO_NEEDED, staff=tess)
    due = case.triage_due_at
    case.info_requests.get().items.update(status="answered", answered_at=later(days=2))
    take(CASE, "answer", case, by=ana, now=later(days=2))
    assert (case.triage_due_at - due).days == 2
    assert case.paused_at is None


def test_an_answer_gives_the_ball_back_once(ana, tess):
    case = make_case(ana, CaseStatus.INFO_NEEDED, staff=tess)
    request = case.info_requests.get()
    assert case.reminders.filter(rule="P9", status="planned").count() == 5
    with pytest.raises(StepNotPossible):
        information.send_answer(request=request, by=ana, now=later(hours=1))
    information.answer_item(item=request.items.get(), text="Ten minutes", by=ana, now=later(hours=1))
    information.send_answer(request=request, by=ana, now=later(hours=1))
    assert (request.status, request.case.status) == ("answered", "triage")
    assert not case.reminders.filter(rule="P9", status="planned").exists()
    with pytest.raises(StepNotPossible):
        information.send_answer(request=request, by=ana, now=later(hours=1))
