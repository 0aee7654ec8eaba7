"""Both roads, row by row: from every status, who may take which act, and that everything else changes nothing."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from referrals.models import AuditEvent, Case, Clinic, Referral, Reminder, StatusChange
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, may_take, own_steps, possible_steps, take
from referrals.vocabulary import ENDED, CaseStatus, ReferralStatus, Role
from tests.build import NOW, later, make_case, make_draft, make_offer, make_person, make_specialist

S, R = CaseStatus, ReferralStatus


@pytest.fixture
def cast(ana, ben, sam, tess, dr_vega, dr_stone, quin, lea):
    """Everybody by name, with those whose time is over, those of another house, and the system."""
    elsewhere = Clinic.objects.create(name="Elsewhere")
    people = {
        "ana": ana, "ben": ben, "sam": sam, "tess": tess, "vega": dr_vega, "stone": dr_stone, "quin": quin,
        "lea": lea, "system": None,
        "their lead": make_person("their lead", Role.LEAD, clinic=elsewhere),
        "ended": make_person("ended", Role.LEAD),
        "closed": make_person("closed", Role.LEAD, is_active=False),
    }  # fmt: skip
    people["ended"].memberships.update(ended_at=timezone.now())
    return people


# --- the case -------------------------------------------------------------------------------------

PATIENT = {
    S.DRAFT: {"submit", "withdraw"}, S.INFO_NEEDED: {"answer", "withdraw"},
    S.DELIVERED: {"need_time", "decide"}, S.CLOSED: {"need_time", "decide"}, S.LAPSED: {"reopen"},
    S.RECORDS_PENDING: {"withdraw"},
    **{status: {"withdraw"} for status in (S.SUBMITTED, S.TRIAGE, S.ROUTING, S.IN_REVIEW, S.CLARIFICATION)},
}  # fmt: skip
COORDINATOR = {
    S.SUBMITTED: {"claim", "ask", "assign"}, S.TRIAGE: {"ask", "assign"},
    S.INFO_NEEDED: {"answer", "unask", "assign"}, S.RECORDS_PENDING: {"assign", "complete"},
    **{status: {"assign"} for status in (S.ROUTING, S.IN_REVIEW, S.CLARIFICATION, S.DELIVERED)},
}  # fmt: skip
TRIAGE = {
    S.SUBMITTED: {"prioritise"}, S.TRIAGE: {"prioritise", "accept", "accept_pending", "decline"},
    S.INFO_NEEDED: {"prioritise"},
    S.RECORDS_PENDING: {"prioritise", "decline"}, S.ROUTING: {"prioritise", "decline"},
    S.IN_REVIEW: {"reassign"}, S.CLARIFICATION: {"reassign"},
}  # fmt: skip
LEAD = {status: {"void"} for status in set(S) - {S.DRAFT, S.ENTERED_IN_ERROR}}
READER = {S.IN_REVIEW: {"clarify", "reassign", "deliver"}, S.CLARIFICATION: {"resume", "reassign"}}
SYSTEM = {S.DRAFT: {"lapse"}, S.CLARIFICATION: {"resume"}}


def acts_on_case(status):
    coordinator = COORDINATOR.get(status, set())
    clinician = coordinator | TRIAGE.get(status, set())
    return {
        "ana": PATIENT.get(status, set()), "sam": coordinator, "tess": clinician,
        "lea": clinician | LEAD.get(status, set()), "vega": READER.get(status, set()),
        "system": SYSTEM.get(status, set()),
        **dict.fromkeys(("ben", "stone", "quin", "their lead", "ended", "closed"), set()),
    }  # fmt: skip


def counted():
    return (StatusChange.objects.count(), AuditEvent.objects.count(), Reminder.objects.count())


def refused(road, act, row, person):
    """Taking it raises and leaves row and tables as they were."""
    before, rows = type(row).objects.filter(pk=row.pk).values().get(), counted()
    with pytest.raises((PermissionDenied, StepNotPossible)) as error:
        take(road, act, row, by=person, now=NOW, reason="scope", sentence="x")
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert counted() == rows
    return error.type


@pytest.mark.parametrize("status", list(S))
def test_on_a_case_each_person_has_exactly_these_acts(status, cast):
    case = make_case(cast["ana"], status, staff=cast["tess"], specialist=cast["vega"])
    found = {
        name: {step.act for step, _no in own_steps(CASE, case, by=p, now=NOW)} for name, p in cast.items()
    }
    assert found == acts_on_case(status)


@pytest.mark.parametrize("status", list(S))
def test_on_a_case_every_other_act_is_refused_and_changes_nothing(status, cast):
    case = make_case(cast["ana"], status, staff=cast["tess"], specialist=cast["vega"])
    mine = acts_on_case(status)
    for act in sorted({step.act for step in CASE.steps}):
        owners = [name for name in cast if act in mine[name]]
        for name in cast if owners else ("ana", "ben", "tess", "vega", "system"):
            if name not in owners:
                error = refused(CASE, act, case, cast[name])
                assert error is PermissionDenied or not owners, (act, name)


def test_a_case_without_a_way_on_has_ended_or_waits_for_a_specialist():
    """From each status something leads on; only removed cases are at a dead end."""
    ways = {status: {step.target for step in CASE.steps_from(status)} - {None, status} for status in S}
    assert {status for status, on in ways.items() if not on} == {S.ENTERED_IN_ERROR}
    assert all(ways[status] <= {S.ENTERED_IN_ERROR, S.DELIVERED, S.DRAFT} for status in ENDED)


def test_rows_of_the_roads_are_whole():
    for road, statuses in ((CASE, S), (REFERRAL, R)):
        seen = [(step.act, source) for step in road.steps for source in step.sources]
        assert len(seen) == len(set(seen))  # an act means one thing from one status
        for step in road.steps:
            assert step.sources <= set(statuses)
            assert step.target is None or step.target in statuses
            assert step.label
            assert not step.codes or len(step.codes) == 4


def test_an_act_nobody_knows_is_a_fault_of_the_program(ana):
    with pytest.raises(ValueError, match="knows no act"):
        take(CASE, "teleport", make_draft(ana), by=ana, now=NOW)


def test_what_is_shown_is_what_is_allowed(ana, tess, dr_vega):
    case = make_case(ana, S.TRIAGE, staff=tess)
    shown = {step.act for step in possible_steps(CASE, case, by=tess, now=NOW)}
    assert "accept" not in shown  # no urgency yet
    assert {act for act in ("ask", "accept", "decline", "void") if may_take(CASE, act, case, by=tess, now=NOW)} == {
        "ask", "decline",
    }  # fmt: skip


# --- guards and clocks ----------------------------------------------------------------------------


def test_an_urgency_set_after_an_answer_keeps_the_pause(ana, tess):
    case = make_case(ana, S.INFO_NEEDED, staff=tess)
    case.info_requests.get().items.update(status="answered", answered_at=later(days=6))
    take(CASE, "answer", case, by=ana, now=later(days=6))
    due = case.triage_due_at
    take(CASE, "prioritise", case, by=tess, now=later(days=6), changes={"urgency": case.urgency})
    assert case.triage_due_at == due > later(days=6)


def test_an_urgency_set_while_the_patient_is_asked_moves_their_date_too(ana, tess):
    case = make_case(ana, S.INFO_NEEDED, staff=tess)
    take(CASE, "prioritise", case, by=tess, now=later(hours=1), changes={"urgency": "urgent"})
    assert case.answer_due_at == later(days=2)
    assert case.urgency_set_at == later(hours=1)


def test_an_urgency_set_while_an_offer_is_out_or_over_counts_from_then(ana, tess, dr_vega):
    case = make_case(ana, S.ROUTING, staff=tess)
    referral = make_offer(case, dr_vega, by=tess)
    take(CASE, "prioritise", case, by=tess, now=later(hours=1), changes={"urgency": "soon"})
    assert case.route_due_at is None
    take(REFERRAL, "recall", referral, by=tess, now=later(days=7))
    take(CASE, "prioritise", case, by=tess, now=later(days=7), changes={"urgency": "urgent"})
    assert case.route_due_at == later(days=7, minutes=30)


def test_two_things_are_not_asked_at_once(ana, tess):
    case = make_case(ana, S.SUBMITTED)
    take(CASE, "ask", case, by=tess, now=NOW)
    assert refused(CASE, "ask", case, tess) is StepNotPossible


def test_nothing_is_delivered_without_a_signature(ana, tess, dr_vega):
    case = make_case(ana, S.IN_REVIEW, staff=tess, specialist=dr_vega)
    assert refused(CASE, "deliver", case, dr_vega) is StepNotPossible


def test_what_is_signed_is_not_removed(ana, lea, tess, dr_vega):
    case = make_case(ana, S.CLOSED, staff=tess, specialist=dr_vega)
    with pytest.raises(StepNotPossible, match="signed"):
        take(CASE, "void", case, by=lea, now=NOW, reason="test")


def test_a_specialist_who_ended_here_and_reads_elsewhere_signs_nothing_here(ana, tess, dr_vega):
    case = make_case(ana, S.IN_REVIEW, staff=tess, specialist=dr_vega)
    dr_vega.memberships.update(ended_at=NOW)
    dr_vega.memberships.create(clinic=Clinic.objects.create(name="Elsewhere"), role=Role.SPECIALIST)
    del dr_vega.memberships_now
    assert refused(CASE, "clarify", case, dr_vega) is PermissionDenied
    assert refused(REFERRAL, "pause", case.referrals.get(), dr_vega) is PermissionDenied


@pytest.mark.parametrize("why", ["elsewhere", "ended", "inactive", "no profile"])
def test_offers_go_only_to_who_reads_for_the_clinic(why, ana, tess, dr_vega):
    case = make_case(ana, S.ROUTING, staff=tess)
    other = dr_vega
    if why == "elsewhere":
        other = make_specialist("far", clinic=Clinic.objects.create(name="Elsewhere"))
    elif why == "ended":
        dr_vega.memberships.update(ended_at=NOW)
    elif why == "inactive":
        dr_vega.is_active = False
        dr_vega.save()
    else:
        other = make_person("bare", Role.SPECIALIST)
    with pytest.raises(StepNotPossible, match="does not read"):
        make_offer(case, other, by=tess)


# --- the referral ---------------------------------------------------------------------------------

STAFF_ON, TRIAGE_ON, OWN_ON, SYSTEM_ON = (
    {R.PREPARED: {"offer"}, R.OFFERED: {"recall"}},
    {
        R.IN_REVIEW: {"take_back", "cancel"}, R.PAUSED: {"take_back", "cancel"}, R.PREPARED: {"cancel"},
        R.OFFERED: {"cancel"},
    },
    {
        R.OFFERED: {"accept", "decline"}, R.IN_REVIEW: {"pause", "sign", "take_back"},
        R.PAUSED: {"resume", "take_back"},
    },
    {
        R.OFFERED: {"expire", "cancel"}, R.PREPARED: {"cancel"}, R.IN_REVIEW: {"cancel"},
        R.PAUSED: {"resume", "cancel"},
    },
)  # fmt: skip


def acts_on_referral(status):
    staff = STAFF_ON.get(status, set())
    clinician = staff | TRIAGE_ON.get(status, set())
    live = status in {R.PREPARED, R.OFFERED, R.IN_REVIEW, R.PAUSED}
    return {
        "ana": {"cancel"} if live else set(), "sam": staff, "tess": clinician, "lea": clinician,
        "vega": OWN_ON.get(status, set()), "system": SYSTEM_ON.get(status, set()),
        **dict.fromkeys(("ben", "stone", "quin", "their lead", "ended", "closed"), set()),
    }  # fmt: skip


def make_referral(status, cast):
    """A referral brought to a status by its road."""
    ana, tess, vega = cast["ana"], cast["tess"], cast["vega"]
    at_case = {
        R.IN_REVIEW: S.IN_REVIEW,
        R.PAUSED: S.CLARIFICATION,
        R.SIGNED: S.DELIVERED,
        R.TAKEN_BACK: S.IN_REVIEW,
    }
    case = make_case(ana, at_case.get(status, S.ROUTING), staff=tess, specialist=vega)
    if status in (R.IN_REVIEW, R.PAUSED, R.SIGNED):
        return case.referrals.get()
    if status == R.TAKEN_BACK:
        take(CASE, "reassign", case, by=tess, now=NOW, reason="overdue")
        take(REFERRAL, "take_back", case.referrals.get(), by=tess, now=NOW)
    elif status == R.PREPARED:
        return Referral.objects.create(case=case, specialist=vega, offered_by=tess)
    else:
        referral = make_offer(case, vega, by=tess)
        if status == R.DECLINED:
            take(
                REFERRAL,
                "decline",
                referral,
                by=vega,
                now=NOW,
                reason="time",
                changes={"decline_reason": "time"},
            )
        elif status == R.EXPIRED:
            take(REFERRAL, "expire", referral, by=None, now=later(days=30))
        elif status == R.CANCELLED:
            take(REFERRAL, "recall", referral, by=tess, now=NOW)
    return case.referrals.get()


@pytest.mark.parametrize("status", list(R))
def test_on_a_referral_each_person_has_exactly_these_acts_and_no_other(status, cast):
    referral = make_referral(status, cast)
    assert referral.status == status
    found = {
        name: {step.act for step, _no in own_steps(REFERRAL, referral, by=p, now=NOW)}
        for name, p in cast.items()
    }
    assert found == acts_on_referral(status)
    for act in sorted({step.act for step in REFERRAL.steps}):
        owners = [name for name in cast if act in found[name]]
        for name in cast if owners else ("ana", "ben", "tess", "vega", "system"):
            if name not in owners:
                error = refused(REFERRAL, act, referral, cast[name])
                assert error is PermissionDenied or not owners, (act, name)


def test_an_offer_out_gives_the_case_its_date_and_takes_it_away(cast):
    referral = make_referral(R.OFFERED, cast)
    case = Case.objects.get()
    assert (case.offer_due_at, case.route_due_at) == (referral.expires_at, None)
    take(REFERRAL, "accept", referral, by=cast["vega"], now=NOW + dt.timedelta(minutes=5))
    assert Case.objects.get().offer_due_at is None
    assert referral.no_conflict_declared_at == referral.answered_at


def test_an_answer_to_the_minute_the_offer_ends_is_too_late(cast):
    referral = make_referral(R.OFFERED, cast)
    with pytest.raises(StepNotPossible, match="over"):
        take(REFERRAL, "accept", referral, by=cast["vega"], now=referral.expires_at)
    take(REFERRAL, "expire", referral, by=None, now=referral.expires_at)
    assert referral.status == R.EXPIRED


def test_a_specialist_once_tied_is_not_asked_again(cast):
    referral = make_referral(R.OFFERED, cast)
    take(
        REFERRAL, "decline", referral, by=cast["vega"], now=NOW, reason="conflict",
        changes={"decline_reason": "conflict"},
    )  # fmt: skip
    with pytest.raises(StepNotPossible, match="knows people"):
        make_offer(Case.objects.get(), cast["vega"], by=cast["tess"])
