"""What a patient does with records: add, name what it is, take back, answer the checklist."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, FlagAnswer, Record, Series
from referrals.records import tasks
from referrals.rules import access, audit, catalogue, checklists, erasure, mismatches
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import WORKING, Act, CaseStatus, ChecklistState, RecordStatus, RecordType

ADDABLE = WORKING | {CaseStatus.DRAFT}
UNREADABLE = frozenset({RecordStatus.REFUSED, RecordStatus.NEEDS_YOU})
TO_SAY = (ChecklistState.HAVE, ChecklistState.ON_ITS_WAY, ChecklistState.TO_COME, ChecklistState.CANT_GET)


class NoSpace(Exception):
    """The case holds as much as it may."""


@dataclass(frozen=True)
class Added:
    record: Record
    is_new: bool  # False: these very bytes were on the case before


@dataclass(frozen=True)
class Room:
    """What a case may still take."""

    files: int
    size: int


def why_no_more(case, by):
    """The sentence that stands against adding; '' where nothing does."""
    if not access.is_patient_of(by, case):
        return _("Only the person who asks can add files here.")
    if case.status not in ADDABLE:
        return _("Files can’t be added to this request any more.")
    return ""


def may_remove(record, by):
    """Drafts are the patient's own; what was sent stays, but for files nobody can read. Viruses are for staff."""
    case = record.case
    if not access.is_patient_of(by, case) or record.status == RecordStatus.QUARANTINED:
        return False
    return case.status == CaseStatus.DRAFT or (record.status in UNREADABLE and case.status in ADDABLE)


def room_of(case):
    held = case.records.with_bytes().aggregate(files=Count("pk"), size=Sum("size"))
    return Room(
        max(settings.MAX_CASE_FILES - held["files"], 0), max(settings.MAX_CASE_BYTES - (held["size"] or 0), 0)
    )


@transaction.atomic
def add(*, case, stored, name, by, now, type=RecordType.OTHER, item=None):
    """A file becomes a record that waits for its check. The bytes are in the storage already.

    Raises PermissionDenied, StepNotPossible or NoSpace; the caller then throws the bytes away.
    """
    case = _locked(case, by)
    if same := _same(case, stored):
        return Added(_pointed(same, item), is_new=False)
    room = room_of(case)
    if room.files < 1 or room.size < stored.size:
        raise NoSpace
    _drop_refused(case, stored)
    try:
        with transaction.atomic():
            record = Record.objects.create(
                key=stored.key, case=case, info_item=item, added_by=by, added_at=now, name=name,
                size=stored.size, sha256=stored.sha256, type=type,
            )  # fmt: skip
    except IntegrityError:
        return Added(_same(case, stored), is_new=False)
    checklists.came(case, type)
    _touched(case, now)
    _note(Act.ADD_RECORD, record, by, now)
    transaction.on_commit(lambda: tasks.check_record.delay(key=str(record.key)))
    return Added(record, is_new=True)


@transaction.atomic
def set_type(*, record, type, by, now):
    """Say what a record is: a line of the checklist."""
    record.case = _locked(record.case, by)
    before, record.type = record.type, type
    record.save(update_fields=["type"])
    checklists.went(record.case, before)
    if record.status != RecordStatus.REFUSED:
        checklists.came(record.case, type)
    _touched(record.case, now)
    _note(Act.EDIT, record, by, now, {"type": str(type)})


@transaction.atomic
def remove(*, record, by, now):
    """Take a record back, bytes and pages too."""
    case = _locked(record.case, by)
    record = Record.objects.select_related("case").filter(pk=record.pk).first()
    if record is None:
        raise StepNotPossible
    if not may_remove(record, by):
        raise PermissionDenied(_("What you have sent stays with your request."))
    _note(Act.REMOVE_RECORD, record, by, now)
    erasure.delete(record)
    checklists.went(case, record.type)
    _touched(case, now)


def may_answer_flag(case, by):
    return access.is_patient_of(by, case) or access.is_staff_for(by, case)


def permit_answer(case, by):
    if not may_answer_flag(case, by):
        raise PermissionDenied(_("This is for the person who asks, or the clinic’s care team."))


@transaction.atomic
def answer_flag(*, record, flag, by, now):
    """Say that a record is right as it is, whatever was found odd about it. Safe to repeat."""
    permit_answer(record.case, by)
    record.case = (
        Case.objects.select_for_update(of=("self",)).select_related("patient").get(pk=record.case_id)
    )
    if not mismatches.has_flag(record.case, record, flag):
        raise StepNotPossible
    _answer, is_new = FlagAnswer.objects.get_or_create(
        record=record, flag=flag, defaults={"by": by, "at": now}
    )
    if is_new:
        _note(Act.ANSWER_FLAG, record, by, now, {"flag": str(flag)})


@transaction.atomic
def answer_checklist(*, case, type, state, by, now):
    """Say of one kind of record whether it is here, on its way, still to come, or can't be had."""
    case = _locked(case, by)
    if state == ChecklistState.HAVE and not case.records.kept().exists():
        raise StepNotPossible(_("Add the file first, or say that it is on its way."))
    if not case.checklist.filter(type=type).update(state=state, note=""):
        raise StepNotPossible
    _touched(case, now)
    audit.record(Act.CHECKLIST, by=by, now=now, case=case, detail={"type": str(type), "state": str(state)})


def _locked(case, by):
    """The case as it is now, held until the act is done, and still this person's."""
    held = (
        Case.objects.select_for_update(of=("self",))
        .select_related("clinic", "patient")
        .filter(pk=case.pk, patient__is_active=True)
        .first()
    )
    if held is None or not access.is_patient_of(by, held):
        raise PermissionDenied(_("Only the person who asks can add files here."))
    if objection := why_no_more(held, by):
        raise StepNotPossible(objection)
    return held


def _same(case, stored):
    """The record, or the study with the file, that holds these very bytes."""
    studies = Series.objects.filter(instances__sha256=stored.sha256, record__case=case).values("record")
    same = Q(sha256=stored.sha256) | Q(pk__in=studies)
    return case.records.kept().filter(same).select_related("case").first()


def _pointed(record, item):
    """A file that was here before can answer a question, too."""
    if item is not None and record.info_item_id is None:
        record.info_item = item
        record.save(update_fields=["info_item"])
    return record


def _drop_refused(case, stored):
    case.records.filter(status=RecordStatus.REFUSED, sha256=stored.sha256).delete()


def _touched(case, now):
    Case.objects.filter(pk=case.pk).update(edited_at=now)
    case.edited_at = now
    catalogue.plan(case, now=now)


def _note(act, record, by, now, detail: dict[str, Any] | None = None):
    audit.record(
        act, by=by, now=now, case=record.case, subject_kind="record", subject_key=record.key, detail=detail
    )
