"""The road of a case: the tables of docs/case.md are read from it. A further transition is one more row."""

import datetime as dt

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, InfoItem
from referrals.rules import access, checklists, clocks
from referrals.vocabulary import (
    ENDED,
    CaseStatus,
    DeclineReason,
    InfoRequestStatus,
    ItemStatus,
    OpinionStatus,
    ReassignReason,
    VoidReason,
)

from .step import Road, Step

S = CaseStatus
OPEN = frozenset(S) - ENDED
REOPEN_DAYS = 90
SENT = OPEN - {S.DRAFT}


def anyone_of(*predicates):
    def predicate(person, case):
        return any(each(person, case) for each in predicates)

    predicate.__name__ = "_or_".join(each.__name__ for each in predicates)
    return predicate


# --- guards: a sentence where it can't be done now ------------------------------------------------


def _whole(case, _now):
    lacks = checklists.missing_before_sending(case)
    return lacks[0][1] if lacks else ""


def _ready_to_accept(case, _now):
    if case.urgency_set_at is None:
        return _("Set the urgency first")
    if checklists.missing_records(case).exists():
        return _("A record is missing. Ask for it, or say why it isn’t needed")
    return ""


def _ready_to_wait(case, _now):
    if case.urgency_set_at is None:
        return _("Set the urgency first")
    if not checklists.missing_records(case).exists():
        return _("Nothing is missing: accept it")
    return ""


def _file_complete(case, _now):
    if checklists.missing_records(case).exists():
        return _("A record is still missing. Wait for it, say why it isn’t needed, or ask the patient")
    return ""


def _everything_answered(case, _now):
    waiting = InfoItem.objects.filter(
        request__case=case, request__status=InfoRequestStatus.OPEN, status=ItemStatus.OPEN
    )
    if waiting.exists():
        return _("Something that was asked for is still open")
    return ""


def _nobody_asked(case, _now):
    if case.info_requests.filter(status=InfoRequestStatus.OPEN).exists():
        return _("Something was asked for already and is still open")
    return ""


def _opinion_signed(case, _now):
    if not case.opinions.filter(status=OpinionStatus.SIGNED, versions__isnull=False).exists():
        return _("The opinion is not signed yet")
    return ""


def _nothing_signed(case, _now):
    return _("A signed opinion can’t be removed") if case.delivered_at else ""


def _lapsed_lately(case, now):
    if case.ended_at is None or now - case.ended_at > REOPEN_DAYS * clocks.DAY:
        return _("It was closed too long ago. Begin a new request, and tell us its number")
    return ""


# --- clocks: the fields that change with the step -------------------------------------------------


def _start_clocks(case, now):
    hours = clocks.clinic_hours(case.clinic)
    urgency = clocks.proposed_urgency(case.decide_by_on, now, hours.zone)
    return {
        "submitted_at": now,
        "urgency": urgency,
        "acknowledge_due_at": clocks.acknowledge_due(now, urgency, hours),
        "triage_due_at": clocks.triage_due(now, urgency, hours),
    }


def _claimed(case, now):
    return {"claimed_at": case.claimed_at or now}


def _pause_for_answer(case, now):
    return {
        "claimed_at": case.claimed_at or now,
        "paused_at": now,
        "answer_due_at": clocks.answer_due(now, case.urgency),
    }


def _resume_triage(case, now):
    due = clocks.resumed(case.triage_due_at, case.paused_at, now)
    return {"paused_at": None, "answer_due_at": None, "triage_due_at": due}


def _resume_review(case, now):
    due = clocks.resumed(case.review_due_at, case.paused_at, now)
    return {"paused_at": None, "answer_due_at": None, "review_due_at": due}


def _accepted(case, now):
    due = clocks.route_due(now, case.urgency, clocks.clinic_hours(case.clinic))
    return {"accepted_at": now, "complete_at": now, "paused_at": None, "route_due_at": due}


def _accepted_to_wait(case, now):
    """K2 stops; the promise (KB) begins once the file is complete. K3 runs for each source."""
    return {"accepted_at": now, "paused_at": None, "records_due_at": checklists.records_due(case, now)}


def _completed(case, now):
    due = clocks.route_due(now, case.urgency, clocks.clinic_hours(case.clinic))
    return {"complete_at": now, "records_due_at": None, "route_due_at": due}


def _review_begins(case, now):
    due = clocks.review_due(now, case.urgency, clocks.clinic_hours(case.clinic))
    return {"review_due_at": due, "route_due_at": None}


def _back_to_routing(case, now):
    due = clocks.route_due(now, case.urgency, clocks.clinic_hours(case.clinic))
    return {"review_due_at": None, "paused_at": None, "answer_due_at": None, "route_due_at": due}


def _new_urgency(case, now):
    """Due dates that still run are reckoned anew from where they began; the step keeps the old ones."""
    hours = clocks.clinic_hours(case.clinic)
    due = {}
    if case.status in (S.SUBMITTED, S.TRIAGE, S.INFO_NEEDED):
        due["triage_due_at"] = clocks.triage_due(case.submitted_at, case.urgency, hours) + _stood_still(case)
    if case.status == S.SUBMITTED:
        due["acknowledge_due_at"] = clocks.acknowledge_due(case.submitted_at, case.urgency, hours)
    if case.status == S.INFO_NEEDED:
        due["answer_due_at"] = clocks.answer_due(case.paused_at, case.urgency)
    if case.status == S.ROUTING and case.route_due_at:
        due["route_due_at"] = clocks.route_due(_waiting_since(case), case.urgency, hours)
    return {"urgency_set_at": now, **due}


def _stood_still(case):
    """How long the triage clock has stood still for answers that are in, and for questions taken back."""
    answers = case.status_changes.filter(act__in=["answer", "unask"], from_status=S.INFO_NEEDED)
    began = ((change.at, change.clocks.get("paused_at", [None])[0]) for change in answers)
    return sum((at - dt.datetime.fromisoformat(since) for at, since in began if since), dt.timedelta(0))


def _waiting_since(case):
    """From when an accepted case has waited for its next offer."""
    ends = case.referrals.aggregate(last=Max("ended_at"))["last"]
    return max(filter(None, (case.complete_at or case.accepted_at, ends)))


def _delivered(_case, now):
    return {"delivered_at": now, "paused_at": None}


def _ended(_case, now):
    return {"ended_at": now, "paused_at": None, "answer_due_at": None, "records_due_at": None}


def _not_ended(_case, _now):
    return {"ended_at": None}


def _draft_again(_case, now):
    return {"ended_at": None, "edited_at": now}


STEPS = (
    Step(
        act="submit", label=_("Send my request"), sources=frozenset({S.DRAFT}), target=S.SUBMITTED,
        who=access.is_patient_of, guard=_whole, clocks=_start_clocks,
        codes=("active", "requested", "submitted", "PCC-55"),
    ),
    Step(
        act="lapse", label=_("Close a silent draft"), sources=frozenset({S.DRAFT}), target=S.LAPSED,
        who=access.is_system, clocks=_ended, codes=("revoked", "cancelled", "lapsed", ""),
    ),
    Step(
        act="reopen", label=_("Open it again"), sources=frozenset({S.LAPSED}), target=S.DRAFT,
        who=access.is_patient_of, guard=_lapsed_lately, clocks=_draft_again, codes=("draft", "draft", "draft", ""),
    ),
    Step(
        act="claim", label=_("Take it"), sources=frozenset({S.SUBMITTED}), target=S.TRIAGE,
        who=access.is_staff_for, clocks=_claimed, codes=("active", "received", "triage", ""),
    ),
    Step(
        act="ask", label=_("Ask for something"), sources=frozenset({S.SUBMITTED, S.TRIAGE}), target=S.INFO_NEEDED,
        who=access.is_staff_for, guard=_nobody_asked, clocks=_pause_for_answer,
        codes=("active", "on-hold", "info-needed", "PCC-59"),
    ),
    Step(
        act="answer", label=_("Send my answer"), sources=frozenset({S.INFO_NEEDED}), target=S.TRIAGE,
        who=anyone_of(access.is_patient_of, access.is_staff_for), guard=_everything_answered, clocks=_resume_triage,
        codes=("active", "received", "triage", ""),
    ),
    Step(
        act="unask", label=_("Take the question back"), sources=frozenset({S.INFO_NEEDED}), target=S.TRIAGE,
        who=access.is_staff_for, guard=_everything_answered, clocks=_resume_triage,
        codes=("active", "received", "triage", ""),
    ),
    Step(
        act="assign", label=_("Give to a colleague"), sources=SENT, target=None, who=access.is_staff_for,
    ),
    Step(
        act="prioritise", label=_("Set the urgency"), sources=frozenset({S.SUBMITTED, S.TRIAGE, S.INFO_NEEDED, S.RECORDS_PENDING, S.ROUTING}),
        target=None, who=access.is_triage_for, clocks=_new_urgency,
    ),
    Step(
        act="accept", label=_("Accept"), sources=frozenset({S.TRIAGE}), target=S.ROUTING,
        who=access.is_triage_for, guard=_ready_to_accept, clocks=_accepted,
        codes=("active", "accepted", "routing", "PCC-56 IP"),
    ),
    Step(
        act="accept_pending", label=_("Accept, records to come"), sources=frozenset({S.TRIAGE}), target=S.RECORDS_PENDING,
        who=access.is_triage_for, guard=_ready_to_wait, clocks=_accepted_to_wait,
        codes=("active", "accepted", "records-pending", "PCC-56 IP"),
    ),
    Step(
        act="complete", label=_("The file is complete"), sources=frozenset({S.RECORDS_PENDING}), target=S.ROUTING,
        who=access.is_staff_for, guard=_file_complete, clocks=_completed,
        codes=("active", "accepted", "routing", ""),
    ),
    Step(
        act="decline", label=_("Decline"), sources=frozenset({S.TRIAGE, S.RECORDS_PENDING, S.ROUTING}), target=S.DECLINED,
        who=access.is_triage_for, clocks=_ended, reasons=DeclineReason, told=True,
        codes=("revoked", "rejected", "declined", "PCC-56 CA"),
    ),
    Step(
        act="begin_review", label=_("Take this case"), sources=frozenset({S.ROUTING}), target=S.IN_REVIEW,
        who=access.is_reading, clocks=_review_begins, codes=("active", "in-progress", "in-review", ""),
    ),
    Step(
        act="clarify", label=_("Ask for more"), sources=frozenset({S.IN_REVIEW}), target=S.CLARIFICATION,
        who=access.is_reading, guard=_nobody_asked, clocks=_pause_for_answer,
        codes=("active", "on-hold", "clarification", ""),
    ),
    Step(
        act="resume", label=_("Go on"), sources=frozenset({S.CLARIFICATION}), target=S.IN_REVIEW,
        who=anyone_of(access.is_reading, access.is_system), guard=_nobody_asked, clocks=_resume_review,
        codes=("active", "in-progress", "in-review", ""),
    ),
    Step(
        act="reassign", label=_("Give to someone else"), sources=frozenset({S.IN_REVIEW, S.CLARIFICATION}), target=S.ROUTING,
        who=anyone_of(access.is_triage_for, access.is_reading), clocks=_back_to_routing, reasons=ReassignReason,
        codes=("active", "accepted", "routing", ""),
    ),
    Step(
        act="deliver", label=_("Sign"), sources=frozenset({S.IN_REVIEW}), target=S.DELIVERED,
        who=access.is_reading, guard=_opinion_signed, clocks=_delivered,
        codes=("active", "completed", "delivered", "PCC-57 CM"),
    ),
    Step(
        act="need_time", label=_("I need time"), sources=frozenset({S.DELIVERED, S.CLOSED}), target=S.DELIVERED,
        who=access.is_patient_of, clocks=_not_ended,
    ),
    Step(
        act="decide", label=_("Save my choice"), sources=frozenset({S.DELIVERED, S.CLOSED}), target=S.CLOSED,
        who=access.is_patient_of, clocks=_ended, codes=("completed", "completed", "closed", ""),
    ),
    Step(
        act="withdraw", label=_("Take my request back"), sources=OPEN - {S.DELIVERED}, target=S.WITHDRAWN,
        who=access.is_patient_of, clocks=_ended, codes=("revoked", "cancelled", "withdrawn", "PCC-58"),
    ),
    Step(
        act="void", label=_("Entered in error"), sources=frozenset(S) - {S.ENTERED_IN_ERROR, S.DRAFT}, target=S.ENTERED_IN_ERROR,
        who=access.is_lead_for, guard=_nothing_signed, clocks=_ended, reasons=VoidReason,
        codes=("entered-in-error", "entered-in-error", "", ""),
    ),
)  # fmt: skip

CASE = Road("case", Case, STEPS)
