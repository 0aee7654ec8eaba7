"""Several at once, and workers that die: on real connections, outside one transaction."""

import re
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from portal.embedded.process import wait_until
from referrals import storage
from referrals.models import CarryPack, Case, Record, RecordReading, StoredFile
from referrals.records import actions, checks, decoder_client, picturing, views
from referrals.records.checks import claims
from referrals.records.pack import making
from referrals.vocabulary import RecordStatus
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(works):
    errors = []

    def run(work):
        try:
            work()
        except Exception as error:  # told to the test below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not errors


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def test_s07_twenty_uploads_at_once_each_land_with_their_own(clinic):
    people = [build.make_person(f"patient{n}") for n in range(4)]
    cases = [build.make_draft(person) for person in people]
    clients = [client_of(person) for person in people]

    def upload(n):
        owner = n % 4
        body = f"MARK-{owner}-{n} ".encode() * 5000
        url = reverse("records:add", args=[cases[owner].reference])
        file = samples.upload(body, f"{owner}-{n}.txt")
        assert clients[owner].post(url, {"files": [file]}).status_code == 302

    in_threads([lambda n=n: upload(n) for n in range(20)])
    assert Record.objects.count() == 20
    for record in Record.objects.select_related("case"):
        with storage.open(record.key) as file:
            marks = set(re.findall(rb"MARK-(\d)-(\d+)", file.read()))
        (mark,) = marks
        assert cases[int(mark[0])] == record.case
        assert record.name == f"{mark[0].decode()}-{mark[1].decode()}.txt"
        assert storage.sha256(record.key) == record.sha256


def test_double_click_makes_one_record(ana):
    case = build.make_draft(ana)
    client, answers = client_of(ana), []

    def press():
        url = reverse("records:add", args=[case.reference])
        answers.append(client.post(url, {"files": [samples.upload(b"the same", "a.txt")]}).status_code)

    in_threads([press] * 6)
    assert answers == [302] * 6
    assert case.records.count() == 1
    assert len([path for path in storage.disk.root().rglob("*") if path.is_file()]) == 1


def test_room_is_not_overrun_by_several_at_once(ana, settings):
    settings.MAX_CASE_FILES = 3
    case = build.make_draft(ana)
    client = client_of(ana)
    url = reverse("records:add", args=[case.reference])
    in_threads(
        [lambda n=n: client.post(url, {"files": [samples.upload(b"%d" % n, "a.txt")]}) for n in range(8)]
    )
    assert case.records.count() == 3


def test_two_workers_check_one_file_once(ana, monkeypatch):
    record = samples.store(build.make_draft(ana), samples.pdf(), "a.pdf")
    looked, real = [], decoder_client.run
    monkeypatch.setattr(
        decoder_client, "run", lambda *args, **kw: looked.append(args[0]) or real(*args, **kw)
    )
    in_threads([lambda: checks.check(key=record.key, clock=build.real_now)] * 4)
    record.refresh_from_db()
    assert (record.status, record.pages.count()) == (RecordStatus.READY, 1)
    assert looked == ["identify", "leaves", "draw", "draw"]  # the page, and its small picture


@pytest.mark.parametrize("slow_at", ["identify", "leaves", "draw"])
def test_a_worker_that_comes_back_late_writes_nothing(ana, monkeypatch, slow_at):
    record = samples.store(build.make_draft(ana), samples.pdf(), "a.pdf")
    real = decoder_client.run

    def slow(job, key, **kwargs):
        found = real(job, key, **kwargs)
        if job == slow_at:
            monkeypatch.setattr(decoder_client, "run", real)
            later = build.real_now() + 2 * claims.STALE_AFTER
            checks.check(key=record.key, clock=lambda: later)  # another worker took over meanwhile
        return found

    monkeypatch.setattr(decoder_client, "run", slow)
    checks.check(key=record.key, clock=build.real_now)
    record.refresh_from_db()
    assert (record.status, record.pages.count()) == (RecordStatus.READY, 1)
    # The original, one page, its small picture.
    assert len([path for path in storage.disk.root().rglob("*") if path.is_file()]) == 3


def test_claims_of_the_dead_are_free_again_and_not_for_ever(ana):
    record = samples.store(build.make_draft(ana), samples.pdf(), "a.pdf")
    now = build.real_now()
    Record.objects.update(claimed_at=now, attempts=1)
    assert not checks.waiting(now=now + claims.STALE_AFTER / 2)
    assert list(checks.waiting(now=now + 2 * claims.STALE_AFTER)) == [record.key]
    Record.objects.update(attempts=claims.MOST_ATTEMPTS)
    checks.check(key=record.key, clock=lambda: now + 2 * claims.STALE_AFTER)
    record.refresh_from_db()
    assert (record.status, record.refusal) == (RecordStatus.RECEIVED, "broke_off")


@pytest.mark.parametrize(
    "moment", [build.later(days=400), build.later(days=-400)], ids=["to come", "gone by"]
)
def test_r39_a_claim_of_a_clock_that_was_wrong_holds_nothing_for_ever(ana, moment):
    case, now = build.make_case(ana), build.NOW
    record = samples.store(case, samples.pdf(), "a.pdf")
    Record.objects.update(claimed_at=moment, attempts=1)
    assert list(checks.waiting(now=now)) == [record.key]
    page = samples.ready(build.make_draft(ana), samples.pdf(2), pages=1).pages.get()
    page.pictures.create(scale="sharp", wanted_at=now, claimed_at=moment)
    assert list(picturing.waiting(now=now)) == [page.record.key]
    packed = CarryPack.objects.create(case=case, by=ana, asked_at=now, expires_at=now, claimed_at=moment)
    assert list(making.waiting(now=now)) == [packed.key]


def test_the_same_file_checked_by_several_at_once_is_kept_once(ana):
    case = build.make_draft(ana)
    records = [samples.store(case, b"the same words", f"{n}.txt", unsummed=True) for n in range(6)]
    in_threads([lambda key=r.key: checks.check(key=key, clock=build.real_now) for r in records])
    for key in list(checks.waiting(now=build.real_now())):  # one that met another at the same moment
        checks.check(key=key, clock=build.real_now)
    assert list(case.records.values_list("status", flat=True)) == [RecordStatus.READY]
    assert StoredFile.objects.count() == 1


def those_who_wait_for_us():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return cursor.fetchall()


@pytest.mark.parametrize("body", [b"a letter", b"\x00nonsense"], ids=["ready", "refused"])
def test_a_check_that_plans_mails_holds_the_case_before_it_writes(ana, body):
    """Else it waits for who holds the case (an upload that comes in) while that waits for what it wrote."""
    record = samples.store(build.make_draft(ana), body, "a.txt")
    worker = threading.Thread(
        target=in_threads, args=[[lambda: checks.check(key=record.key, clock=build.real_now)]]
    )
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=record.case_id)
        worker.start()
        assert wait_until(those_who_wait_for_us, 30, 0.02)
        Record.objects.select_for_update(nowait=True).get(pk=record.pk)
    worker.join()
    record.refresh_from_db()
    assert record.status in (RecordStatus.READY, RecordStatus.REFUSED)


@pytest.fixture
def removed_while(monkeypatch):
    """Removes a record, from another connection, right before `place.name` goes on."""

    def plant(record, place, name):
        real = getattr(place, name)

        def after_it_is_gone(*args, **kwargs):
            by, now = record.case.patient, build.real_now()
            in_threads([lambda: actions.remove(record=Record.objects.get(pk=record.pk), by=by, now=now)])
            return real(*args, **kwargs)

        monkeypatch.setattr(place, name, after_it_is_gone)

    return plant


@pytest.mark.parametrize(
    ("page", "place", "name"),
    [("read", views.reading, "note_opening"), ("download", views.sending, "original")],
)
def test_what_is_removed_while_it_is_opened_is_not_there(ana, removed_while, page, place, name):
    record = samples.store(
        build.make_draft(ana), samples.pdf(), "a.pdf", kind="pdf", status="ready", checked_at=build.real_now()
    )
    removed_while(record, place, name)
    answer = client_of(ana).get(reverse(f"records:{page}", args=[record.case.reference, record.key]))
    assert answer.status_code == 404
    assert not Record.objects.exists()


def test_what_is_opened_twice_and_removed_between_is_answered_in_words(ana, monkeypatch):
    """The second opening finds the first's reading in its way, and then neither it nor the record."""
    record = samples.store(
        build.make_draft(ana), samples.pdf(), "a.pdf", kind="pdf", status="ready", checked_at=build.real_now()
    )
    url = reverse("records:read", args=[record.case.reference, record.key])
    monkeypatch.setattr(RecordReading.objects, "select_for_update", GoneMeanwhile)
    assert client_of(ana).get(url).status_code == 409


class GoneMeanwhile:
    def get_or_create(self, **_):
        raise IntegrityError


def test_who_opens_a_record_while_it_is_removed_does_not_keep_it(ana, monkeypatch):
    """The removal has begun to look for what hangs on the record; a reading that comes now is too late."""
    record = samples.store(
        build.make_draft(ana), samples.pdf(), "a.pdf", kind="pdf", status="ready", checked_at=build.real_now()
    )
    url, codes = reverse("records:read", args=[record.case.reference, record.key]), []
    readers = [
        threading.Thread(
            target=lambda: (codes.append(client_of(ana).get(url).status_code), connection.close())
        )
    ]

    def delete(self, *args, **kwargs):
        readers[0].start()
        readers[0].join(1)
        return real(self, *args, **kwargs)

    real = Record.delete
    monkeypatch.setattr(Record, "delete", delete)
    answer = client_of(ana).post(reverse("records:remove", args=[record.case.reference, record.key]))
    readers[0].join()
    assert (answer.status_code, codes) == (302, [404])
    assert not Record.objects.exists()
