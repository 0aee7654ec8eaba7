"""The virus check, against a real clamd: found and locked away, waited for, and never passed unseen."""

import io
import random
import socket
import threading
import zipfile

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, Record, Upload
from referrals.records import checks, deciding, refusals, scanner
from referrals.records.checks import claims
from referrals.records.checks import scanning as scanning_step
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import RecordStatus, VirusScan
from tests import build
from tests.referrals.records import clamd, samples

pytestmark = pytest.mark.django_db
needs_clamd = clamd.needed


@pytest.fixture
def case(ana):
    return build.make_case(ana)


@pytest.fixture
def infected(scanning, kept, case):
    return kept(case, clamd.EICAR, "list.txt")


def packed(*levels):
    """EICAR, packed as often as there are names."""
    body = clamd.EICAR
    for name in levels:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
            folder.writestr(name, body)
        body = out.getvalue()
    return body


@needs_clamd
def test_clean_files_say_so(scanning, kept, case):
    record = kept(case, samples.pdf(), "a.pdf")
    assert (record.status, record.scan) == (RecordStatus.READY, VirusScan.CLEAN)


@needs_clamd
@pytest.mark.parametrize("body, name", [
    (clamd.EICAR, "list.txt"), (packed("list.txt"), "list.zip"), (packed("list.txt", "in.zip"), "list.zip"),
], ids=["plain", "packed", "packed twice"])  # fmt: skip
def test_virus_is_found_and_locked_away(scanning, kept, case, body, name):
    record = kept(case, body, name)
    assert (record.status, record.refusal, record.scan) == (
        RecordStatus.QUARANTINED,
        refusals.VIRUS,
        "infected",
    )
    assert case.records.count() == 1 and not record.pages.exists()
    with storage.open(record.key) as file:
        assert file.read() == body  # kept, encrypted, until staff remove it
    assert AuditEvent.objects.get(act="record_checked").detail["found"].startswith("Eicar-Test")


@needs_clamd
def test_nobody_opens_what_is_locked_away(infected, case, sign_in, ana, sam, lea, tess):
    for person in (ana, sam, tess, lea):
        client = sign_in(person)
        for name in ("records:download", "viewer:picture"):
            args = [case.reference, infected.key] + ([1, "normal"] if name == "viewer:picture" else [])
            assert client.get(reverse(name, args=args)).status_code == 404
        page = client.get(reverse("records:list", args=[case.reference]))
        assert (
            b"We found a virus in this file" in page.content
            and b"Locked away" in page.content
            or person != ana
        )


@needs_clamd
def test_a_specialist_does_not_see_what_is_locked_away(scanning, kept, ana, tess, dr_vega, sign_in):
    case = build.make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    record = kept(case, clamd.EICAR, "list-of-mine.txt")
    client = sign_in(dr_vega)
    assert client.get(reverse("records:read", args=[case.reference, record.key])).status_code == 404
    assert b"list-of-mine" not in client.get(reverse("records:list", args=[case.reference])).content


@needs_clamd
def test_staff_remove_what_is_locked_away_and_nobody_else(infected, case, sign_in, ana, sam):
    url = reverse("records:remove", args=[case.reference, infected.key])
    Upload.objects.create(
        case=case, by=ana, record=infected, name=infected.name, size=infected.size, offset=infected.size,
        status="done", file_key=infected.key, started_at=infected.added_at, touched_at=infected.added_at,
        expires_at=infected.added_at,
    )  # fmt: skip
    assert sign_in(ana).post(url).status_code == 403
    client = sign_in(sam)
    asked = client.get(url).content.decode()
    assert "destroyed" in asked and "for-staff" in asked and case.reference in asked and case.about in asked
    assert client.post(url).status_code == 302
    assert not Record.objects.exists()
    assert not Upload.objects.exists()  # not even its name stays
    with pytest.raises(storage.NotThere):
        storage.size(infected.key)
    assert client.post(url).status_code == 404
    assert AuditEvent.objects.filter(act="remove_record", subject_key=str(infected.key)).exists()
    with pytest.raises(StepNotPossible):
        deciding.destroy(record=infected, by=sam, now=build.real_now())


# --- the scanner is away ----------------------------------------------------------------------------


def waits(record, code, *, attempts=0):
    record.refresh_from_db()
    assert (record.status, record.refusal, record.scan) == (RecordStatus.IDENTIFIED, code, "not_scanned")
    assert record.attempts == attempts
    return True


def later():
    return build.real_now() + 2 * claims.STALE_AFTER


@needs_clamd
def test_killed_in_the_middle_of_a_scan_the_file_waits(scanning, case, monkeypatch, sign_in, ana):
    monkeypatch.setattr(scanner, "RENEW_EVERY", 0.0001)
    record = samples.store(case, b"text " * 500_000, "a.txt")
    real, seen = claims.Work.renew, []

    def renew(work):
        if work.record.status == RecordStatus.IDENTIFIED and not seen:
            seen.append(scanning.kill())
        return real(work)

    monkeypatch.setattr(claims.Work, "renew", renew)
    checks.check(key=record.key, clock=build.real_now)
    assert seen and waits(record, refusals.SCANNER_AWAY, attempts=1)
    page = sign_in(ana).get(reverse("records:add", args=[case.reference])).content
    assert b"waits for our virus check" in page and b"data-checking" in page

    assert list(checks.waiting(now=build.real_now())) == []  # not at once again
    assert list(checks.waiting(now=later())) == [record.key]
    for _n in range(5):  # as long as it takes, and without a last attempt
        checks.check(key=record.key, clock=later)
        waits(record, refusals.SCANNER_AWAY, attempts=1)
        Record.objects.update(claimed_at=None)
    scanning.start()
    checks.check(key=record.key, clock=later)
    record.refresh_from_db()
    assert (record.status, record.scan, record.refusal) == (RecordStatus.READY, VirusScan.CLEAN, "")


@pytest.mark.parametrize("answer", [b"", b"stream: Can't allocate memory ERROR\0", b"nonsense"])
def test_a_scanner_that_says_nothing_or_nonsense_passes_nothing(case, settings, kept, answer, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setattr(scanner, "_is_up", lambda: False)

        def serve():
            sock, _address = listener.accept()
            with sock:
                while b"\0\0\0\0" not in sock.recv(100_000)[-4:]:
                    pass
                sock.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        record = kept(case, b"only words", "a.txt")
        thread.join()
    waits(record, refusals.SCANNER_AWAY, attempts=0 if answer else 1)


@pytest.mark.parametrize("body, name, end", [
    (samples.pdf(), "a.pdf", (RecordStatus.IDENTIFIED, refusals.TOO_LARGE_TO_SCAN)),
    (samples.zip_of([("a.txt", b"words")]), "a.zip", (RecordStatus.READY, "")),
], ids=["for staff", "piece by piece"])  # fmt: skip
def test_f28_a_file_the_scanner_dies_of_is_not_shown_to_it_for_ever(
    case, settings, check, monkeypatch, body, name, end
):
    monkeypatch.setattr(scanner, "_is_up", lambda: False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{listener.getsockname()[1]}"

        def serve():
            for _time in range(claims.MOST_ATTEMPTS):
                sock, _address = listener.accept()
                with sock:
                    while b"\0\0\0\0" not in sock.recv(100_000)[-4:]:
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        record = samples.store(case, body, name)
        for _time in range(claims.MOST_ATTEMPTS):
            check(record)
            Record.objects.filter(pk=record.pk).exclude(status=RecordStatus.READY).update(claimed_at=None)
        thread.join()
    record.refresh_from_db()
    assert (record.status, record.refusal, record.scan) == (*end, VirusScan.NOT_SCANNED)


def test_nobody_there_and_nonsense_addresses_let_files_wait(case, settings, kept):
    settings.CLAMD_URL = "unix:///nowhere/clamd"
    waits(kept(case, b"one", "a.txt"), refusals.SCANNER_AWAY)
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    waits(kept(case, b"two", "b.txt"), refusals.SCANNER_AWAY)


def test_without_a_scanner_each_record_says_not_scanned(case, settings, kept, sign_in, ana):
    settings.CLAMD_URL = ""
    record = kept(case, b"only words", "a.txt")
    assert (record.status, record.scan) == (RecordStatus.READY, VirusScan.NOT_SCANNED)
    assert b"Not scanned" in sign_in(ana).get(reverse("records:list", args=[case.reference])).content
    page = sign_in(ana).get(reverse("records:read", args=[case.reference, record.key])).content
    assert b"Not scanned" in page


# --- over its limits --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_daemon():
    found = clamd.Clamd(StreamMaxLength="1M", MaxFileSize="1M", MaxScanSize="1M")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def large(small_daemon, settings, kept, case):
    settings.CLAMD_URL = small_daemon.url
    return kept(case, b"words " * 1_000_000, "a.txt")


@needs_clamd
def test_too_large_for_the_scanner_waits_for_staff(large, case, sign_in, ana, sam):
    waits(large, refusals.TOO_LARGE_TO_SCAN)
    assert list(checks.waiting(now=later())) == []  # nobody streams it again and again
    checks.check(key=large.key, clock=later)
    waits(large, refusals.TOO_LARGE_TO_SCAN)
    url = reverse("records:scan", args=[case.reference, large.key])
    list_url = reverse("home:staff_records", args=[case.reference])
    assert sign_in(ana).post(url, {"act": "unscanned"}).status_code == 403
    own_list = reverse("records:list", args=[case.reference])
    assert b"Take it without" not in sign_in(ana).get(own_list).content
    client = sign_in(sam)
    shown = client.get(list_url).content.decode()
    assert "Take it without a virus check" in shown and "You decide" in shown
    assert "need do nothing" not in shown and "Call us" not in shown
    assert client.post(url, {"act": "nonsense"}).status_code == 302
    waits(large, refusals.TOO_LARGE_TO_SCAN)
    stays = f"{list_url}#record-{large.key}"
    assert client.post(url, {"act": "unscanned"})["Location"] == stays
    checks.check(key=large.key, clock=build.real_now)
    large.refresh_from_db()
    assert (large.status, large.scan) == (RecordStatus.READY, VirusScan.NOT_SCANNED)
    assert client.post(url, {"act": "unscanned"}).status_code == 409
    assert AuditEvent.objects.get(act="decide_scan").detail == {"choice": "unscanned"}


@needs_clamd
def test_staff_have_it_checked_again_when_the_scanner_takes_more(large, case, sign_in, sam, daemon, settings):
    settings.CLAMD_URL = daemon.url
    assert sign_in(sam).post(
        reverse("records:scan", args=[case.reference, large.key]), {"act": "again"}
    ).status_code == 302  # fmt: skip
    checks.check(key=large.key, clock=build.real_now)
    large.refresh_from_db()
    assert (large.status, large.scan) == (RecordStatus.READY, VirusScan.CLEAN)


@needs_clamd
def test_more_inside_than_it_looks_into_is_not_passed(small_daemon, settings, kept, case):
    """A Word file is a folder in disguise: what clamd skipped in it would have gone unseen."""
    settings.CLAMD_URL = small_daemon.url
    body = samples.docx(more=[("word/media/a.txt", random.Random(1).randbytes(20_000) * 100)])
    waits(kept(case, body, "a.docx"), refusals.TOO_LARGE_TO_SCAN)


# --- whose fault it is --------------------------------------------------------------------------------


@needs_clamd
def test_files_the_scanner_broke_over_are_looked_at_one_by_one(scanning, case, check):
    """Two were in its hands when it fell: the one that did nothing clears itself, and is not blamed with the other."""
    record = samples.store(case, b"only words", "a.txt")
    Record.objects.update(status=RecordStatus.IDENTIFIED, sha256=record.sha256, kind="text", attempts=2)
    with psycopg.connect(**connection_options()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [scanning_step.SUSPECTS])
        waits(check(record), refusals.SCANNER_AWAY, attempts=2)
    checks.check(key=record.key, clock=later)
    record.refresh_from_db()
    assert (record.status, record.scan) == (RecordStatus.READY, VirusScan.CLEAN)


def connection_options():
    params = connection.get_connection_params()
    return {name: params[name] for name in ("host", "port", "user", "password", "dbname") if params.get(name)}


@pytest.mark.parametrize("status", ["received", "identified", "scanned"])
def test_f28_a_file_whose_workers_were_killed_is_kept_for_staff_to_decide(
    case, check, sign_in, ana, sam, status
):
    """Three deploys, or a machine that ran out of memory, are no fault of the file."""
    record = samples.store(case, samples.pdf(), "a.pdf", kind="pdf", page_count=1)
    Record.objects.update(status=status, attempts=claims.MOST_ATTEMPTS)
    check(record)
    assert (record.status, record.refusal) == (status, refusals.BROKE_OFF)
    with storage.open(record.key) as file:
        assert file.read() == samples.pdf()
    assert list(checks.waiting(now=later())) == []
    assert Record.objects.for_staff(now=build.real_now()).get() == record
    list_url, url = (reverse(f"records:{name}", args=args) for name, args in (
        ("list", [case.reference]), ("scan", [case.reference, record.key])))  # fmt: skip
    shown = sign_in(ana).get(list_url).content.decode()
    assert "broke off more than once" in shown and "Check again" not in shown
    client = sign_in(sam)
    shown = client.get(list_url).content.decode()
    assert "Check again" in shown and "without a virus check" not in shown
    assert client.post(url, {"act": "unscanned"}).status_code == 409
    assert sign_in(ana).post(url, {"act": "again"}).status_code == 403
    assert client.post(url, {"act": "again"}).status_code == 302
    assert check(record).status == RecordStatus.READY
    assert client.post(url, {"act": "again"}).status_code == 409
