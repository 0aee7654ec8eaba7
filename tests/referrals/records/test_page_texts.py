"""What pages say and where: from the file, or read by a machine; and a book of a thousand pages."""

import io
import shutil
import time

import pikepdf
import pytest
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFont

from referrals.models import PagePicture, Record, RecordPage
from referrals.records import checks, decoder_client, machine_reading, picturing, tasks
from referrals.records.decoder import ocr
from referrals.rules import nudges
from referrals.vocabulary import RecordStatus
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db
needs_tesseract = pytest.mark.skipif(
    not shutil.which("tesseract"), reason="reading scans (there is no Tesseract on this machine)"
)


@pytest.fixture(autouse=True)
def nudged(monkeypatch):
    sent = []
    monkeypatch.setattr(nudges.current_app, "send_task", lambda task, kwargs, **_: sent.append(task))
    return sent


def page(record, number=1):
    return record.pages.get(number=number)


def box_of(page, word):
    return next(found[:4] for found in page.words if found[4] == word)


def test_words_of_a_pdf_with_their_boxes(draft, kept):
    record = kept(draft, samples.pdf(2, mark="Grade one"))
    first = page(record)
    assert (first.text, first.folded) == ("Grade one 1", "grade one 1")
    assert [word[4] for word in first.words] == ["Grade", "one", "1"]
    x, y, width, height = box_of(first, "Grade")
    assert (
        110 < x < 125 and 70 < y < 95 and 80 < width < 130 and 20 < height < 50
    )  # 72 pt, 700 pt of 612 x 792
    assert not first.is_read_by_machine


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_boxes_lie_where_the_words_are_seen_on_a_turned_page(draft, kept, turn):
    made = pikepdf.open(io.BytesIO(samples.pdf(1, mark="Corner")))
    made.pages[0].Rotate = turn
    out = io.BytesIO()
    made.save(out)
    record = kept(draft, out.getvalue())
    first = page(record)
    assert (first.width > first.height) == (turn != 180)
    x, y, width, height = box_of(first, "Corner")
    with decoder_picture(record) as picture:
        seen = picture.crop(tuple(round(n * of / 1000) for n, of in zip(
            (x, y, x + width, y + height), picture.size * 2, strict=True)))  # fmt: skip
        assert seen.convert("L").getextrema()[0] < 100  # the word is there
    assert (height > width) == (turn != 180)


def decoder_picture(record):
    got = []
    decoder_client.run(
        "draw",
        record.key,
        kind=record.kind,
        numbers=[1],
        on_blob=lambda _meta, stream: got.append(stream.read()),
    )
    return Image.open(io.BytesIO(got[0]))


def test_a_day_that_the_text_names_stands_before_the_files_own(draft, kept):
    assert str(kept(draft, samples.pdf(mark="Date: 6 November 2025 page")).dated_on) == "2025-11-06"


def test_what_was_corrected_by_hand_stays(draft, check):
    record = samples.store(draft, samples.pdf(mark="Date: 6 November 2025 page"), "a.pdf")
    Record.objects.filter(pk=record.pk).update(dated_on="2024-01-01", dated_by_hand=True)
    assert str(check(record).dated_on) == "2024-01-01"


def test_a_page_that_hangs_the_decoder_keeps_its_place_without_words(draft, kept, monkeypatch):
    real = decoder_client.run

    def hangs(job, key, **kwargs):
        if job == "leaves":
            raise decoder_client.Stuck
        return real(job, key, **kwargs)

    monkeypatch.setattr(decoder_client, "run", hangs)
    record = kept(draft, samples.pdf(3))
    assert record.status == RecordStatus.READY
    assert list(record.pages.values_list("number", "text")) == [(1, ""), (2, ""), (3, "")]


@pytest.mark.parametrize("lie", [
    [[1, -5, 10, "x", []]], [[1, 10, 10, "x", [[0, 0, 1, 2000, "x"]]]], [[1, 10, 10, 5, []]], [[9, 9, 9, "x", []]],
    [[1, 10, 10, "x", [[0, 0, 1, 1]]]], "pages", [5], [[1, True, 10, "x", []]],
])  # fmt: skip
def test_nothing_the_decoder_says_is_believed(draft, kept, monkeypatch, lie):
    real = decoder_client.run
    monkeypatch.setattr(
        decoder_client, "run",
        lambda job, key, **kw: {"pages": lie, "dated_on": 7} if job == "leaves" else real(job, key, **kw),
    )  # fmt: skip
    record = kept(draft, samples.pdf(1))
    assert (record.status, page(record).words, page(record).text) == (RecordStatus.READY, [], "")


def test_a_thousand_pages_are_all_there_and_few_are_drawn(draft, check, client, ana):
    record = samples.store(draft, samples.pdf(1000), "book.pdf")
    check(record)
    assert record.pages.count() == record.page_count == 1000
    assert PagePicture.objects.filter(page__record=record).count() == 27
    assert page(record, 987).text == "A letter 987"
    client.force_login(ana)
    url = reverse("records:read", args=[draft.reference, record.key])
    html = client.get(url, {"page": "987"}).content
    assert len(html) < 40_000 and b"987 of 1000" in html and html.count(b"/thumb/") == 24
    before = time.monotonic()
    picture = reverse("viewer:picture", args=[draft.reference, record.key, 987, "normal"])
    assert client.get(picture).status_code == 202
    picturing.draw(key=record.key, clock=build.real_now)
    assert client.get(picture).status_code == 200
    assert time.monotonic() - before < 10  # a second here; a busy machine may be slow
    drawn = PagePicture.objects.drawn().filter(page__record=record, scale="normal", page__number__gt=3)
    assert set(drawn.values_list("page__number", flat=True)) == {986, 987, 988, 989, 990}


# --- scans ----------------------------------------------------------------------------------------------


def scan(turn=0, words="Moderate narrowing of the spinal canal"):
    picture = Image.new("L", (1700, 2200), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=44)
    for row in range(12):
        pen.text((150, 200 + row * 90), words, fill=0, font=font)
    out = io.BytesIO()
    picture.rotate(turn, expand=True).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def fresh_search():
    machine_reading.tesseract.__dict__.pop("path", None)
    yield
    machine_reading.tesseract.__dict__.pop("path", None)


def read(record):
    while machine_reading.read(key=record.key, clock=build.real_now):
        pass


@needs_tesseract
@pytest.mark.parametrize("turn", [0, 90, 180])
def test_a_scan_is_read_with_its_boxes_however_it_lies(draft, kept, turn, fresh_search):
    record = kept(draft, scan(turn), "scan.png")
    assert list(machine_reading.waiting(now=build.real_now())) == [record.key]
    read(record)
    found = page(record)
    assert "Moderate narrowing of the spinal canal" in found.text and found.is_read_by_machine
    assert "spinal canal" in found.folded and found.machine_read_at
    x, y, width, height = box_of(found, "Moderate")
    assert (height > width) == (turn == 90)
    if turn == 0:
        assert 80 < x < 100 and 85 < y < 105
    assert not machine_reading.waiting(now=build.real_now())


@needs_tesseract
def test_a_blank_page_is_tried_once_and_said_to_hold_no_text(draft, kept, client, ana, fresh_search):
    record = kept(draft, samples.picture("PNG", color="white"), "blank.png")
    read(record)
    assert page(record).machine_read_at and not page(record).text
    assert not machine_reading.waiting(now=build.real_now())
    client.force_login(ana)
    html = client.get(reverse("records:read", args=[draft.reference, record.key])).content.decode()
    assert "No text to search on this page" in html


@needs_tesseract
def test_pages_with_text_are_not_read_again(draft, kept, nudged, fresh_search):
    record = kept(draft, samples.pdf(2))
    assert not machine_reading.waiting(now=build.real_now())
    assert not RecordPage.objects.to_read().filter(record=record).exists()


def test_without_tesseract_the_page_says_so_and_nothing_waits(
    draft, kept, client, ana, fresh_search, monkeypatch
):
    monkeypatch.setattr(machine_reading.shutil, "which", lambda _name: None)
    record = kept(draft, scan(), "scan.png")
    assert not machine_reading.is_there() and not machine_reading.waiting(now=build.real_now())
    assert machine_reading.read(key=record.key, clock=build.real_now) is False
    client.force_login(ana)
    html = client.get(reverse("records:read", args=[draft.reference, record.key])).content.decode()
    assert "No text to search on this page" in html


def test_pictures_of_a_study_are_not_read(draft, kept, fresh_search):
    record = kept(draft, samples.dicom("CT_small.dcm"), "IM0001")
    record.pages.get_or_create(number=1, defaults={"width": 9, "height": 9})
    assert not machine_reading.waiting(now=build.real_now())


@needs_tesseract
def test_a_language_that_is_missing_reads_nothing_and_says_so(settings, fresh_search, caplog):
    settings.OCR_LANGUAGES = "eng+tlh"
    assert not machine_reading.is_there()
    assert "ocr_language_missing" in caplog.text


@needs_tesseract
def test_a_reading_that_hangs_is_ended_and_given_up(draft, kept, monkeypatch, fresh_search):
    record = kept(draft, scan(), "scan.png")
    monkeypatch.setattr(machine_reading, "SLOWEST_PAGE", 0.05)
    read(record)
    RecordPage.objects.update(machine_claimed_at=build.NOW)  # the claim grows stale
    read(record)
    assert (page(record).text, page(record).machine_attempts) == ("", 2)
    assert page(record).machine_read_at


@needs_tesseract
@pytest.mark.parametrize("outage", decoder_client.OUTAGES)
def test_an_outage_gives_up_no_page(draft, kept, monkeypatch, fresh_search, outage):
    record = kept(draft, scan(), "scan.png")

    def fails(*args, **kwargs):
        raise outage

    with monkeypatch.context() as patched:
        patched.setattr(decoder_client, "run", fails)
        for _time in range(machine_reading.MOST_ATTEMPTS + 1):
            read(record)
    assert list(machine_reading.waiting(now=build.real_now())) == [record.key]
    read(record)
    assert "Moderate narrowing" in page(record).text


@needs_tesseract
def test_the_reader_has_no_network_and_little_memory(fresh_search, monkeypatch):
    monkeypatch.setattr(machine_reading, "MEMORY", 1024**2)
    with pytest.raises(machine_reading.Unreadable):
        machine_reading.recognise(scan())


@pytest.mark.parametrize("table", ["", "x", "h\n5\t1", "h\n5" + "\t1" * 11, "h\n" + "1\t" * 11, "\x00\n\n"])
def test_a_table_that_is_none_gives_no_words(table):
    assert ocr.words_of(table) == ("", [])


def test_two_workers_read_each_page_once(draft, kept, fresh_search, monkeypatch):
    record = kept(draft, scan(), "scan.png")
    monkeypatch.setattr(machine_reading, "is_there", lambda: True)
    first = machine_reading._claim(record.key, build.real_now())
    assert first is not None and machine_reading._claim(record.key, build.real_now()) is None
    RecordPage.objects.update(machine_claimed_at=build.later(hours=1))  # another has it
    machine_reading._write(first, "late", [], build.real_now())
    assert page(record).text == ""


def test_a_check_that_never_ended_leaves_no_picture_behind(draft, kept):
    record = kept(draft, samples.pdf(2))
    assert checks.waiting(now=build.real_now()).count() == 0
    assert {picture.scale for picture in PagePicture.objects.filter(page__record=record)} == {
        "thumb",
        "normal",
    }


def test_f28_the_next_page_of_a_book_of_scans_stands_behind_what_is_to_be_checked(monkeypatch):
    sent = []
    monkeypatch.setattr(machine_reading, "read", lambda **_keys: True)
    monkeypatch.setattr(tasks.read_pages, "apply_async", lambda **how: sent.append(how))
    tasks.read_pages(key="k")
    assert sent == [{"kwargs": {"key": "k"}, "priority": nudges.BEHIND}]
