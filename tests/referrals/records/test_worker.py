"""A real Celery worker, killed at each step of a check and started again: nothing is lost, nothing comes twice."""

import contextlib
import os

import pytest
from django.db import connection

from portal.embedded.process import wait_until
from referrals import storage
from referrals.models import AuditEvent, Record, StoredFile
from referrals.records import tasks
from referrals.records.checks import claims
from referrals.vocabulary import Act, RecordStatus
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db(transaction=True)
GATE = 20261125
STEPS = {  # what the worker is about to write, and what the row says until it has
    "the sum": ("NEW.sha256 <> OLD.sha256", "received"),
    "identified": ("NEW.status = 'identified'", "received"),
    "scanned": ("NEW.status = 'scanned'", "identified"),
    "rendered": ("NEW.status = 'rendered'", "scanned"),
    "ready": ("NEW.status = 'ready'", "rendered"),
}


@contextlib.contextmanager
def gate(condition):
    """Whoever writes such a row waits at the gate."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({GATE})")
        cursor.execute(
            "CREATE FUNCTION at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {condition} THEN PERFORM pg_advisory_xact_lock({GATE}); END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER gate BEFORE UPDATE ON referrals_record FOR EACH ROW EXECUTE FUNCTION at_the_gate()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({GATE})")
            cursor.execute("DROP FUNCTION at_the_gate CASCADE")


def those_who_wait():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return [pid for (pid,) in cursor.fetchall()]


def kill_at(worker, condition, start):
    """Kill the worker, and its connection, while it is about to write what the condition says."""
    with gate(condition):
        start()
        assert wait_until(those_who_wait, 60, 0.02), worker.words()[-2000:]
        worker.kill()
        with connection.cursor() as cursor:
            for pid in those_who_wait():
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        assert wait_until(lambda: not those_who_wait(), 10, 0.02)


def another_takes_over(worker):
    """The claim of the dead grows stale; beat's next look finds the row."""
    worker.start()
    Record.objects.exclude(claimed_at=None).update(claimed_at=build.real_now() - 2 * claims.STALE_AFTER)
    tasks.check_waiting_records.delay()
    tasks.check_waiting_records.delay()


def all_ready():
    return set(Record.objects.values_list("status", flat=True)) == {RecordStatus.READY}


@pytest.fixture
def draft(clinic, ana, settings):
    settings.RECORDS_DIR = os.environ["RECORDS_DIR"]  # the worker's
    return build.make_draft(ana)


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_each_step_leaves_the_file_to_the_next(draft, worker, step):
    condition, before = STEPS[step]
    record = samples.store(draft, samples.pdf(23), "book.pdf")
    Record.objects.update(sha256="")
    kill_at(worker, condition, lambda: tasks.check_record.delay(key=str(record.key)))
    record.refresh_from_db()
    assert (record.status, bool(record.claimed_at)) == (before, True)
    another_takes_over(worker)
    assert wait_until(all_ready, 90, 0.1), worker.words()[-2000:]
    record.refresh_from_db()
    assert (record.page_count, record.pages.count(), record.claimed_at) == (23, 23, None)
    assert record.sha256 == storage.sha256(record.key)
    assert AuditEvent.objects.filter(act=Act.RECORD_CHECKED).count() == 1
    for page in record.pages.all():
        for picture in page.pictures.exclude(key=None):
            assert storage.size(picture.key) > 0


def test_a_worker_killed_while_it_unpacks_leaves_the_rest_to_the_next(draft, worker):
    files = [(f"{n}.txt", b"text %d" % n) for n in range(6)]
    record = samples.store(draft, samples.zip_of(files), "letters.zip")
    kill_at(worker, "(NEW.contents->>'next')::int = 4", lambda: tasks.check_record.delay(key=str(record.key)))
    assert Record.objects.filter(name__endswith=".txt").count() == 3
    another_takes_over(worker)
    assert wait_until(lambda: all_ready() and Record.objects.count() == 7, 90, 0.1), worker.words()[-2000:]
    assert sorted(Record.objects.values_list("name", flat=True)) == sorted(
        [name for name, _body in files] + ["letters.zip"]
    )
    known = StoredFile.objects.filter(key__in=Record.objects.values("key")).count()
    assert known == 6  # the folder's own bytes went


def test_a_letter_does_not_wait_behind_a_disc(worker, draft, ben):
    disc, letter = draft, build.make_draft(ben)
    with gate("NEW.status = 'identified'"):
        for number in range(60):
            samples.store(disc, b"words %d" % number, f"{number}.txt", unsummed=True)
        tasks.check_waiting_records.delay()
        assert wait_until(those_who_wait, 60, 0.02), worker.words()[-2000:]
        samples.store(letter, b"a letter", "letter.txt", unsummed=True)
        tasks.check_waiting_records.delay()
    assert wait_until(lambda: Record.objects.ready().count() == 61, 120, 0.1), worker.words()[-2000:]
    before = disc.records.filter(checked_at__lt=letter.records.get().checked_at).count()
    assert before <= 30
