"""A file with a virus is locked away, and with it whatever it came in that could be taken along as a whole."""

from django.db import transaction

from referrals.models import Record
from referrals.records import refusals
from referrals.rules import audit, checklists, erasure
from referrals.vocabulary import STOPPED, Act, FileKind, RecordStatus, VirusScan

KEPT_WHOLE = frozenset({FileKind.CCDA, FileKind.FHIR})  # a packed folder's own bytes reach nobody


@transaction.atomic
def lock_away(work, code, found=""):
    """This file, and the health summaries it came in: all at once, with their case held."""
    work.take_case()
    _lock_around(work.record, work.clock())
    work.stop(RecordStatus.QUARANTINED, code, {"found": found}, scan=VirusScan.INFECTED)


def _lock_around(record, now):
    """Also where it is at a worker's, whose claim is lost by this."""
    around = Record.objects.filter(case=record.case, contents__holds__contains=str(record.key))
    for each in around.exclude(status__in=STOPPED).select_for_update():
        for pack in each.packs.select_for_update():
            erasure.end_pack(pack)
        changes = {
            "status": RecordStatus.QUARANTINED,
            "refusal": refusals.VIRUS_INSIDE,
            "scan": VirusScan.INFECTED,
        }
        Record.objects.filter(pk=each.pk).update(**changes, claimed_at=None, checked_at=now, attempts=0)
        checklists.went(record.case, each.type)
        audit.record(
            Act.RECORD_CHECKED, by=None, now=now, case=record.case, subject_kind="record", subject_key=each.key,
            detail={"status": RecordStatus.QUARANTINED, "kind": each.kind, "refusal": refusals.VIRUS_INSIDE},
        )  # fmt: skip
        each.case = record.case
        _lock_around(each, now)
