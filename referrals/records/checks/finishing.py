"""The last step: the file is ready, and everybody who waits for it is told."""

from django.db import transaction

from referrals.records import machine_reading
from referrals.rules import completeness
from referrals.vocabulary import Act, RecordStatus


@transaction.atomic
def finish(work):
    work.take_case()
    work.move(RecordStatus.READY, checked_at=work.clock())
    work.give_back()
    type = work.rows.values_list("type", flat=True).get()
    completeness.came(work.record.case, type, now=work.clock())
    machine_reading.begin(work.record)
    work.tell(Act.RECORD_CHECKED, {"status": RecordStatus.READY, "kind": work.record.kind})
