"""Packed folders: their files become records of their own; bombs and tricks end in a clear refusal."""

import io
import stat
import tarfile
import zipfile
import zlib

import pytest
import pyzipper
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, Record, StoredFile, Upload
from referrals.records import checks, decoder_client, refusals
from referrals.records.checks import claims, unpacking
from referrals.vocabulary import RecordStatus
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db


def tarred(files, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as packed:
        for name, body in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            packed.addfile(entry, io.BytesIO(body))
    return out.getvalue()


def locked(files, password="open sesame"):
    out = io.BytesIO()
    with pyzipper.AESZipFile(
        out, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as packed:
        packed.setpassword(password.encode())
        for name, body in files:
            packed.writestr(name, body)
    return out.getvalue()


def locked_the_old_way(password=b"open sesame", body=b"the first " * 50):
    """ZipCrypto, as Windows and older programs lock a folder: one file, stored."""

    def step(crc, byte):
        return zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte):
        keys[0] = step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = step(keys[2], keys[1] >> 24)

    def seal(byte):
        word = (keys[2] | 2) & 0xFFFF
        mask = ((word * (word ^ 1)) >> 8) & 0xFF
        update(byte)
        return byte ^ mask

    for byte in password:
        update(byte)
    crc = zlib.crc32(body)
    sealed = bytes(seal(byte) for byte in bytes(11) + bytes([crc >> 24]) + body)
    plain = bytearray(samples.zip_of([("one.txt", sealed)]))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = plain.find(mark) + at
        plain[place] |= 1  # locked
        plain[place + 8 : place + 12] = crc.to_bytes(4, "little")
        plain[place + 16 : place + 20] = len(body).to_bytes(4, "little")
    return bytes(plain)


LETTERS = [
    ("letters/one.txt", b"the first"),
    ("letters/2026/two.txt", b"the second"),
    ("three.pdf", samples.pdf()),
]


@pytest.fixture
def check_all(check):
    """Check the folder, and then whatever came out of it."""

    def run(record):
        check(record)
        while waiting := list(checks.waiting(now=build.real_now())):
            for key in waiting:
                checks.check(key=key, clock=build.real_now)
        record.refresh_from_db()
        return record

    return run


def names(case):
    found = case.records.exclude(kind="archive").order_by("folder", "name")
    return [(each.folder, each.name, each.status) for each in found]


@pytest.mark.parametrize("name, body", [
    ("disc.zip", samples.zip_of(LETTERS)), ("disc.zip", samples.zip_of(LETTERS, compression=zipfile.ZIP_DEFLATED)),
    ("disc.tar", tarred(LETTERS)), ("disc.tar.gz", tarred(LETTERS, "w:gz")), ("disc.tar.xz", tarred(LETTERS, "w:xz")),
    ("disc.tar.bz2", tarred(LETTERS, "w:bz2")),
])  # fmt: skip
def test_its_files_become_records_where_they_lay(draft, check_all, name, body, sign_in, ana):
    record = check_all(samples.store(draft, body, name))
    assert (record.status, record.kind) == (RecordStatus.READY, "archive")
    assert names(draft) == [
        (name, "three.pdf", "ready"), (f"{name}/letters", "one.txt", "ready"),
        (f"{name}/letters/2026", "two.txt", "ready"),
    ]  # fmt: skip
    assert AuditEvent.objects.filter(act="add_record").count() == 3
    page = sign_in(ana).get(reverse("records:add", args=[draft.reference])).content.decode()
    assert "3 files of it are in your list." in page
    with pytest.raises(storage.NotThere):  # its own bytes went: each file has its own
        storage.size(record.key)
    args = [draft.reference, record.key]
    assert sign_in(ana).get(reverse("records:read", args=args)).status_code == 200
    assert sign_in(ana).get(reverse("records:download", args=args)).status_code == 404
    assert checks.compare_all(now=build.real_now()).is_clean


def test_what_is_no_record_is_left_out_and_counted(draft, check_all, sign_in, ana):
    body = samples.zip_of([
        ("IMAGES/IM1", samples.dicom()), ("DICOMDIR", samples.dicom("DICOMDIR")), ("autorun.inf", b"[autorun]"),
        ("VIEWER/viewer.exe", b"MZ" + bytes(99)), ("VIEWER/x.dll", b"MZ"), ("VIEWER/help/index.html", b"<html>"),
        ("__MACOSX/IMAGES/._IM1", b"\0\5"), ("IMAGES/.DS_Store", b"x"), ("IMAGES/Thumbs.db", b"x"), ("empty.txt", b""),
    ])  # fmt: skip
    record = check_all(samples.store(draft, body, "CD.zip"))
    assert names(draft) == [("CD.zip/IMAGES", "CT scan, 19 January 2004", "ready")]
    assert record.contents["left_out"] == 9
    page = sign_in(ana).get(reverse("records:add", args=[draft.reference])).content.decode()
    assert "1 file of it is in your list. 9 are no records" in page


def test_a_file_that_is_here_before_is_counted_and_not_kept_twice(draft, kept, check_all):
    kept(draft, b"the first", "one.txt")
    record = check_all(
        samples.store(draft, samples.zip_of([*LETTERS, ("again.txt", b"the second")]), "a.zip")
    )
    assert record.contents["same"] == 2
    assert draft.records.count() == 4


def test_packed_in_packed_opens_twice_and_no_more(draft, check_all):
    body = samples.zip_of([("deep.txt", b"found")])
    for level in ("c.zip", "b.zip", "a.zip"):
        body = samples.zip_of([(level, body), (f"beside-{level}.txt", level.encode())])
    check_all(samples.store(draft, body, "top.zip"))
    told = {record.name: (record.status, record.refusal) for record in draft.records.all()}
    assert told["a.zip"] == ("ready", "") and told["beside-b.zip.txt"] == ("ready", "")
    assert told["b.zip"] == ("refused", refusals.NESTED_TOO_DEEP)
    assert "deep.txt" not in told


def linked(kind):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        entry = tarfile.TarInfo("passwd.txt")
        entry.type, entry.linkname = kind, "/etc/passwd"
        packed.addfile(entry)
    return out.getvalue()


def zip_link():
    entry = zipfile.ZipInfo("passwd.txt")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return samples.zip_of([(entry, b"/etc/passwd")])


def overlapping():
    """Many names for the same few bytes, as the best of bombs."""
    body = samples.zip_of([(f"{n}.txt", bytes(1000)) for n in range(20)], compression=zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        directory = packed.start_dir
        offset = packed.infolist()[1].header_offset
    told = bytearray(body)
    at = directory
    while (at := told.find(b"PK\x01\x02", at)) >= 0:
        if told[at + 42 : at + 46] != bytes(4):
            told[at + 42 : at + 46] = offset.to_bytes(4, "little")
        at += 4
    return bytes(told)


def tar_bomb():
    entry = tarfile.TarInfo("zeros.txt")
    entry.size = 200 * 1024**2
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = pack.compress(entry.tobuf())
    for _n in range(200):
        body += pack.compress(bytes(1024**2))
    return body + pack.flush()


def zip_bomb():
    return samples.zip_of([("zeros.txt", bytes(100 * 1024**2))], compression=zipfile.ZIP_DEFLATED)


def quine_like():
    """A folder of folders of folders, each small."""
    body = zip_bomb()
    for _n in range(3):
        body = samples.zip_of([(f"{n}.zip", body) for n in range(3)])
    return body


def lying():
    """Says it unpacks to little."""
    body = bytearray(zip_bomb())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = body.find(mark) + at
        body[place : place + 4] = (1000).to_bytes(4, "little")
    return bytes(body)


HOSTILE = {
    "way out": (lambda: samples.zip_of([("../../etc/evil.txt", b"x")]), "archive_tricks"),
    "way out by backslash": (lambda: samples.zip_of([("..\\..\\evil.txt", b"x")]), "archive_tricks"),
    "way out of tar": (lambda: tarred([("../evil.txt", b"x")]), "archive_tricks"),
    "link": (lambda: linked(tarfile.SYMTYPE), "archive_tricks"),
    "hard link": (lambda: linked(tarfile.LNKTYPE), "archive_tricks"),
    "device": (lambda: linked(tarfile.CHRTYPE), "archive_tricks"),
    "link in zip": (zip_link, "archive_tricks"),
    "bomb": (zip_bomb, "packed_too_tight"),
    "tar bomb": (tar_bomb, "packed_too_tight"),
    "overlap": (overlapping, "packed_too_tight"),
    "too many": (lambda: samples.zip_of([(f"{n}", b"") for n in range(20_100)]), "packed_too_tight"),
    "endless name": (lambda: samples.zip_of([("x" * 5000, b"1")]), "packed_too_tight"),
    "nothing": (lambda: samples.zip_of([]), "nothing_inside"),
    "junk alone": (lambda: samples.zip_of([("setup.exe", b"MZ"), (".DS_Store", b"1")]), "nothing_inside"),
    "cut": (lambda: samples.zip_of(LETTERS)[:-30], "unreadable"),
    "cut tar": (lambda: tarred(LETTERS, "w:gz")[:60], "unreadable"),
    "rar": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(99), "archive"),
    "one packed file": (lambda: zlib.compress(b"x" * 999, wbits=31), "archive"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_f34_tricks_and_bombs_end_in_a_clear_refusal(draft, kept, case, tmp_path):
    make, code = HOSTILE[case]
    record = kept(draft, make(), "a.tar.gz" if "tar" in case else "a.zip")
    assert (record.status, record.refusal) == (RecordStatus.REFUSED, code)
    assert draft.records.count() == 1
    assert refusals.words_for(code).way_on
    assert not list(tmp_path.rglob("*evil*")) and not list(tmp_path.rglob("*passwd*"))


def test_one_that_lies_about_a_size_gives_no_more_than_it_said(draft, check_all):
    record = check_all(samples.store(draft, lying(), "a.zip"))
    assert (record.status, record.contents["broken"]) == (RecordStatus.READY, 1)
    assert draft.records.count() == 1


def test_quines_end_at_the_second_folder(draft, check_all):
    check_all(samples.store(draft, quine_like(), "a.zip"))
    assert set(draft.records.values_list("status", "refusal")) <= {
        ("ready", ""), ("refused", refusals.NESTED_TOO_DEEP), ("refused", "packed_too_tight"),
    }  # fmt: skip


def test_a_damaged_file_inside_leaves_the_others_alone(draft, check_all):
    body = bytearray(samples.zip_of([("a.txt", b"first"), ("b.txt", b"MARKED"), ("c.txt", b"third")]))
    body[body.find(b"MARKED") + 1] ^= 1
    record = check_all(samples.store(draft, bytes(body), "a.zip"))
    assert [name for _folder, name, _status in names(draft)] == ["a.txt", "c.txt"]
    assert (record.status, record.contents["broken"]) == (RecordStatus.READY, 1)


def test_no_room_for_what_is_inside_is_said_before_anything_is_unpacked(draft, kept, settings):
    settings.MAX_CASE_FILES = 3
    record = kept(draft, samples.zip_of(LETTERS), "a.zip")
    assert (record.status, record.refusal) == (RecordStatus.REFUSED, refusals.NO_ROOM_INSIDE)
    settings.MAX_CASE_FILES, settings.MAX_FILE_BYTES = 99, 1000
    record = kept(draft, samples.zip_of([("a.txt", bytes(range(10, 250)) * 10)]), "b.zip")
    assert record.refusal == refusals.TOO_LARGE_INSIDE


def test_names_are_cleaned_for_show(draft, check_all):
    check_all(
        samples.store(
            draft, samples.zip_of([("a\x07b/ \u202ec/..txt", b"1"), ("/abs//x.txt", b"2")]), "n.zip"
        )
    )
    for record in draft.records.all():
        assert all(c.isprintable() or c == "\u202e" for c in record.name + record.folder)
        assert ".." not in record.folder.split("/")


def test_a_folder_is_unpacked_in_steps_and_goes_on_where_it_was(draft, check_all, monkeypatch):
    """A worker that dies between two files: the next takes up at the next file, and none comes twice."""
    monkeypatch.setattr(unpacking, "FILES_A_STEP", 4)
    record = samples.store(draft, samples.zip_of([(f"{n:02}.txt", b"%d" % n) for n in range(11)]), "a.zip")
    real, made = unpacking._become_a_record, []

    def dies(*args):
        if len(made) == 6:
            raise KeyboardInterrupt
        made.append(args[1])
        return real(*args)

    monkeypatch.setattr(unpacking, "_become_a_record", dies)
    with pytest.raises(KeyboardInterrupt):
        checks.check(key=record.key, clock=build.real_now)
    monkeypatch.setattr(unpacking, "_become_a_record", real)
    record.refresh_from_db()
    assert (record.status, record.contents["next"], Record.objects.count()) == ("scanned", 6, 7)
    checks.check(key=record.key, clock=lambda: build.real_now() + 2 * claims.STALE_AFTER)
    record.refresh_from_db()
    assert (record.status, Record.objects.count()) == ("ready", 12)
    assert StoredFile.objects.count() == 11  # nothing is left of what was cut off, nor of the folder


# --- locked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [lambda: locked(LETTERS), locked_the_old_way, samples.locked_pdf], ids=["zip", "old zip", "pdf"]
)
def test_a_locked_file_asks_for_its_password_once(draft, kept, check_all, sign_in, ana, make, caplog):
    name, right = ("a.zip", "open sesame") if make is not samples.locked_pdf else ("a.pdf", "secret")
    record = kept(draft, make(), name)
    assert (record.status, record.refusal) == (RecordStatus.NEEDS_YOU, refusals.PASSWORD)
    client, page_url = sign_in(ana), reverse("records:add", args=[draft.reference])
    page = client.get(page_url).content.decode()
    assert "locked with a password" in page and 'type="password"' in page and "1 needs you" in page
    url = reverse("records:password", args=[draft.reference, record.key])

    assert client.post(url, {"password": "WRONG-MARK"}).status_code == 302
    check_all(record)
    assert (record.status, record.refusal, record.password) == ("needs_you", refusals.WRONG_PASSWORD, None)
    assert "did not open the file" in client.get(page_url).content.decode()

    assert client.post(url, {"password": right}).status_code == 302
    record.refresh_from_db()
    assert right.encode() not in bytes(record.password)
    check_all(record)
    assert (record.status, record.refusal) == (RecordStatus.READY, "")
    assert set(draft.records.values_list("status", flat=True)) == {"ready"}
    assert "WRONG-MARK" not in caplog.text and right not in caplog.text
    assert not AuditEvent.objects.filter(detail__icontains="MARK").exists()
    assert AuditEvent.objects.filter(act="unlock").count() == 2
    assert client.post(url, {"password": right}).status_code == 409


def test_who_may_give_a_password(kept, ana, ben, sam, dr_vega, tess, sign_in):
    case = build.make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    record = kept(case, samples.locked_pdf(), "a.pdf")
    url = reverse("records:password", args=[case.reference, record.key])
    for person, status in ((ben, 404), (dr_vega, 404), (sam, 302)):
        assert sign_in(person).post(url, {"password": "secret"}).status_code == status, person
    Record.objects.update(status="needs_you", refusal=refusals.PASSWORD)
    assert sign_in(sam).get(url).status_code == 405
    assert b"Password of the file" in sign_in(sam).get(reverse("records:list", args=[case.reference])).content


def test_no_password_typed_is_said(draft, kept, ana, sign_in):
    record = kept(draft, samples.locked_pdf(), "a.pdf")
    url = reverse("records:password", args=[draft.reference, record.key])
    page = sign_in(ana).post(url, {"password": ""}, follow=True).content
    assert b"Type the password that opens the file" in page
    record.refresh_from_db()
    assert record.status == RecordStatus.NEEDS_YOU


def test_a_patient_may_take_a_locked_file_back(draft, kept, ana, sign_in):
    record = kept(draft, samples.locked_pdf(), "a.pdf")
    assert sign_in(ana).post(reverse("records:remove", args=[draft.reference, record.key])).status_code == 302
    assert not Record.objects.exists()


def test_further_jobs_open_a_locked_file_without_asking(draft, kept, check_all, ana, sign_in):
    record = kept(draft, samples.locked_pdf(), "a.pdf")
    url = reverse("records:password", args=[draft.reference, record.key])
    sign_in(ana).post(url, {"password": "secret"})
    check_all(record)
    assert record.pages.count() == 1
    from referrals.records import passwords

    told = decoder_client.run("identify", record.key, password=passwords.of(record))
    assert told["kind"] == "pdf"


# --- the same file twice ----------------------------------------------------------------------------


def upload_of(record):
    now = build.real_now()
    return Upload.objects.create(
        case=record.case, by=record.added_by, name=record.name, size=record.size, offset=record.size, status="done",
        file_key=record.key, record=record, started_at=now, touched_at=now, expires_at=now,
    )  # fmt: skip


def test_the_same_file_twice_becomes_one(draft, check):
    first, second = (samples.store(draft, b"the same", name, unsummed=True) for name in ("a.txt", "b.txt"))
    Record.objects.filter(pk=second.pk).update(type="letter")
    upload = upload_of(second)
    check(first)
    assert first.sha256
    checks.check(key=second.key, clock=build.real_now)
    upload.refresh_from_db()
    assert list(draft.records.values_list("key", "type")) == [(first.key, "letter")]
    assert upload.record == first
    with pytest.raises(storage.NotThere):
        storage.size(second.key)


def test_what_was_refused_before_may_come_again(draft, check):
    first = check(samples.store(draft, b"MZ" + bytes(50), "a.pdf", unsummed=True))
    assert first.status == RecordStatus.REFUSED
    second = check(samples.store(draft, b"MZ" + bytes(50), "a.pdf", unsummed=True))
    assert list(draft.records.all()) == [second]


def test_a_table_of_contents_beside_its_disc_goes_quietly(draft, kept):
    kept(draft, samples.dicom(), "IM1", folder="CD/IMAGES")
    record = samples.store(draft, samples.dicom("DICOMDIR"), "DICOMDIR", folder="CD")
    checks.check(key=record.key, clock=build.real_now)
    assert [each.name for each in draft.records.all()] == ["CT scan, 19 January 2004"]
