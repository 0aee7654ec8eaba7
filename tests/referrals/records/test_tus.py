"""The protocol over HTTP: tus 1.0.0, every yes and every no."""

import datetime as dt
import threading

import pytest
from django.test import Client

from referrals import storage
from referrals.models import AuditEvent, Membership, Record, Upload
from referrals.records import arrivals, checks
from referrals.records import tus as protocol
from referrals.vocabulary import Act, RecordStatus, UploadStatus
from tests import build
from tests.referrals.records import tus

pytestmark = pytest.mark.django_db
BODY = bytes(range(256)) * 900  # more than three frames, and a rest


@pytest.fixture
def sender(ana):
    return tus.Sender(tus.client_of(ana))


def content(record):
    with storage.open(record.key) as file:
        return file.read()


def test_options_tell_what_we_can(sender, settings):
    answer = sender.client.options(tus.URL)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert set(answer["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "termination", "expiration"
    }  # fmt: skip
    assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(answer["Tus-Max-Size"]) == settings.MAX_FILE_BYTES


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"Upload_Checksum": tus.sum_of(b"other")}, b"abcd", 460), ({"Upload_Checksum": "md5 x"}, b"abcd", 400),
        ({}, b"abcdef", 413),
    ],
)  # fmt: skip
def test_a_creation_whose_bytes_are_refused_takes_up_no_room(sender, draft, headers, body, code):
    assert sender.create(4, case=draft.reference, body=body, headers=headers).status_code == code
    assert not Upload.objects.open().exists()
    known = sender.create(
        4, case=draft.reference, body=body, headers=headers, mark="m"
    )  # found again by its mark
    assert known.status_code == code
    assert Upload.objects.open().count() == 1


@pytest.mark.parametrize("piece", [1, 7, 65_535, 65_536, 65_537, 10**6])
def test_pieces_of_any_size_become_the_file(sender, draft, piece):
    body = BODY[:40] if piece == 1 else BODY[: 200 * piece] if piece == 7 else BODY
    upload = sender.whole(draft, body, piece=piece, name="Scan 1.dcm", folder="DISC/SERIES", type="images")
    record = upload.record
    assert (upload.status, record.status, record.sha256) == (UploadStatus.DONE, RecordStatus.RECEIVED, "")
    assert (record.name, record.folder, record.type, record.size) == (
        "Scan 1.dcm",
        "DISC/SERIES",
        "images",
        len(body),
    )
    assert content(record) == body
    event = AuditEvent.objects.get(act=Act.ADD_RECORD)
    assert "Scan" not in str(event.detail)


def test_bytes_may_come_along_with_the_creation(sender, draft):
    answer = sender.create(len(BODY), case=draft.reference, body=BODY[:1000])
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "1000")
    assert sender.patch(answer["Location"], 1000, BODY[1000:]).status_code == 204
    assert content(Record.objects.get()) == BODY
    answer = sender.create(3, case=draft.reference, body=b"all")
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "3")
    assert Record.objects.count() == 2


def test_head_tells_how_far_it_is(sender, draft):
    url = sender.begin(draft, len(BODY), name="Röntgen.dcm")
    sender.patch(url, 0, BODY[:70_000])
    answer = sender.head(url)
    assert answer.status_code == 200
    assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("70000", str(len(BODY)))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Tus-Resumable"] == "1.0.0"
    assert tus.meta(filename="Röntgen.dcm") in answer["Upload-Metadata"]
    assert "GMT" in answer["Upload-Expires"]


def test_a_wrong_offset_is_409_and_says_the_right_one(sender, draft):
    url = sender.begin(draft, 10)
    assert sender.patch(url, 0, b"12345").status_code == 204
    for at in (0, 4, 6, 10):
        answer = sender.patch(url, at, b"xxxxx"[: 10 - at] or b"")
        assert (answer.status_code, answer["Upload-Offset"]) == (409, "5")
    sender.patch(url, 5, b"67890")
    assert content(Record.objects.get()) == b"1234567890"


def test_a_finished_upload_stays_finished(sender, draft):
    url = sender.begin(draft, 4)
    sender.patch(url, 0, b"abcd")
    assert sender.head(url)["Upload-Offset"] == "4"
    assert sender.patch(url, 4, b"").status_code == 204
    assert sender.patch(url, 0, b"abcd").status_code == 409
    assert sender.delete(url).status_code == 409
    assert Record.objects.count() == 1


def test_more_than_was_announced_is_refused(sender, draft):
    url = sender.begin(draft, 4)
    assert sender.patch(url, 0, b"abcde").status_code == 413
    assert sender.head(url)["Upload-Offset"] == "0"


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_sum_that_is_right_is_taken_and_one_that_is_wrong_is_460(sender, draft, name):
    url = sender.begin(draft, len(BODY))
    first, rest = BODY[:100_000], BODY[100_000:]
    assert sender.patch(url, 0, first, Upload_Checksum=tus.sum_of(first, name)).status_code == 204
    assert sender.patch(url, 100_000, rest, Upload_Checksum=tus.sum_of(first, name)).status_code == 460
    assert sender.head(url)["Upload-Offset"] == "100000"
    assert sender.patch(url, 100_000, rest, Upload_Checksum=tus.sum_of(rest, name)).status_code == 204
    assert content(Record.objects.get()) == BODY


@pytest.mark.parametrize("said", ["md5 abc", "sha1 ###", "sha1"])
def test_sums_we_cannot_read_are_400(sender, draft, said):
    url = sender.begin(draft, 4)
    assert sender.patch(url, 0, b"abcd", Upload_Checksum=said).status_code in (400, 460)
    assert sender.head(url)["Upload-Offset"] == "0"


def test_what_the_protocol_refuses(sender, draft):
    url = sender.begin(draft, 4)
    assert sender.ask("PATCH", url, b"abcd", Upload_Offset=0, Tus_Resumable="0.2.2").status_code == 412
    assert sender.ask("PATCH", url, b"abcd", Upload_Offset=0, Tus_Resumable=None)["Tus-Version"] == "1.0.0"
    assert sender.patch(url, 0, b"abcd", Content_Type="text/plain").status_code == 415
    assert sender.patch(url, "-1", b"abcd").status_code == 400
    assert sender.patch(url, "x", b"abcd").status_code == 400
    assert sender.ask("GET", url).status_code == 405
    assert sender.ask("PUT", url).status_code == 405
    for length in ("", "-5", "x", "1" * 20):
        assert sender.ask("POST", tus.URL, Upload_Length=length).status_code in (400, 404)
    kind = "multipart/form-data; boundary=x"
    assert sender.ask("POST", tus.URL, b"--x", Upload_Length=3, Content_Type=kind).status_code == 415
    assert not Record.objects.exists()


def test_a_post_may_say_which_method_it_means(sender, draft):
    url = sender.begin(draft, 4)
    override = {"X-HTTP-Method-Override": "PATCH", "Content_Type": tus.BYTES}
    assert sender.ask("POST", url, b"abcd", Upload_Offset=0, **override).status_code == 204
    assert content(Record.objects.get()) == b"abcd"
    assert sender.ask("GET", url, **{"X-HTTP-Method-Override": "DELETE"}).status_code == 405


def test_when_many_come_at_once_the_next_is_asked_to_wait(sender, draft, monkeypatch):
    url = sender.begin(draft, 4)
    with monkeypatch.context() as patched:
        patched.setattr(protocol, "SLOTS", threading.BoundedSemaphore(1))
        protocol.SLOTS.acquire()
        answer = sender.patch(url, 0, b"abcd")
        assert (answer.status_code, answer["Retry-After"]) == (503, "3")
        protocol.SLOTS.release()
        assert sender.patch(url, 0, b"abcd").status_code == 204


def test_an_empty_file_is_said(sender, draft):
    answer = sender.create(0, case=draft.reference, name="empty.pdf")
    assert answer.status_code == 400
    assert "is empty" in answer.json()["error"]


def test_too_large_or_no_room_is_said_before_the_bytes_travel(sender, draft, settings):
    settings.MAX_FILE_BYTES = 100
    answer = sender.create(101, case=draft.reference, name="big.dcm")
    assert answer.status_code == 413
    assert "larger than" in answer.json()["error"]
    settings.MAX_CASE_BYTES = 150
    sender.begin(draft, 100)  # on its way counts as if it were here
    answer = sender.create(51, case=draft.reference)
    assert answer.status_code == 413
    assert "no room" in answer.json()["error"]
    sender.begin(draft, 50)
    settings.MAX_CASE_BYTES, settings.MAX_CASE_FILES = 10**6, 2
    assert sender.create(1, case=draft.reference).status_code == 413


def test_cancelling_destroys_what_came(sender, draft, django_capture_on_commit_callbacks):
    url = sender.begin(draft, len(BODY))
    sender.patch(url, 0, BODY[:100_000])
    with django_capture_on_commit_callbacks(execute=True):
        assert sender.delete(url).status_code == 204
    for answer in (sender.head(url), sender.patch(url, 100_000, b"x"), sender.delete(url)):
        assert answer.status_code == 410
    with pytest.raises(storage.NotThere):
        storage.Arriving(tus.row(url).file_key, 0, b"")
    assert AuditEvent.objects.filter(act=Act.STOP_UPLOAD, person_id=draft.patient_id).count() == 1


def test_silence_ends_an_upload_and_its_bytes(sender, draft, settings, django_capture_on_commit_callbacks):
    url = sender.begin(draft, 10)
    sender.patch(url, 0, b"12345")
    now = build.real_now()
    assert arrivals.expire(now=now + dt.timedelta(days=settings.UPLOAD_DAYS, hours=-1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert arrivals.expire(now=now + dt.timedelta(days=settings.UPLOAD_DAYS, hours=1)) == 1
    assert tus.row(url).status == UploadStatus.EXPIRED
    assert sender.head(url).status_code == 410
    assert AuditEvent.objects.get(act=Act.STOP_UPLOAD).detail == {"status": "expired"}


def test_an_upload_past_its_time_is_gone_before_the_night_comes(sender, draft):
    url = sender.begin(draft, 10)
    Upload.objects.update(expires_at=build.real_now())
    assert sender.patch(url, 0, b"12345").status_code == 410
    assert sender.head(url).status_code == 410


def test_the_same_file_chosen_again_goes_on_where_it_stopped(sender, draft):
    url = sender.begin(draft, len(BODY), mark="m1", folder="CD")
    sender.patch(url, 0, BODY[:90_000])
    again = sender.create(len(BODY), case=draft.reference, mark="m1", folder="CD", body=BODY[:10])
    assert (again["Location"], again["Upload-Offset"]) == (url, "90000")
    for other in (
        {"mark": "m2", "folder": "CD"},
        {"mark": "m1"},
        {"folder": "CD"},
        {"mark": "m1", "name": "x", "folder": "CD"},
    ):
        assert sender.begin(draft, len(BODY), **other) != url
    sender.patch(url, 90_000, BODY[90_000:])
    assert content(tus.row(url).record) == BODY
    assert sender.begin(draft, len(BODY), mark="m1", folder="CD") != url


def test_an_upload_answers_what_was_asked(sender, ana, tess):
    case = build.make_case(ana, "info_needed", staff=tess)
    upload = sender.whole(case, b"ten minutes", item=1)
    assert upload.record.info_item == case.info_requests.get().items.get()


# --- who may ---------------------------------------------------------------------------------------------


def test_a_visitor_is_sent_to_sign_in(draft):
    for method in ("POST", "OPTIONS"):
        answer = tus.Sender(Client()).ask(method, tus.URL, Upload_Length=5)
        assert answer.status_code == 302 and "login" in answer["Location"]


def test_without_a_token_nothing_begins_goes_on_or_ends(ana, draft, sender):
    url = sender.begin(draft, 4)
    forged = tus.Sender(tus.client_of(ana, enforce_csrf_checks=True))
    for answer in (forged.create(4, case=draft.reference), forged.patch(url, 0, b"abcd"), forged.delete(url)):
        assert answer.status_code == 403
    assert sender.head(url)["Upload-Offset"] == "0"
    assert Upload.objects.count() == 1


def test_one_may_begin_where_one_may_add(ana, ben, quin, tess, dr_vega):
    case = build.make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    codes = {
        who.name: tus.Sender(tus.client_of(who)).create(4, case=case.reference, way_in="fax").status_code
        for who in (ana, ben, quin, tess, dr_vega)
    }
    assert codes == {"Ana": 201, "Ben": 404, "Quin": 404, "Tess": 201, "Vega": 403}
    over = build.make_case(ana, "closed", staff=tess, specialist=dr_vega)
    assert tus.Sender(tus.client_of(ana)).create(4, case=over.reference).status_code == 409
    for nothing in ("SO-2222-2222", "", "x\x00"):
        assert tus.Sender(tus.client_of(ana)).create(4, case=nothing).status_code == 404


def test_anothers_upload_is_404_for_everybody_else(sender, ana, ben, sam, tess):
    case = build.make_case(ana, "triage", staff=tess)
    url = sender.begin(case, 4)
    for who in (ben, sam, tess):
        other = tus.Sender(tus.client_of(who))
        answers = other.head(url), other.patch(url, 0, b"abcd"), other.delete(url)
        assert [answer.status_code for answer in answers] == [404] * 3
    assert sender.head(url)["Upload-Offset"] == "0"


def test_s04_access_taken_away_ends_a_running_upload(sender, ana, tess, draft):
    url = sender.begin(draft, 10)
    sender.patch(url, 0, b"12345")
    type(draft).objects.filter(pk=draft.pk).update(status="withdrawn")
    answer = sender.patch(url, 5, b"67890")
    assert answer.status_code == 409
    assert "can’t be added" in answer.json()["error"]
    type(draft).objects.filter(pk=draft.pk).update(status="draft")
    assert sender.patch(url, 5, b"67").status_code == 204
    type(ana).objects.filter(pk=ana.pk).update(is_active=False)
    assert sender.patch(url, 7, b"890").status_code == 302
    case = build.make_case(build.make_person("cara"), "triage", staff=tess)
    staff = tus.Sender(tus.client_of(tess))
    url = staff.begin(case, 10, way_in="post")
    Membership.objects.filter(person=tess).update(ended_at=build.real_now())
    assert staff.patch(url, 0, b"12345").status_code == 404
    assert not Record.objects.exists()


def test_s04_access_taken_away_within_one_request(sender, ana, draft, monkeypatch):
    url = sender.begin(draft, len(BODY))
    real = arrivals.Receiving.write

    def shut_out(receiving, piece):
        type(ana).objects.filter(pk=ana.pk).update(is_active=False)
        return real(receiving, piece)

    monkeypatch.setattr(arrivals.Receiving, "write", shut_out)
    monkeypatch.setattr(arrivals, "CHECK_EVERY", dt.timedelta(0))
    assert sender.patch(url, 0, BODY).status_code == 403
    assert tus.row(url).offset == 0
    assert not Record.objects.exists()


def test_staff_say_how_a_file_came_and_patients_cannot(sender, ana, sam):
    case = build.make_case(ana)
    staff = tus.Sender(tus.client_of(sam))
    for way in ({}, {"way_in": "portal"}, {"way_in": "source"}, {"way_in": "x"}):
        assert staff.create(4, case=case.reference, **way).status_code == 422
    record = staff.whole(case, b"a fax", way_in="fax").record
    assert (record.way_in, record.added_by) == ("fax", sam)
    assert AuditEvent.objects.get(act=Act.ADD_RECORD).detail == {"way_in": "fax"}
    assert sender.whole(case, b"mine", way_in="fax").record.way_in == "portal"


def test_a_full_disk_keeps_what_was_safe_and_says_so(sender, draft, monkeypatch):
    url = sender.begin(draft, len(BODY))
    sender.patch(url, 0, BODY[:100_000])

    def full(self, piece):
        self.rewind()
        raise storage.NoRoom

    with monkeypatch.context() as patched:
        patched.setattr(storage.Arriving, "write", full)
        answer = sender.patch(url, 100_000, BODY[100_000:])
    assert answer.status_code == 507
    assert "couldn’t save" in answer.json()["error"]
    assert sender.patch(url, 100_000, BODY[100_000:]).status_code == 204
    assert content(Record.objects.get()) == BODY


def test_what_is_whole_but_no_record_yet_becomes_one(sender, draft, monkeypatch):
    """A process that died between the last byte and the record."""
    url = sender.begin(draft, 4)
    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "_become_record", lambda *args: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            sender.patch(url, 0, b"abcd")
    assert tus.row(url).status == UploadStatus.OPEN
    checks.compare_all(now=build.real_now() + dt.timedelta(days=2))  # the night leaves it alone
    arrivals.expire(now=build.real_now())
    assert content(tus.row(url).record) == b"abcd"
    arrivals.expire(now=build.real_now())
    assert Record.objects.count() == 1


def test_the_night_spares_what_becomes_a_record_while_it_looks(sender, draft, monkeypatch):
    url = sender.begin(draft, 4)
    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "_become_record", lambda *args: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            sender.patch(url, 0, b"abcd")
    still_open = Upload.objects.open

    def open_after_it_is_done():
        monkeypatch.undo()
        arrivals.expire(now=build.real_now())
        return still_open()

    monkeypatch.setattr(Upload.objects, "open", open_after_it_is_done)
    checks.compare_all(now=build.real_now() + dt.timedelta(days=2))
    assert content(tus.row(url).record) == b"abcd"


def test_without_its_audit_event_nothing_is_added(sender, draft, monkeypatch):
    from referrals.rules import audit

    url = sender.begin(draft, 4)
    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", lambda *args, **kw: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            sender.patch(url, 0, b"abcd")
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\x00b.pdf", "ab.pdf"),
        ("C:\\scans\\x.dcm", "x.dcm"),
        ("...", "file"),
        ("é" * 400 + ".pdf", None),
    ],
)
def test_names_are_for_show(sender, draft, said, kept):
    record = sender.whole(draft, b"abc", name=said, folder="../..//a/./b\\c").record
    assert record.name == kept or (kept is None and record.name.endswith(".pdf") and len(record.name) == 255)
    assert record.folder == "a/b/c"
