"""Reading in a real browser: pages drawn while one waits, zoom, keys, hits, pins; wide, on a phone, without scripts."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from referrals.models import AuditEvent, Citation, PagePicture, RecordReading
from referrals.vocabulary import CaseStatus
from tests import build
from tests.browser import files, scenes
from tests.browser.look import PHONE, WIDE

SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return files.pdf(tmp_path_factory.mktemp("book") / "Physio notes.pdf", title="Physio notes", pages=40)


@pytest.fixture
def reading(cast, patient, book, real_files, chromium):
    """A case in the hands of Dr. Vega, with a book of 40 pages and a short report."""
    cast.vega.specialist_profile.most_cases = 200
    cast.vega.specialist_profile.save()
    case = build.make_case(
        patient(), CaseStatus.IN_REVIEW, staff=cast.tess, specialist=cast.vega, now=timezone.now()
    )
    records = [scenes.add_record(case, book), scenes.add_record(case, real_files.report)]
    page = chromium.new_page()
    scenes.wait_for_worker(page, records)
    page.close()
    case.book, case.report = records
    for record in records:
        record.refresh_from_db()
    return case


def room(case, record=None, page=1):
    query = f"?record={record.key}&page={page}&pane=page" if record else ""
    return f"/review/{case.reference}/{query}"


def is_drawn(page):
    """The page that is shown is a picture of ours, not the empty sheet."""
    page.wait_for_function(
        """() => { const i = document.querySelector('[data-sheet] img');
        return i && i.complete && i.naturalWidth > 0 && !i.hasAttribute('data-wait') }""",
        timeout=40_000,
    )


def shown(page):
    return page.locator(".so-tools .so-num").first.inner_text()


def turned_to(page, words):
    page.wait_for_function("w => document.querySelector('.so-tools .so-num')?.innerText === w", arg=words)


@SIZES
def test_a_far_page_is_drawn_while_one_waits(visit, cast, reading, size):
    someone = visit("vega", cast.vega, size=size)
    page = someone.go(room(reading, reading.book, 33)).page
    is_drawn(page)
    assert not page.locator("[data-drawing]:visible").count()
    drawn = PagePicture.objects.drawn().filter(page__record=reading.book, scale="normal")
    assert drawn.filter(page__number=33).exists() and drawn.count() < 15
    page.wait_for_function(
        "() => document.querySelector('.so-film [aria-current] img:not([data-wait])')?.naturalWidth > 0",
        timeout=40_000,
    )
    number = page.locator(".so-room-title .so-num").bounding_box()
    assert number["x"] + number["width"] <= size["width"] and shown_whole(page)
    someone.look("reading-far-page")


def shown_whole(page):
    """Whose records these are is not cut short."""
    return page.locator(".so-room-title h1").evaluate(
        "h => h.scrollWidth <= h.clientWidth && getComputedStyle(h).textOverflow !== 'ellipsis'"
    )


def test_zoom_fit_rotation_and_the_sharp_picture(visit, cast, reading):
    someone = visit("vega", cast.vega)
    page = someone.go(room(reading, reading.report)).page
    is_drawn(page)
    width = "() => document.querySelector('[data-leaf]').getBoundingClientRect().width"
    before = page.evaluate(width)
    for _press in range(4):
        page.keyboard.press("+")
    assert page.evaluate(width) > before * 1.5
    page.wait_for_function(
        "() => document.querySelector('[data-sheet] img').src.includes('/sharp/')", timeout=40_000
    )
    page.wait_for_function("() => document.querySelector('[data-sheet] img').naturalWidth > 1500")
    assert page.locator("[data-stage]").get_attribute("tabindex") == "0"
    someone.look("reading-zoomed")
    stage = page.locator("[data-stage]")
    frame = stage.bounding_box()
    page.mouse.move(frame["x"] + 300, frame["y"] + 300)
    page.mouse.down()
    page.mouse.move(frame["x"] + 200, frame["y"] + 200)
    page.mouse.up()
    assert stage.evaluate("s => s.scrollTop") > 0  # panned by hand
    page.keyboard.press("f")
    assert stage.evaluate("s => s.scrollHeight <= s.clientHeight + 1")
    page.keyboard.press("r")
    lies = page.locator("[data-sheet]").bounding_box()
    assert lies["width"] > lies["height"]
    someone.look("reading-turned")
    page.wait_for_function("() => document.querySelector('[data-zoom-is]').innerText.endsWith('%')")
    page.wait_for_timeout(500)
    page.reload()
    assert page.locator("[data-sheet]").get_attribute("data-turns") == "1"  # kept for this reader
    page.keyboard.press("1")
    assert page.locator("[data-zoom-is]").inner_text() == "100 %"


def test_keys_turn_pages_and_can_be_turned_off(visit, cast, reading):
    someone = visit("vega", cast.vega)
    page = someone.go(room(reading, reading.book)).page
    is_drawn(page)
    page.keyboard.press("ArrowRight")
    turned_to(page, "2 of 40")
    page.keyboard.press("End")
    turned_to(page, "40 of 40")
    page.keyboard.press("Home")
    turned_to(page, "1 of 40")
    page.keyboard.press("f")
    page.keyboard.press("PageDown")
    turned_to(page, "2 of 40")
    page.keyboard.press("2")
    page.wait_for_function("() => document.querySelectorAll('[data-sheet]').length === 2")
    is_drawn(page)
    someone.look("reading-two-pages")
    page.keyboard.press("2")
    page.wait_for_function("() => document.querySelectorAll('[data-sheet]').length === 1")
    page.locator("#goto").fill("17")
    page.keyboard.press("Enter")
    turned_to(page, "17 of 40")
    page.locator("textarea").first.focus()
    page.keyboard.type("r 2 m ")
    page.keyboard.press("ArrowRight")
    assert shown(page) == "17 of 40" and page.locator("[data-sheet]").count() == 1  # never while typing
    page.locator("[data-page]").focus()
    page.keyboard.press("?")
    page.get_by_role("button", name="Turn keys off").click()
    someone.look("reading-keys", narrow=False)
    page.get_by_role("button", name="Close").click()
    page.locator("[data-page]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    page.wait_for_timeout(400)
    assert shown(page) == "17 of 40"
    page.evaluate("() => localStorage.clear()")
    assert AuditEvent.objects.filter(act="open_record", case_reference=reading.reference).count() == 1
    assert RecordReading.objects.get(record=reading.book).last_page == 17


@SIZES
def test_a_search_leads_to_the_marked_page(visit, cast, reading, size):
    someone = visit("vega", cast.vega, size=size, words=["screws"])
    page = someone.go(room(reading)).page
    box = page.locator("#rq")
    box.fill("“screws and rods” page 21")
    box.press("Enter")
    hit = page.locator(".so-hit")
    hit.first.wait_for()
    assert "Page 21" in hit.first.inner_text() and hit.first.locator("mark").count()
    someone.look("reading-found")
    hit.first.focus()
    page.keyboard.press("Enter")
    turned_to(page, "21 of 40")
    is_drawn(page)
    assert page.locator(".so-over .hit").count() >= 4
    assert page.evaluate("() => document.activeElement.matches('[data-page]')")
    assert "screws" not in page.url
    someone.look("reading-hit")


@SIZES
def test_a_pin_is_set_by_keys_quoted_and_read_by_the_patient(visit, cast, reading, size):
    someone = visit("vega", cast.vega, size=size)
    page = someone.go(room(reading, reading.report)).page
    is_drawn(page)
    page.get_by_role("button", name="Mark a spot to quote").focus()
    page.keyboard.press("Enter")
    box = page.locator("[data-box]")
    box.wait_for()
    assert page.evaluate("() => document.activeElement.matches('[data-box]')")
    for _press in range(30):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
    for _press in range(55):
        page.keyboard.press("Shift+ArrowRight")
    someone.look("reading-marking")
    page.keyboard.press("Enter")
    page.locator("#pin-1").wait_for()
    pin = Citation.objects.get(case=reading)
    assert pin.region == [50, 50, 850, 100] and pin.quote.startswith("MRI report, page 1 of 3")
    assert page.locator(".so-over .pin").count() == 1
    marks = page.locator(".so-room > header .so-push > *:visible")
    assert (
        len({round(box["y"] + box["height"] / 2) for box in (each.bounding_box() for each in marks.all())})
        == 1
    )
    page.evaluate("() => scrollTo(0, 0)")  # where the tool bar lies under the chooser its targets are small
    someone.look("reading-pinned")
    if size is PHONE:
        page.get_by_role("link", name="Opinion").click()
    text = page.locator("[name=advice]")
    text.fill("Exercise first")
    page.get_by_role("button", name="Insert pin 1").click()
    assert text.input_value() == "Exercise first [1]"
    page.locator("[data-cites=plan] a").wait_for()
    assert page.locator("[data-cites=plan]").inner_text().strip() == "Report of the scan, page 1"
    someone.look("reading-cited")


def test_a_spot_is_marked_by_the_pointer_on_a_turned_page(visit, cast, reading):
    someone = visit("vega", cast.vega)
    page = someone.go(room(reading, reading.report)).page
    is_drawn(page)
    page.keyboard.press("f")
    page.keyboard.press("r")
    page.keyboard.press("m")
    page.locator("[data-box]").wait_for()
    sheet = page.locator("[data-sheet]").bounding_box()

    def point(across, down):
        return sheet["x"] + sheet["width"] * across, sheet["y"] + sheet["height"] * down

    page.mouse.move(*point(0.7, 0.1))
    page.mouse.down()
    page.mouse.move(*point(0.9, 0.6), steps=4)
    page.mouse.up()
    page.locator("[data-box]").focus()
    page.keyboard.press("Enter")
    page.locator("#pin-1").wait_for()
    x, y, width, height = Citation.objects.get(case=reading).region
    # A quarter turn to the right: what is at the top on the right lies at the page's top on the left.
    assert abs(x - 100) < 15 and abs(y - 100) < 15 and abs(width - 500) < 20 and abs(height - 200) < 20


@SIZES
def test_the_patient_reads_their_own_pages(visit, cast, reading, size):
    someone = visit("rosa", reading.patient, size=size)
    page = someone.go(f"/records/{reading.reference}/{reading.report.key}/").page
    is_drawn(page)
    someone.look("record-page")
    page.get_by_role("link", name="Next page").click()
    turned_to(page, "2 of 3")
    is_drawn(page)
    assert not page.get_by_role("button", name="Mark a spot").count()
    someone.go(f"/records/{reading.reference}/").look("records-in-time")
    page.locator("#rq").fill("narrow")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    someone.look("record-search")


def test_without_scripts_every_page_is_read_searched_and_pinned(visit, cast, reading):
    someone = visit("vega", cast.vega, java_script_enabled=False)
    page = someone.go(room(reading, reading.book, 30)).page
    for _look in range(60):
        if not page.get_by_role("link", name="Look again").count():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Look again").click()
    assert shown(page) == "30 of 40"
    someone.follow("Next page", within="body")
    assert shown(page) == "31 of 40"
    page.locator("#rq").fill("“page 12 of”")
    with page.expect_navigation():
        page.get_by_role("button", name="Search").click()
    with page.expect_navigation():
        page.locator(".so-hit").first.click()
    assert shown(page) == "12 of 40" and page.locator(".so-over .hit").count() == 3
    assert "page+12" not in page.url and re.search(r"page=12\b", page.url)
    page.locator("[data-markform] summary").click()
    page.locator("[data-pinform] [name=height]").fill("20")
    with page.expect_navigation():
        page.get_by_role("button", name="Set the pin").click()
    someone.says("Pin 1")
    assert Citation.objects.get(case=reading).region == [0, 0, 1000, 200]
    someone.look("reading-without-scripts")


def test_a_file_that_is_still_checked_says_so_and_nothing_else_runs(visit, cast, patient):
    case = build.make_case(patient(), CaseStatus.SUBMITTED, now=timezone.now())
    # In somebody's hands for a long time yet: the site's worker leaves it alone.
    later = timezone.now() + dt.timedelta(hours=1)
    record = build.make_record(case, status="received", checked_at=None, claimed_at=later, now=timezone.now())
    someone = visit("rosa", case.patient)
    someone.go(f"/records/{case.reference}/{record.key}/").says("still checking").look("record-waits")


SLOW_FIRST = """() => {
  const given = globalThis.fetch;
  let number = 0;
  globalThis.fetch = async (url, ...more) => {
    if (String(url).endsWith("/turn/") && !number++) await new Promise((done) => setTimeout(done, 600));
    return given(url, ...more);
  };
}"""


def test_a_page_that_is_turned_quickly_stays_as_it_was_turned_last(visit, cast, reading):
    page = visit("vega", cast.vega).go(room(reading, reading.report)).page
    is_drawn(page)
    page.evaluate(SLOW_FIRST)
    page.locator("[data-stage]").click()
    for _time in range(4):
        page.keyboard.press("r")
    page.wait_for_timeout(2000)
    page.reload()
    assert page.locator("[data-sheet]").get_attribute("data-turns") == "0"


def test_what_was_asked_for_last_is_shown_whatever_comes_first(visit, cast, reading):
    page = visit("vega", cast.vega).go(room(reading, reading.report)).page
    is_drawn(page)
    late = []
    page.route("**record=request**", lambda route: late.append(route))
    page.locator(".so-recs").evaluate("list => { list.dataset.before = 'yes'; }")
    page.locator(".so-recs a").nth(0).click()
    second = page.locator(".so-recs a").nth(1)
    second.click()
    page.wait_for_function("() => !document.querySelector('.so-recs').dataset.before")
    with page.expect_response("**record=request**"):
        late[0].continue_()
    page.wait_for_timeout(500)
    assert "record=request" not in page.url and second.get_attribute("aria-current")


def test_a_pin_that_is_inserted_stands_apart_from_the_words(visit, cast, reading):
    page = visit("vega", cast.vega).go(room(reading, reading.report)).page
    is_drawn(page)
    page.locator("[data-mark]").click()
    page.keyboard.press("Enter")
    text = page.locator("form[data-opinion] textarea").first
    text.fill("A slip")
    text.press("Home")
    page.locator("[data-insert]").first.click()
    assert text.input_value() == "[1] A slip"


def test_a_text_keeps_its_lines(visit, cast, reading):
    told = build.make_record(
        reading,
        name="Told.txt",
        kind="text",
        page_count=0,
        text="Hb 12.1\n  CRP 4\n\nNo fever\n",
        now=timezone.now(),
    )
    for path in (room(reading, told), f"/records/{reading.reference}/{told.key}/"):
        page = visit("vega", cast.vega).go(path).page
        assert page.locator("article.is-text").inner_text().rstrip() == "Hb 12.1\n  CRP 4\n\nNo fever"
