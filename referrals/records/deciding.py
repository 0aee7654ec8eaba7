"""What people decide about files that stopped or wait: the password, the virus check, what was locked away."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, Record
from referrals.models.record import WAITS_FOR_STAFF
from referrals.records import passwords, permits, refusals
from referrals.rules import access, audit, catalogue, checklists, erasure
from referrals.rules.nudges import nudge
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import CHECKING, Act, RecordStatus, VirusScan

CHECK = "referrals.records.tasks.check_record"
NEEDS_NONE = _("This file needs no password now.")
ASKS_FOR_IT = (refusals.PASSWORD, refusals.WRONG_PASSWORD)


def may_unlock(record, by):
    """The person who asks, while files may still be added; and staff."""
    asks = record.status == RecordStatus.NEEDS_YOU and record.refusal in ASKS_FOR_IT
    case = record.case
    return asks and (not permits.why_no_more(case, by) or access.is_staff_for(by, case))


def may_check_again(record, by):
    return record.refusal in WAITS_FOR_STAFF and access.is_staff_for(by, record.case)


def may_decide_scan(record, by):
    return record.refusal == refusals.TOO_LARGE_TO_SCAN and access.is_staff_for(by, record.case)


def may_destroy(record, by):
    """What has a virus lies locked away until staff remove it."""
    is_theirs = record.status == RecordStatus.QUARANTINED and access.is_staff_for(by, record.case)
    return is_theirs and not record.case.is_held


@transaction.atomic
def unlock(*, record, password, by, now):
    """Take a password; the decoder tries it, and asks again where it is the wrong one."""
    permit_unlock(record, by)
    Case.objects.select_for_update().get(pk=record.case_id)  # before the record, as everybody does
    still = Record.objects.filter(pk=record.pk, status=RecordStatus.NEEDS_YOU, refusal__in=ASKS_FOR_IT)
    if not still.select_for_update().exists():
        raise StepNotPossible(NEEDS_NONE)
    sealed = passwords.sealed(record, password)
    still.update(password=sealed, status=RecordStatus.RECEIVED, refusal="", attempts=0, claimed_at=None)
    _told(Act.UNLOCK, record, by, now)
    catalogue.plan(record.case, now=now)


@transaction.atomic
def scan_again(*, record, by, now):
    """The scanner may take more now; whatever killed our workers may be mended."""
    _waiting_for_staff(record, by, WAITS_FOR_STAFF, attempts=0)
    _told(Act.DECIDE_SCAN, record, by, now, {"choice": "again"})


@transaction.atomic
def go_on_unscanned(*, record, by, now):
    """A person answers for a file that is too large for the scanner. The record goes on saying `not scanned`."""
    changes = {"status": RecordStatus.SCANNED, "scan": VirusScan.NOT_SCANNED, "attempts": 0}
    _waiting_for_staff(record, by, (refusals.TOO_LARGE_TO_SCAN,), **changes)
    _told(Act.DECIDE_SCAN, record, by, now, {"choice": "unscanned"})


@transaction.atomic
def destroy(*, record, by, now):
    """Remove a file that has a virus, key first."""
    if not access.is_staff_for(by, record.case):
        raise PermissionDenied(_("Only staff can remove a file that is locked away."))
    if Case.objects.select_for_update().get(pk=record.case_id).is_held:
        raise StepNotPossible(erasure.HELD)
    locked = Record.objects.select_for_update().filter(pk=record.pk, status=RecordStatus.QUARANTINED).first()
    if locked is None:
        raise StepNotPossible(_("This file is not locked away any more."))
    _note(Act.REMOVE_RECORD, record, by, now, {"status": RecordStatus.QUARANTINED})
    erasure.delete(locked)
    checklists.went(record.case, record.type)
    catalogue.plan(record.case, now=now)


def permit_unlock(record, by):
    if permits.why_no_more(record.case, by) and not access.is_staff_for(by, record.case):
        raise PermissionDenied(_("Only the person who asks and our staff can open this file."))


def permit_scan(record, by):
    if not access.is_staff_for(by, record.case):
        raise PermissionDenied(_("Only staff decide about the virus check."))


def _waiting_for_staff(record, by, codes, **changes):
    permit_scan(record, by)
    waits = Record.objects.filter(pk=record.pk, status__in=CHECKING, refusal__in=codes)
    if not waits.update(refusal="", claimed_at=None, **changes):
        raise StepNotPossible(_("This file doesn’t wait for a decision any more."))


def _told(act, record, by, now, detail=None):
    _note(act, record, by, now, detail)
    nudge(CHECK, key=str(record.key))


def _note(act, record, by, now, detail):
    audit.record(
        act, by=by, now=now, case=record.case, subject_kind="record", subject_key=record.key, detail=detail
    )
