"""The small road of a source of records: steps as data, each taken by a conditional update, and what it changes.

Rooms that take in files say so by `record_came`; whoever shows a case asks `open_sources` and `next_act`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, Record, RecordSource
from referrals.rules import access, audit, catalogue, checklists, clocks, completeness
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import (
    ENDED,
    WAITING,
    Act,
    AuthorisationStatus,
    CaseStatus,
    SourceRoute,
    SourceStatus,
)

S = SourceStatus
OPEN = frozenset(S) - {S.RECEIVED, S.UNAVAILABLE, S.WAIVED}
WITH_A_REASON = frozenset({S.UNREADABLE, S.UNAVAILABLE, S.WAIVED})


def is_mine(person, source):
    return access.is_patient_of(person, source.case)


def is_staffs(person, source):
    return source.case.submitted_at is not None and access.is_staff_for(person, source.case)


def is_ours(person, source):
    return is_mine(person, source) or is_staffs(person, source)


def may_ask(person, source):
    """The patient asks for their own copy, and staff may note that they did; everything else the clinic asks."""
    return is_staffs(person, source) or (source.route == SourceRoute.OWN_COPY and is_mine(person, source))


def is_system(person, _source):
    return person is None


def _has_a_route(source):
    if not source.route:
        return _("Choose first how these records are asked for")
    if source.route == SourceRoute.AUTHORISATION and not holding(source):
        return _("Nobody signed the form for this yet")
    return ""


def _signed(source):
    return "" if holding(source) else _("Nobody signed the form for this yet")


def _not_signed(source):
    return _("A signed form asks for this. Take the signature back first") if holding(source) else ""


def _own_or_doctor(source):
    """A form that was signed is sent from `signed`."""
    if source.route == SourceRoute.AUTHORISATION:
        return _("This one needs a signature first")
    return _has_a_route(source)


def _was_asked(source):
    """Only what was asked for can be waited for."""
    return (
        ""
        if source.requested_on
        else _("Nobody asked for this yet. Say that all of it is here, or ask for it")
    )


def _extended_once(source):
    return _("They had their one extension already") if source.extra_days else ""


def _none(_source):
    return ""


@dataclass(frozen=True, kw_only=True)
class SourceStep:
    """One transition, with its words for staff and for the patient; `guard(source)` says what stands against it."""

    act: str
    label: Any
    for_patient: Any
    sources: frozenset
    target: str | None  # None: the status stays
    who: Callable
    guard: Callable = _none


STEPS = (
    SourceStep(
        act="own_way", label=_("Ask without a form"), for_patient=_("Ask without a form"),
        sources=frozenset({S.IDENTIFIED, S.AUTHORISATION_NEEDED}), target=S.IDENTIFIED, who=is_ours, guard=_not_signed,
    ),
    SourceStep(
        act="need_form", label=_("Have the patient sign a form"), for_patient=_("Let the clinic ask for me"),
        sources=frozenset({S.IDENTIFIED, S.AUTHORISATION_NEEDED}), target=S.AUTHORISATION_NEEDED, who=is_ours,
    ),
    SourceStep(
        act="sign", label=_("Signed"), for_patient=_("Sign the form"),
        sources=frozenset({S.AUTHORISATION_NEEDED}), target=S.SIGNED, who=is_mine, guard=_signed,
    ),
    SourceStep(
        act="request", label=_("It is asked for"), for_patient=_("I have asked them"),
        sources=frozenset({S.IDENTIFIED}), target=S.REQUESTED, who=may_ask, guard=_own_or_doctor,
    ),
    SourceStep(
        act="request", label=_("It is asked for"), for_patient=_("I have asked them"),
        sources=frozenset({S.SIGNED}), target=S.REQUESTED, who=is_staffs, guard=_has_a_route,
    ),
    SourceStep(
        act="acknowledge", label=_("They are on it"), for_patient=_("They say they are on it"),
        sources=frozenset({S.REQUESTED}), target=S.ACKNOWLEDGED, who=is_ours,
    ),
    SourceStep(
        act="extend", label=_("They take longer, in writing"), for_patient=_("They wrote that it takes longer"),
        sources=WAITING, target=None, who=is_ours, guard=_extended_once,
    ),
    SourceStep(
        act="partly", label=_("Part of it is here"), for_patient=_("Part of it is here"),
        sources=WAITING | {S.UNREADABLE}, target=S.PARTIAL, who=is_ours, guard=_was_asked,
    ),
    SourceStep(
        act="receive", label=_("All of it is here"), for_patient=_("All of it is here"),
        sources=OPEN, target=S.RECEIVED, who=is_ours,
    ),
    SourceStep(
        act="unreadable", label=_("What came can’t be read"), for_patient=_("What came can’t be read"),
        sources=WAITING | {S.RECEIVED}, target=S.UNREADABLE, who=is_ours,
    ),
    SourceStep(
        act="ask_again", label=_("Asked for it again"), for_patient=_("I asked for it again"),
        sources=frozenset({S.UNREADABLE}), target=S.REQUESTED, who=may_ask, guard=_has_a_route,
    ),
    SourceStep(
        act="unavailable", label=_("It can’t be had"), for_patient=_("I can’t get this"),
        sources=OPEN, target=S.UNAVAILABLE, who=is_ours,
    ),
    SourceStep(
        act="waive", label=_("It isn’t needed"), for_patient=_("It isn’t needed"),
        sources=OPEN, target=S.WAIVED, who=is_staffs,
    ),
    SourceStep(
        act="take_back", label=_("Ask for it after all"), for_patient=_("Ask for it after all"),
        sources=frozenset({S.UNAVAILABLE, S.WAIVED}), target=S.IDENTIFIED, who=is_ours,
    ),
    SourceStep(
        act="revoke", label=_("Signature taken back"), for_patient=_("Take my signature back"),
        sources=WAITING | {S.SIGNED, S.UNREADABLE}, target=S.AUTHORISATION_NEEDED, who=is_mine,
    ),
    SourceStep(
        act="run_out", label=_("The form ran out"), for_patient=_("The form ran out"),
        sources=WAITING | {S.SIGNED, S.UNREADABLE}, target=S.AUTHORISATION_NEEDED, who=is_system,
    ),
)  # fmt: skip
# Steps that the person takes by a page or a system of its own, never from the list of buttons.
BY_THEMSELVES = frozenset({"sign", "revoke", "run_out", "own_way", "need_form"})


def holding(source):
    """The authorisation that holds for a source, or None."""
    return source.authorisations.filter(status=AuthorisationStatus.SIGNED).first()


def today_of(case, now):
    return clocks.today(now, clocks.clinic_hours(case.clinic).zone)


def step_of(act, status):
    return next((step for step in STEPS if step.act == act and status in step.sources), None)


def own_steps(source, *, by):
    """The steps that are this person's from here, each with what stands against it now or ''."""
    if why_closed(source.case):
        return []
    return [
        (step, step.guard(source)) for step in STEPS if source.status in step.sources and step.who(by, source)
    ]


def why_closed(case):
    """The sentence that stands against any change; '' while somebody works on the case."""
    if case.status in ENDED or case.status == CaseStatus.DELIVERED:
        return _("This request is not worked on any more.")
    return ""


def require(act, source, *, by):
    """Before a form: PermissionDenied where it isn't theirs, StepNotPossible where it can't be done now."""
    if not any(step.act == act and step.who(by, source) for step in STEPS):
        raise PermissionDenied(_("This is not yours to do."))
    if closed := why_closed(source.case):
        raise StepNotPossible(closed)
    step = step_of(act, source.status)
    if step is None or not step.who(by, source):
        raise StepNotPossible
    if objection := step.guard(source):
        raise StepNotPossible(objection)
    return step


def lock(source):
    """The case first, as every step does; then the source as it stands."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("clinic", "patient")
        .get(pk=source.case_id)
    )
    source.refresh_from_db()
    source.case = case
    return source


@transaction.atomic
def move(act, *, source, by, now, **changes):
    """Take one step of the road: check, set, write down, and bring checklist, clocks and reminders in line."""
    lock(source)
    step = require(act, source, by=by)
    before = source.status
    values = {"status": step.target or before, **changes}
    if values["status"] not in WITH_A_REASON:
        values["why"] = ""
    if not RecordSource.objects.filter(pk=source.pk, status=before).update(**values):
        raise StepNotPossible
    for name, value in values.items():
        setattr(source, name, value)
    note(source, by=by, now=now, detail={"act": act, "from": before, "to": source.status})
    completeness.follow(source)
    touch(source.case, now=now)
    return source


def note(source, *, by, now, detail, act=Act.SOURCE):
    audit.record(
        act,
        by=by,
        now=now,
        case=source.case,
        subject_kind="record_source",
        subject_key=source.key,
        detail=detail,
    )


def touch(case, *, now):
    """Clocks and reminders of a case whose sources changed."""
    if case.status == CaseStatus.RECORDS_PENDING:
        due = checklists.records_due(case, now)
        Case.objects.filter(pk=case.pk).update(records_due_at=due)
        case.records_due_at = due
    catalogue.plan(case, now=now)


def is_late(source, today):
    """By law they should have answered."""
    return source.status in WAITING and source.due_on is not None and source.due_on < today


def open_sources(case):
    """Those that still have to send something, the one to chase first."""
    return case.sources.waiting().order_by("due_on", "pk")


@transaction.atomic
def record_came(*, source, record, by, now):
    """A file came in from this source (by its link, the post, the fax): it is theirs, and part of it is here.

    What nobody asked for, and can't be read, stays so until somebody says that all of it is here.
    """
    lock(source)
    if record.case_id != source.case_id:
        raise ValueError("a record of another case")
    Record.objects.filter(pk=record.pk).update(source=source)
    record.source = source
    before = source.status
    if source.requested_on and before in WAITING | {S.UNREADABLE} and before != S.PARTIAL:
        RecordSource.objects.filter(pk=source.pk, status=before).update(status=S.PARTIAL, why="")
        source.status, source.why = S.PARTIAL, ""
    note(
        source,
        by=by,
        now=now,
        detail={"act": "came", "from": before, "to": source.status, "record": str(record.key)},
    )
    touch(source.case, now=now)
    return source
