"""A real Celery worker, killed in the middle of a check and started again."""

import os

import pytest

from portal.embedded.process import wait_until
from referrals import storage
from referrals.models import AuditEvent, Record
from referrals.records import tasks
from referrals.records.checks import claims
from referrals.vocabulary import Act, RecordStatus
from tests import build
from tests.referrals.records import samples


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_the_file_to_the_next(ana, worker, settings):
    settings.RECORDS_DIR = os.environ["RECORDS_DIR"]  # the worker's
    record = samples.store(build.make_draft(ana), samples.pdf(60), "book.pdf")
    tasks.check_record.delay(key=str(record.key))
    assert wait_until(lambda: Record.objects.get().claimed_at is not None, 30, 0.02)
    worker.kill()
    record.refresh_from_db()
    assert (record.status, record.attempts) == (RecordStatus.RECEIVED, 1)

    # the claim of the dead grows stale; beat's next look finds the row
    Record.objects.update(claimed_at=build.real_now() - 2 * claims.STALE_AFTER)
    worker.start()
    tasks.check_waiting_records.delay()
    tasks.check_waiting_records.delay()
    assert wait_until(lambda: Record.objects.get().status == RecordStatus.READY, 90, 0.2), worker.words()[
        -2000:
    ]
    record.refresh_from_db()
    assert (record.page_count, record.pages.count()) == (60, 60)
    assert AuditEvent.objects.filter(act=Act.RECORD_CHECKED).count() == 1
    for page in record.pages.all():
        assert storage.size(page.pictures.get().key) > 0
