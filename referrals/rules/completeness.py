"""Whether a file is complete: the lines of its checklist, each here, asked for, not to be had or not needed.

The lines are triage's gate (see roads.case). Sources move them along; the patient may agree to go on without some.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, ChecklistItem, GoWithout, RecordSource
from referrals.rules import access, audit, catalogue, checklists
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import (
    MISSING,
    SETTLED,
    WAITING,
    Act,
    CaseStatus,
    ChecklistState,
    ConsentStatus,
    RecordType,
    SourceStatus,
)

STILL_OPEN = frozenset(
    {CaseStatus.SUBMITTED, CaseStatus.TRIAGE, CaseStatus.INFO_NEEDED, CaseStatus.RECORDS_PENDING}
)
# What staff may say of a line; not needed is for those who judge, on a page of its own.
SAID_BY_STAFF = (
    ChecklistState.HAVE, ChecklistState.ON_ITS_WAY, ChecklistState.CANT_GET, ChecklistState.TO_COME,
)  # fmt: skip


def follow(source):
    """Lines of what a source holds: asked for once it is asked, not to be had once nobody can send them."""
    lines = source.case.checklist.filter(type__in=source.types)
    if source.status in WAITING:
        lines.filter(state__in=[ChecklistState.TO_COME, ChecklistState.CANT_GET]).update(
            state=ChecklistState.ON_ITS_WAY, note=""
        )
    elif source.status in (SourceStatus.UNAVAILABLE, SourceStatus.WAIVED):
        for line in lines.filter(state__in=[ChecklistState.TO_COME, ChecklistState.ON_ITS_WAY]):
            others = source.case.sources.exclude(pk=source.pk).exclude(status__in=SETTLED)
            if not others.filter(types__contains=[line.type]).exists():
                ChecklistItem.objects.filter(pk=line.pk).update(
                    state=ChecklistState.CANT_GET, note=source.why
                )
    elif source.status in (
        SourceStatus.IDENTIFIED,
        SourceStatus.AUTHORISATION_NEEDED,
        SourceStatus.UNREADABLE,
    ):
        asked_elsewhere = source.case.sources.filter(status__in=WAITING).exclude(pk=source.pk)
        for line in lines.filter(state__in=[ChecklistState.CANT_GET, ChecklistState.ON_ITS_WAY]):
            if not asked_elsewhere.filter(types__contains=[line.type]).exists():
                ChecklistItem.objects.filter(pk=line.pk).update(state=ChecklistState.TO_COME, note="")


@transaction.atomic
def set_line(*, case, item, state, reason, by, now):
    """Staff say of one line how it stands, with a reason; a waived one is taken back this way too."""
    if not access.is_staff_for(by, case):
        raise PermissionDenied(_("This is for the care team."))
    held = _locked(case)
    if held.status not in STILL_OPEN:
        raise StepNotPossible(
            _("The checklist is settled: a specialist has the file, or the request has ended.")
        )
    if state not in SAID_BY_STAFF:
        raise ValueError(f"{state!r} is not said here")
    item.refresh_from_db()
    before = item.state
    item.state, item.note = state, reason
    item.save(update_fields=["state", "note"])
    audit.record(
        Act.CHECKLIST, by=by, now=now, case=case, subject_kind="checklist_item", subject_key=item.type,
        detail={"from": before, "to": str(state)},
    )  # fmt: skip
    _close_what_came(held, now)


def _locked(case):
    return Case.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=case.pk)


def not_there(case):
    """For who reads the file: [(kind of record, how it stands, why or from whom)] of what is not here."""
    waiting = [source for source in case.sources.all() if source.status in WAITING]
    found = []
    for line in case.checklist.all():
        if line.state != ChecklistState.HAVE:
            names = ", ".join(source.name for source in waiting if line.type in source.types)
            found.append((RecordType(line.type).label, ChecklistState(line.state).label, line.note or names))
    return found


# --- the patient's yes ----------------------------------------------------------------------------


def open_question(case):
    return case.go_withouts.filter(status=ConsentStatus.OPEN).first()


def missing_types(case):
    return [str(line.type) for line in case.checklist.all() if line.state in MISSING]


def still_missing(asked):
    """Of what the patient was asked about."""
    missing = missing_types(asked.case)
    return [type for type in asked.types if type in missing]


def came(case, type, *, now):
    """A file that can be read is here: its line says so, and nobody is asked any more to go without it."""
    checklists.came(case, type)
    _close_what_came(case, now)


def _close_what_came(case, now):
    asked = open_question(case)
    if asked is None or case.checklist.filter(type__in=asked.types, state__in=MISSING).exists():
        return
    asked.case = case
    if case.go_withouts.filter(pk=asked.pk, status=ConsentStatus.OPEN).update(
        status=ConsentStatus.CLOSED, answered_at=now
    ):
        _note(asked, None, now, "closed")
        catalogue.plan(case, now=now)


@transaction.atomic
def ask_to_go_without(*, case, text, by, now):
    """Ask the patient whether the reading may begin without what is still missing."""
    if not access.is_staff_for(by, case):
        raise PermissionDenied(_("This is for the care team."))
    held = _locked(case)
    if held.status != CaseStatus.RECORDS_PENDING:
        raise StepNotPossible(_("This request does not wait for records."))
    types = missing_types(held)
    if not types:
        raise StepNotPossible(_("Nothing is missing. Say that the file is complete"))
    if open_question(held):
        raise StepNotPossible(_("The patient is asked already, and has not answered yet"))
    asked = GoWithout.objects.create(case=held, types=types, text=text, asked_by=by, asked_at=now)
    _note(asked, by, now, "asked")
    catalogue.plan(held, now=now)
    return asked


@transaction.atomic
def answer_going_without(*, asked, is_yes, by, now, note=""):
    """The patient's own answer on the page, or what they said on the phone, written down by staff with a note."""
    case = asked.case
    is_theirs = access.is_patient_of(by, case)
    if not is_theirs and not access.is_staff_for(by, case):
        raise PermissionDenied(_("Only the person who asks can answer this."))
    if not is_theirs and not note.strip():
        raise ValueError("what was said on the phone is written down")
    held = _locked(case)
    if held.status != CaseStatus.RECORDS_PENDING:
        raise StepNotPossible
    answer = ConsentStatus.YES if is_yes else ConsentStatus.NO
    answered = GoWithout.objects.filter(pk=asked.pk, status=ConsentStatus.OPEN).update(
        status=answer, answered_by=by, answered_at=now, note=note
    )
    if not answered:
        raise StepNotPossible(_("This was answered already."))
    asked.refresh_from_db()
    asked.case = held
    if is_yes:
        _go_without(held, asked.types, by, now)
    _note(asked, by, now, str(answer))
    catalogue.plan(held, now=now)
    return asked


def _go_without(case, types, by, now):
    """The lines are not needed, nor is whoever holds nothing else: nobody is chased for what nobody waits for."""
    why = say("Agreed to begin without it")
    case.checklist.filter(type__in=types, state__in=MISSING).update(state=ChecklistState.WAIVED, note=why)
    settled = {line.type for line in case.checklist.all() if line.state not in MISSING}
    for source in case.sources.exclude(status__in=SETTLED):
        if not settled.issuperset(source.types):
            continue
        before = source.status
        waived = {"status": SourceStatus.WAIVED, "why": why, "ended_at": now}
        RecordSource.objects.filter(pk=source.pk).update(**waived)
        audit.record(
            Act.SOURCE, by=by, now=now, case=case, subject_kind="record_source", subject_key=source.key,
            detail={"act": "waive", "from": before, "to": str(SourceStatus.WAIVED)},
        )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(records_due_at=checklists.records_due(case, now))


@transaction.atomic
def withdraw_question(*, asked, by, now):
    """Staff no longer ask: what was missing came, or they wait after all."""
    if not access.is_staff_for(by, asked.case):
        raise PermissionDenied(_("This is for the care team."))
    closed = GoWithout.objects.filter(pk=asked.pk, status=ConsentStatus.OPEN).update(
        status=ConsentStatus.CLOSED, answered_at=now, answered_by=by
    )
    if not closed:
        raise StepNotPossible(_("This was answered already."))
    _note(asked, by, now, "closed")


def _note(asked, by, now, what):
    audit.record(
        Act.CONSENT, by=by, now=now, case=asked.case, subject_kind="go_without", subject_key=asked.key,
        detail={"what": what, "types": asked.types, "by_phone": bool(asked.note)},
    )  # fmt: skip


def types_in_words(types, *, for_patient):
    return [str(RecordType(each).for_patient if for_patient else RecordType(each).label) for each in types]
