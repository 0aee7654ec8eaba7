"""What a patient, or staff for them, does with records: add, name what it is, take back, answer the checklist."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals import storage
from referrals.models import Case, FlagAnswer, Record, Series
from referrals.records import permits
from referrals.records.room import NoSpace, room_of
from referrals.rules import (
    access,
    audit,
    catalogue,
    checklists,
    completeness,
    erasure,
    mismatches,
    upload_links,
)
from referrals.rules.nudges import nudge
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act, ChecklistState, RecordStatus, RecordType, WayIn

TO_SAY = (ChecklistState.HAVE, ChecklistState.ON_ITS_WAY, ChecklistState.TO_COME, ChecklistState.CANT_GET)
CHECK = "referrals.records.tasks.check_record"
CHECK_ALL = "referrals.records.tasks.check_waiting_records"


@dataclass(frozen=True)
class Came:
    """A file whose bytes are in the storage, and what it is called."""

    stored: storage.Stored
    name: str
    folder: str = ""


@dataclass(frozen=True)
class Added:
    record: Record | None  # None: there was no room for it
    is_new: bool  # False: these very bytes were on the case before


def add(*, case, stored, name, by, now, type=RecordType.OTHER, item=None, way_in=WayIn.PORTAL):
    """One file. Raises PermissionDenied, StepNotPossible or NoSpace; the caller then throws the bytes away."""
    came = [Came(stored, name)]
    (added,) = add_several(case=case, came=came, by=by, now=now, type=type, item=item, way_in=way_in)
    if added.record is None:
        raise NoSpace
    return added


@transaction.atomic
def add_several(
    *, case, came, now, by=None, link=None, type=RecordType.OTHER, item=None, way_in=WayIn.PORTAL
):
    """Files become records that wait for their check. The bytes are in the storage already.

    Returns an Added for each; raises PermissionDenied or StepNotPossible. The caller throws away the bytes
    of what is not new.
    """
    case = permits.held(case, by=by, link=link, now=now)
    room, added = room_of(case), []
    for each in came:
        if same := _same(case, each.stored):
            added.append(Added(_pointed(same, item), is_new=False))
        elif not room.takes(each.stored.size):
            added.append(Added(None, is_new=False))
        else:
            added.append(_create(case, each, by, link, now, type, item, way_in))
            room = room.less(each.stored.size)
    if new := [each.record for each in added if each.is_new]:
        arrived(case, new, by=by, link=link, now=now)
    return added


def _create(case, came, by, link, now, type, item, way_in):
    case.records.filter(status=RecordStatus.REFUSED, sha256=came.stored.sha256).delete()
    try:
        with transaction.atomic():
            record = Record.objects.create(
                key=came.stored.key, case=case, info_item=item, added_by=by or link.made_by, added_at=now,
                name=came.name, folder=came.folder, size=came.stored.size, sha256=came.stored.sha256, type=type,
                way_in=way_in,
            )  # fmt: skip
    except IntegrityError:
        return Added(_same(case, came.stored), is_new=False)
    return Added(record, is_new=True)


def arrived(case, records, *, by=None, link=None, now):
    """What follows when files have become records; in their transaction, with the case held."""
    _touched(case, now)
    if link is not None:
        upload_links.note_arrival(link=link, records=records, now=now)
    for record in records:
        detail = {"way_in": str(record.way_in)} | ({"link": str(link.key)} if link else {})
        _note(Act.ADD_RECORD, record, by, now, detail)
    if len(records) == 1:
        nudge(CHECK, key=str(records[0].key))
    else:
        nudge(CHECK_ALL)


@transaction.atomic
def set_type(*, record, type, by, now):
    """Say what a record is: a line of the checklist."""
    record = _as_it_is(record, permits.held(record.case, by=by, now=now))
    if not permits.may_change(record, by):
        raise PermissionDenied(_("What the patient added, the patient names."))
    before, record.type = record.type, type
    record.save(update_fields=["type"])
    checklists.went(record.case, before)
    completeness.came(record.case, type, now=now)
    _touched(record.case, now)
    _note(Act.EDIT, record, by, now, {"type": str(type)})


@transaction.atomic
def remove(*, record, by, now):
    """Take a record back, bytes and pages too."""
    case = permits.held(record.case, by=by, now=now)
    record = _as_it_is(record, case)
    permits.permit_remove(record, by)
    _note(Act.REMOVE_RECORD, record, by, now)
    erasure.delete(record)
    checklists.went(case, record.type)
    _touched(case, now)


@transaction.atomic
def answer_flag(*, record, flag, by, now):
    """Say that a record is right as it is, and all of which the same was found odd. Safe to repeat."""
    permits.permit_answer(record.case, by)
    record.case = (
        Case.objects.select_for_update(of=("self",)).select_related("patient").get(pk=record.case_id)
    )
    records = mismatches.flagged_as(record.case, record, flag)
    if not records:
        raise StepNotPossible
    for each in records:
        said = {"by": by, "at": now}
        _answer, is_new = FlagAnswer.objects.get_or_create(record=each, flag=flag, defaults=said)
        if is_new:
            _note(Act.ANSWER_FLAG, each, by, now, {"flag": str(flag)})


@transaction.atomic
def take_answer_back(*, record, flag, by, now):
    """What was said to be right is asked about again, also of the records of which the same is said."""
    permits.permit_answer(record.case, by)
    Case.objects.select_for_update().get(pk=record.case_id)
    records = mismatches.flagged_as(record.case, record, flag)
    for answer in FlagAnswer.objects.filter(record__in=records, flag=flag).select_related("record__case"):
        answer.delete()
        _note(Act.ANSWER_FLAG, answer.record, by, now, {"flag": str(flag), "taken_back": True})


@transaction.atomic
def answer_checklist(*, case, type, state, by, now):
    """Say of one kind of record whether it is here, on its way, still to come, or can't be had."""
    case = permits.held(case, by=by, now=now)
    if not access.is_patient_of(by, case):
        raise PermissionDenied(_("Only the person who asks answers this."))
    if state == ChecklistState.HAVE and not case.records.kept().exists():
        raise StepNotPossible(_("Add the file first, or say that it is on its way."))
    if not case.checklist.filter(type=type).update(state=state, note=""):
        raise StepNotPossible
    _touched(case, now)
    audit.record(Act.CHECKLIST, by=by, now=now, case=case, detail={"type": str(type), "state": str(state)})


def _as_it_is(record, case):
    """The record once its case is held: somebody else may have named it or taken it back meanwhile."""
    record = case.records.filter(pk=record.pk).first()
    if record is None:
        raise StepNotPossible
    return record


def _same(case, stored):
    """The record, or the study with the file, that holds these very bytes.

    An upload in pieces has no sum yet; its check compares.
    """
    if not stored.sha256:
        return None
    studies = Series.objects.filter(instances__sha256=stored.sha256, record__case=case).values("record")
    same = Q(sha256=stored.sha256) | Q(pk__in=studies)
    return case.records.kept().filter(same).select_related("case").first()


def _pointed(record, item):
    """A file that was here before can answer a question, too."""
    if item is not None and record.info_item_id is None:
        record.info_item = item
        record.save(update_fields=["info_item"])
    return record


def _touched(case, now):
    Case.objects.filter(pk=case.pk).update(edited_at=now)
    case.edited_at = now
    catalogue.plan(case, now=now)


def _note(act, record, by, now, detail: dict[str, Any] | None = None):
    audit.record(
        act, by=by, now=now, case=record.case, subject_kind="record", subject_key=record.key, detail=detail
    )
