"""What each kind of file becomes: ready with its pages, or refused with a reason. Real child processes."""

import datetime as dt
import io
import struct
import zlib
from types import SimpleNamespace

import pikepdf
import pytest
from django.urls import reverse
from PIL import Image

from referrals import storage
from referrals.models import AuditEvent, Record
from referrals.records import checks, decoder_client, kinds, refusals
from referrals.records.checks import drawing
from referrals.records.decoder import Refused, look, pictures
from referrals.records.decoder.child import BROKEN_FILE
from referrals.vocabulary import Act, RecordStatus
from tests import build
from tests.referrals.records import samples, summaries

pytestmark = pytest.mark.django_db


def page_of(record, number=1):
    with storage.open(record.pages.get(number=number).pictures.get(scale="normal").key) as file:
        return Image.open(io.BytesIO(file.read()))


GOOD = {
    "pdf": ("letter.pdf", lambda: samples.pdf(3), 3, 3),
    "jpeg": ("photo.JPG", samples.photo_with_place, 1, 1),
    "png": ("screen.png", lambda: samples.picture("PNG"), 1, 1),
    "tiff": ("fax.tif", samples.tiff, 3, 3),
    "heic": ("IMG_1.HEIC", lambda: samples.picture("HEIF"), 1, 1),
    "dicom": ("1.2.840.113", samples.dicom, 1, 1),
    "docx": ("letter.docx", samples.docx, 0, 0),
    "text": ("list.txt", lambda: "Aspirin 100 mg\nRamipril 5 mg, früh".encode(), 0, 0),
}


@pytest.mark.parametrize("kind", GOOD)
def test_each_kind_we_take_becomes_ready(draft, kept, kind):
    name, make, count, pictures = GOOD[kind]
    record = kept(draft, make(), name)
    assert (record.status, record.refusal, record.kind) == (RecordStatus.READY, "", kind)
    assert (record.page_count, record.pages.count()) == (count, pictures)
    assert AuditEvent.objects.get(act=Act.RECORD_CHECKED).subject_key == str(record.key)


def test_pdf_says_its_day_and_bears_its_words(draft, kept):
    record = kept(draft, samples.pdf(2))
    assert str(record.dated_on) == "2026-11-02"
    page = page_of(record)
    assert page.size == (935, 1210)
    assert page.convert("L").getextrema()[0] < 60  # something is written on it


@pytest.mark.parametrize(
    ("came", "mark", "day"),
    [
        (dt.datetime(2026, 11, 3, 8, tzinfo=dt.UTC), "A fax", None),
        (dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC), "A fax", None),
        (dt.datetime(2026, 11, 4, 8, tzinfo=dt.UTC), "A fax", "2026-11-02"),
        (dt.datetime(2026, 11, 3, 8, tzinfo=dt.UTC), "Date: 12 October 2026 page", "2026-10-12"),
    ],
)
def test_a_page_made_as_it_came_is_not_of_that_day_but_of_the_day_it_names(came, mark, day, draft, check):
    record = samples.store(draft, samples.pdf(mark=mark), "fax.pdf")
    Record.objects.filter(pk=record.pk).update(added_at=came)
    found = check(record).dated_on
    assert (found and str(found)) == day


def test_photo_stands_upright_and_its_page_tells_nothing_else(draft, kept):
    """F37: where and with what it was taken stays in the original."""
    record = kept(draft, samples.photo_with_place(), "photo.jpg")
    assert str(record.dated_on) == "2026-11-03"
    with storage.open(record.pages.get().pictures.get(scale="normal").key) as file:
        body = file.read()
    page = Image.open(io.BytesIO(body))
    assert page.size == (480, 640)
    assert not page.getexif() and not page.info.get("exif") and not page.info.get("icc_profile")
    assert b"MARKCAMERA" not in body


def test_study_says_who_and_what(draft, kept):
    record = kept(draft, samples.dicom("CT_small.dcm"), "IM0001")
    told = {name: record.study[name] for name in ("patient", "modality", "date", "images")}
    assert told == {"patient": "CompressedSamples CT1", "modality": "CT", "date": "2004-01-19", "images": 1}
    assert str(record.dated_on) == "2004-01-19"


@pytest.mark.parametrize("name", ["MR_small.dcm", "examples_rgb_color.dcm", "JPEG2000.dcm", "rtplan.dcm",
    "MR_small_RLE.dcm", "examples_overlay.dcm", "image_dfl.dcm", "SC_rgb_jpeg_gdcm.dcm", "meta_missing_tsyntax.dcm",
    "MR_truncated.dcm", "liver_1frame.dcm", "priv_SQ.dcm"])  # fmt: skip
def test_f28_studies_of_all_sorts_come_to_an_end(draft, kept, name):
    record = kept(draft, samples.dicom(name), "image.dcm")
    assert record.status in (RecordStatus.READY, RecordStatus.REFUSED)
    assert (record.status == RecordStatus.REFUSED) == bool(record.refusal)


def test_docx_gives_its_text(draft, kept):
    assert kept(draft, samples.docx("Grüße &amp; Dank"), "a.docx").text == "Grüße & Dank\nSecond line"


def test_docx_text_boxes_come_once_and_headers_and_notes_come_too(draft, kept):
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    box = "<w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent>"
    text = (
        'Dear</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>'
        "<w:r><w:t> colleague"
    )

    def part(root, words):
        return f"<w:{root} {word}><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:{root}>"

    around = [
        ("word/header1.xml", part("hdr", "Juniper Ashgrove")), ("word/header2.xml", part("hdr", "Juniper Ashgrove")),
        ("word/footnotes.xml", part("footnotes", "See the scan")),
    ]  # fmt: skip
    record = kept(draft, samples.docx(text, more=around), "letter.docx")
    assert record.text.split("\n") == [
        "Juniper Ashgrove", "Dear colleague", "In the box", "Second line", "See the scan",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_text_is_read_in_the_usual_codes(draft, kept, code):
    assert kept(draft, "Naïve Übung, 5 µg".encode(code), "a.txt").text == "Naïve Übung, 5 µg"


def png_that_claims(width, height):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
XXE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
MACROS = '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
BAD = {
    "locked pdf": ("a.pdf", samples.locked_pdf, "locked"),
    "cut pdf head": ("a.pdf", lambda: b"%PDF-1.7\n%\xe2\xe3", "unreadable"),
    "html as pdf": ("a.pdf", lambda: b"<!DOCTYPE html><script>alert(1)</script>", "web_page"),
    "svg as png": ("a.png", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "web_page"),
    "xml": ("a.txt", lambda: b'<?xml version="1.0"?><x/>', "web_page"),
    "exe as pdf": ("a.pdf", lambda: b"MZ" + b"\0" * 500, "program"),
    "elf": ("a.pdf", lambda: b"\x7fELF" + b"\0" * 500, "program"),
    "script": ("a.txt", lambda: b"#!/bin/sh\necho hello\n", "program"),
    "zip as pdf": ("a.pdf", samples.zipped, "name_lies"),
    "zip as docx": ("a.docx", samples.zipped, "name_lies"),
    "open document": ("a.odt", lambda: samples.zipped("mimetype", "content.xml"), "not_taken"),
    "java program": ("a.zip", lambda: samples.zipped("META-INF/MANIFEST.MF"), "program"),
    "sheet": ("a.xlsx", lambda: samples.zipped("xl/workbook.xml", "[Content_Types].xml"), "office"),
    "old word": ("a.doc", lambda: OLE + "WordDocument".encode("utf-16-le"), "old_word"),
    "locked word": ("a.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "locked"),
    "macros": ("a.docx", lambda: samples.docx(types=MACROS), "macros"),
    "gif": ("a.gif", lambda: samples.picture("GIF"), "other_picture"),
    "webp": ("a.jpg", lambda: samples.picture("WEBP"), "other_picture"),
    "avif": ("a.heic", lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "other_picture"),
    "film": ("a.mp4", lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video"),
    "gzip": ("a.pdf", lambda: b"\x1f\x8b" + b"\0" * 100, "archive"),
    "rtf": ("a.docx", lambda: b"{\\rtf1 hello}", "not_taken"),
    "postscript": ("a.pdf", lambda: b"%!PS-Adobe\n(/etc/passwd) run", "not_taken"),
    "noise": ("a.pdf", lambda: bytes(range(256)) * 20, "not_taken"),
    "cut jpeg": ("a.jpg", lambda: samples.picture(size=(900, 900))[:400], "unreadable"),
    "cut png": ("a.png", lambda: samples.picture("PNG")[:60], "unreadable"),
    "cut tiff": ("a.tif", lambda: samples.tiff()[:9], "unreadable"),
    "cut heic": ("a.heic", lambda: samples.picture("HEIF")[:200], "unreadable"),
    "bare dicom": ("a.dcm", lambda: b"\0" * 128 + b"DICM", "unreadable"),
    "pixel bomb": ("a.png", lambda: png_that_claims(60_000, 60_000), "too_many_pixels"),
    "one long line": ("a.png", lambda: png_that_claims(1, 70_000), "too_many_pixels"),
    "cut dicom": ("a.dcm", lambda: samples.dicom("MR_truncated.dcm"), "unreadable"),
    "cd contents": ("DICOMDIR", lambda: samples.dicom("DICOMDIR"), "dicomdir"),
    "xxe": ("a.docx", lambda: samples.docx("&x;", dtd=XXE), "unreadable"),
    "laughs": ("a.docx", lambda: samples.docx("&c;", dtd=LAUGHS), "unreadable"),
    "docx bomb": ("a.docx", lambda: samples.docx(more=[("word/media/a.bin", b"\0" * 30_000_000)]), "packed_too_tight"),
    "docx of many": ("a.docx", lambda: samples.docx(more=[(f"x/{n}", b"") for n in range(2100)]), "packed_too_tight"),
    "blank text": ("a.txt", lambda: b"  \n\n ", "unreadable"),
    "jpeg as pdf": ("a.pdf", samples.picture, "name_lies"),
    "pdf as jpg": ("a.jpg", samples.pdf, "name_lies"),
    "pdf as exe": ("a.pdf.exe", samples.pdf, "name_lies"),
    "text as html": ("a.html", lambda: b"only words", "name_lies"),
    "dicom as pdf": ("a.pdf", samples.dicom, "name_lies"),
}  # fmt: skip


THROUGH_THE_CHILD = ["locked word", "html as pdf", "cut heic", "pixel bomb", "docx bomb", "jpeg as pdf"]


@pytest.mark.parametrize("case", THROUGH_THE_CHILD)
def test_f27_f28_what_we_do_not_take_is_refused_with_a_way_on(draft, kept, case):
    name, make, code = BAD[case]
    record = kept(draft, make(), name)
    assert (record.status, record.refusal) == (RecordStatus.REFUSED, code)
    assert not record.pages.exists()


@pytest.mark.parametrize("case", BAD)
def test_f27_f29_f30_each_has_its_reason_and_words(case):
    name, make, code = BAD[case]
    assert refusal_of(make(), name) == code
    words = refusals.words_for(code)
    assert words.what and words.way_on


class Nowhere:
    def blob(self, meta, data):
        """Handed out, and not wanted."""


def refusal_of(body, name):
    """The decoder's answer, in this process: what it does behind its walls is tested above."""
    original = type("Original", (io.BytesIO,), {"size": len(body)})(body)
    try:
        found = look.identify(original, Nowhere())
        if found.get("page_count"):
            look.draw(original, Nowhere(), found["kind"], list(range(1, min(5, found["page_count"]) + 1)))
    except Refused as refused:
        return refused.code
    except BROKEN_FILE:
        return "unreadable"
    return "" if kinds.name_fits(found["kind"], name) else refusals.NAME_LIES


def test_bytes_of_what_was_refused_are_not_kept(draft, kept, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record = kept(draft, b"MZ" + b"\0" * 500, "a.pdf")
    with pytest.raises(storage.NotThere):
        storage.size(record.key)


def test_f34_paths_in_a_packed_file_write_nothing(draft, kept, tmp_path):
    record = kept(draft, samples.docx(more=[("../../../evil.txt", b"x"), ("/etc/evil", b"x")]), "a.docx")
    assert record.status == RecordStatus.READY
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("body", [
    samples.picture() + samples.zipped(), samples.picture() + b"<script>alert(1)</script>",
    samples.pdf() + samples.zipped(), samples.pdf(script="app.alert('MARK')"),
])  # fmt: skip
def test_f33_polyglots_and_scripts_are_shown_as_pictures_alone(draft, kept, body):
    record = kept(draft, body, "a.pdf" if body[:4] == b"%PDF" else "a.jpg")
    assert record.status == RecordStatus.READY
    assert page_of(record).format == "WEBP"


def test_cut_pdf_is_mended_or_refused(draft, kept):
    whole = samples.pdf(12)
    record = kept(draft, whole[: len(whole) - 200], "a.pdf")
    assert record.status in (RecordStatus.READY, RecordStatus.REFUSED)


def cut(body, part):
    return body[: int(len(body) * part)]


def test_a_pdf_of_which_no_page_is_left_is_refused(draft, kept):
    record = kept(draft, cut(samples.pdf(3), 0.5), "a.pdf")
    assert (record.status, record.refusal) == (RecordStatus.REFUSED, "unreadable")


def test_a_pdf_that_lost_some_pages_says_so(draft, kept, sign_in):
    record = kept(draft, cut(samples.pdf(3), 0.7), "a.pdf")
    assert record.status == RecordStatus.READY
    for name, args in (("add", ()), ("list", ()), ("read", (record.key,))):
        page = sign_in(draft.patient).get(reverse(f"records:{name}", args=[draft.reference, *args]))
        assert "This file came cut off: 1 page of it is empty." in page.content.decode(), name


def test_a_blank_page_of_a_whole_pdf_is_no_loss(draft, kept):
    made, body = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    del made.pages[0].Contents
    made.save(body)
    record = kept(draft, body.getvalue(), "a.pdf")
    assert (record.status, record.contents) == (RecordStatus.READY, {})


def test_f30_a_book_is_drawn_in_steps_up_to_a_limit_and_counted_whole(draft, kept, monkeypatch):
    monkeypatch.setattr(drawing, "PAGES_A_STEP", 5)
    monkeypatch.setattr(drawing.limits, "MOST_PAGES", 12)
    record = kept(draft, samples.pdf(30), "book.pdf")
    assert record.page_count == 30
    assert list(record.pages.values_list("number", flat=True)) == list(range(1, 13))


def test_f27_a_program_in_the_preamble_of_a_study_is_a_program(draft, kept):
    for start in (b"MZ", b"\x7fELF", b"#!/bin/sh\n"):
        body = start + samples.dicom()[len(start) :]
        assert kept(draft, body, "IM0001.dcm").refusal == "program"


def test_f28_what_takes_too_much_memory_is_called_what_it_is(monkeypatch):
    def too_much(*_args):
        raise MemoryError

    monkeypatch.setattr(look, "_reader", lambda _kind: SimpleNamespace(prove=too_much))
    for body, code in (
        (samples.picture(), "too_many_pixels"),
        (samples.pdf(), "packed_too_tight"),
        (summaries.ccda(), "summary_too_large"),
        (summaries.bundle(summaries.PATIENT), "summary_too_large"),
    ):
        assert refusal_of(body, "") == code


def test_f28_pages_of_a_tiff_are_turned_and_not_searched_from_the_first(monkeypatch):
    opened, real = [], pictures._open
    monkeypatch.setattr(pictures, "_open", lambda *args: opened.append(args) or real(*args))
    file = io.BytesIO(samples.tiff(9))
    assert [leaf[0] for leaf in pictures.leaves(file, 1, 9, "tiff")["pages"]] == list(range(1, 10))
    assert len(opened) == 1
    assert [page.getpixel((0, 0)) for page in pictures.upright(file, "tiff", "print")] == [
        min(40 * n, 255) for n in range(9)
    ]
    assert len(opened) == 3  # to count them, and to turn them


def test_a_page_as_large_as_a_wall_is_drawn_small(draft, kept):
    record = kept(draft, samples.pdf(size=(14_000, 200)), "wall.pdf")
    assert page_of(record).width <= 3000


def test_f28_decoder_that_hangs_is_ended_and_tried_three_times(draft, monkeypatch):
    monkeypatch.setattr(decoder_client.limits, "SECONDS", 0.0001)
    record = samples.store(draft, samples.pdf(), "a.pdf")
    for attempt in (1, 2, 3):
        record.refresh_from_db()
        assert (record.status, record.attempts) == (RecordStatus.RECEIVED, attempt - 1)
        checks.check(key=record.key, clock=build.real_now)
    record.refresh_from_db()
    assert (record.status, record.refusal) == (RecordStatus.REFUSED, "unreadable")


def test_full_disk_lets_the_file_wait_and_counts_no_attempt(draft, check, monkeypatch):
    record = samples.store(draft, samples.pdf(), "a.pdf")
    real = storage.put

    def full(*args, **kwargs):
        raise storage.NoRoom

    monkeypatch.setattr(storage, "put", full)
    check(record)
    assert (record.status, record.attempts, record.claimed_at) == (RecordStatus.SCANNED, 0, None)
    monkeypatch.setattr(storage, "put", real)
    assert check(record).status == RecordStatus.READY


def test_lost_bytes_are_said_and_welcome_when_they_come_back(draft, check, storage_dir):
    """A disk that was not mounted: no key is thrown away for it."""
    record = samples.store(draft, samples.pdf(), "a.pdf")
    storage_dir.rename(storage_dir.with_name("elsewhere"))
    assert check(record).refusal == ""
    assert [check(record).refusal for _attempt in (2, 3)] == ["", refusals.LOST]
    assert checks.compare_all(now=build.real_now()).lost == [str(record.key)]
    storage_dir.with_name("elsewhere").rename(storage_dir)
    report = checks.compare_all(now=build.real_now() + build.dt.timedelta(days=2))
    assert report.is_clean and report.swept == 0
    with storage.open(record.key) as file:
        assert file.read() == samples.pdf()
