"""Files on their way in, in a real browser: folders dropped, lines that break, pauses, pages closed and left."""

import random
import re

import pydicom
import pytest

from referrals.models import Record, Upload
from referrals.records import arrivals
from referrals.rules import upload_links
from referrals.vocabulary import UploadStatus
from tests.browser.look import PHONE, WIDE
from tests.build import make_case, make_draft, make_record, real_now

MB = 1_000_000
BROKEN = re.compile(r"net::ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION\w*|NETWORK\w*|ABORTED)")


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """A file that travels for a while, without a kind anybody knows."""
    file = tmp_path_factory.mktemp("big") / "MRI lower back.dcm"
    file.write_bytes(random.Random(1).randbytes(14 * MB))
    return file


@pytest.fixture(scope="module")
def disc(tmp_path_factory, real_files):
    """A disc as hospitals burn them: images in folders, and a viewer nobody needs."""
    place = tmp_path_factory.mktemp("disc") / "CD of March"
    image = pydicom.dcmread(real_files.scan)
    study = image.StudyInstanceUID
    for series in range(3):
        (place / "DICOM" / f"SE{series}").mkdir(parents=True)
        image.SeriesInstanceUID, image.SeriesNumber = f"{study}.{series}", series + 1
        for number in range(40):
            image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"{study}.{series}.{number}"
            image.InstanceNumber = number + 1
            image.save_as(place / "DICOM" / f"SE{series}" / f"IM{number:04}")
    (place / "VIEWER.EXE").write_bytes(b"MZ" + b"\0" * 1000)
    return place


def slow_line(someone, bytes_a_second):
    """As slow as hotels have it; -1 lifts the limit."""
    cdp = someone.context.new_cdp_session(someone.page)
    cdp.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": 20,
        "downloadThroughput": -1,
        "uploadThroughput": bytes_a_second,
    }
    cdp.send("Network.emulateNetworkConditions", conditions)
    return cdp


def drop(someone, *paths):
    """Real files and folders, dragged from the desk onto the page."""
    cdp = someone.context.new_cdp_session(someone.page)
    zone = someone.page.locator("[data-drop]")
    zone.scroll_into_view_if_needed()
    box = zone.bounding_box()
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        cdp.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


def adding(visit, person, case, label, **options):
    someone = visit(label, person, **options)
    return someone.go(f"/records/{case.reference}/add/")


def choose(someone, *paths, where="#id_files"):
    someone.page.set_input_files(where, [str(path) for path in paths])


def wait_for_percent(someone, least):
    someone.page.wait_for_function(
        "least => [...document.querySelectorAll('[data-going] progress')].some(bar => bar.value >= least)", arg=least,
        timeout=60_000,
    )  # fmt: skip


def wait_until_in(someone, count=1):
    someone.page.locator("[data-progress]").get_by_text("All files are in").wait_for(timeout=90_000)
    assert someone.page.locator("[data-going] li").count() == 0


def forgive_broken_lines(someone):
    someone.wrong = [each for each in someone.wrong if not BROKEN.search(each)]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_progress_pause_and_going_on(visit, patient, big, size):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "pauses", size=size)
    slow_line(page, 2 * MB)
    choose(page, big)
    page.page.get_by_text(re.compile(r"% · .* MB of 14 MB · about .* left")).wait_for()
    page.look("upload-running").says("1 file on its way")
    page.page.get_by_role("button", name="Pause MRI lower back.dcm").click()
    page.page.get_by_text("Paused", exact=False).first.wait_for()
    page.look("upload-paused")
    page.page.wait_for_timeout(800)
    sent = Upload.objects.get(case=case).offset
    page.page.wait_for_timeout(1500)
    assert Upload.objects.get(case=case).offset == sent, "a pause is a pause"
    slow_line(page, -1)
    page.page.get_by_role("button", name="Go on with MRI lower back.dcm").click()
    wait_until_in(page)
    upload = Upload.objects.get(case=case)
    assert (upload.status, upload.record.size) == (UploadStatus.DONE, 14 * MB)
    page.page.locator("#files").get_by_text("MRI lower back.dcm").first.wait_for()
    page.expect(423), page.expect(409)


@pytest.mark.parametrize("module", ["uploads", "uploads/tus"])
def test_chosen_before_the_script_was_there_it_is_sent(visit, patient, real_files, module):
    rosa = patient()
    case = make_draft(rosa)
    page = visit("early", rosa)
    held, is_there = [], []

    def wait(route):
        return route.continue_() if is_there else held.append(route)

    page.page.route(re.compile(rf"/js/{module}[.\w]*\.js"), wait)
    page.page.goto(f"{page.site.url}/records/{case.reference}/add/", wait_until="commit")
    choose(page, real_files.letter)
    until(page, lambda: held)
    assert page.page.locator("[data-plain]").is_visible(), "the plain form would take it as well"
    is_there.append(True)
    for route in held:
        route.continue_()
    wait_until_in(page)
    assert case.records.count() == 1
    assert page.page.evaluate("() => document.querySelector('#id_files').files.length") == 0


HOLD_MARKS = """() => {
  const real = crypto.subtle.digest.bind(crypto.subtle);
  window.held = [];
  crypto.subtle.digest = (...what) => new Promise((go) => window.held.push(() => go(real(...what))));
}"""


def test_paused_before_it_began_it_begins_once(visit, patient, big):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "marks")
    begun = []
    page.page.on(
        "request",
        lambda asked: (
            begun.append(asked.url) if asked.method == "POST" and asked.url.endswith("/uploads/") else None
        ),
    )
    page.page.evaluate(HOLD_MARKS)
    choose(page, big)
    page.page.wait_for_function("() => window.held.length === 1")
    page.page.get_by_role("button", name="Pause MRI lower back.dcm").click()
    page.page.get_by_role("button", name="Go on with MRI lower back.dcm").click()
    page.page.wait_for_function("() => window.held.length === 2")
    page.page.evaluate("() => window.held.forEach((go) => go())")
    wait_until_in(page)
    assert len(begun) == 1
    assert case.uploads.get().status == UploadStatus.DONE


def test_cancelled_before_the_first_answer_nothing_is_left_behind(visit, patient, big):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "no-answer")
    asked = []

    def no_answer(route):
        if route.request.method != "POST" or asked:
            return route.continue_()
        asked.append(route.fetch().status)  # it has begun, and the line breaks before the answer
        return None

    page.page.route("**/records/uploads/", no_answer)
    choose(page, big)
    until(page, lambda: asked and case.uploads.open().exists())
    page.page.get_by_role("button", name="Cancel upload of MRI lower back.dcm").click()
    until(page, lambda: not case.uploads.open().exists())
    assert [each.status for each in case.uploads.all()] == [UploadStatus.CANCELLED]
    forgive_broken_lines(page)


def until(someone, holds, patience=20):
    for _look in range(patience * 10):
        if holds():
            return
        someone.page.wait_for_timeout(100)
    raise AssertionError("It did not come to that")


def test_a_choice_that_could_not_be_saved_does_not_look_saved(visit, patient):
    rosa = patient()
    case = make_draft(rosa)
    record = make_record(case, type="other")
    page = adding(visit, rosa, case, "unsaved")
    box = page.page.locator(f"#type-{record.key}")
    page.context.set_offline(True)
    box.select_option("images")
    page.page.get_by_text("What you chose is not saved").wait_for()
    assert box.input_value() == "other"
    page.context.set_offline(False)
    with page.page.expect_response(lambda answer: answer.request.method == "POST"):
        box.select_option("images")
    record.refresh_from_db()
    assert record.type == "images"
    forgive_broken_lines(page)


def test_a_lost_connection_goes_on_by_itself(visit, patient, big):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "offline")
    slow_line(page, 2 * MB)
    choose(page, big)
    wait_for_percent(page, 10)
    page.context.set_offline(True)
    page.page.get_by_text("No connection just now").wait_for()
    page.look("upload-offline")
    page.page.wait_for_timeout(1500)
    page.context.set_offline(False)
    slow_line(page, -1)
    wait_until_in(page)
    assert Record.objects.get(case=case).size == 14 * MB
    assert Upload.objects.filter(case=case).count() == 1
    forgive_broken_lines(page)
    page.expect(423), page.expect(409)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_page_that_was_closed_and_the_file_chosen_again(visit, patient, big, size):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "closes", size=size)
    slow_line(page, MB)  # so slow that the page is closed long before the end, however busy the machine
    choose(page, big)
    page.page.wait_for_function(
        "() => document.querySelector('[data-going] progress')?.value >= 60", timeout=60_000
    )
    page.page.close(run_before_unload=False)
    page.page = page.context.new_page()
    page.go(f"/records/{case.reference}/add/")
    page.says("MRI lower back.dcm", "Choose the file again to go on where it stopped", "kept until")
    page.look("upload-left")
    page.page.wait_for_timeout(500)
    kept = Upload.objects.get(case=case).offset
    assert kept > 4 * MB
    choose(page, big)
    wait_until_in(page)
    upload = Upload.objects.get(case=case)
    assert (upload.status, upload.record.size) == (UploadStatus.DONE, 14 * MB)
    page.expect(423), page.expect(409)


def test_cancelling_leaves_nothing(visit, patient, big):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "cancels")
    slow_line(page, MB)
    choose(page, big)
    wait_for_percent(page, 3)
    page.page.get_by_role("button", name="Cancel upload of MRI lower back.dcm").click()
    page.page.wait_for_function("() => !document.querySelector('[data-going] li')")
    page.page.wait_for_timeout(1000)
    assert Upload.objects.get(case=case).status == UploadStatus.CANCELLED
    assert not case.records.exists()
    forgive_broken_lines(page)


@pytest.mark.parametrize("way", ["dropped", "chosen"])
def test_a_whole_disc_is_one_row(visit, patient, disc, way):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, f"disc-{way}")
    if way == "dropped":
        drop(page, disc)
    else:
        choose(page, disc, where="#id_files_folder")
    wait_until_in(page)
    page.page.locator("#files").get_by_text("CD of March").first.wait_for()
    assert page.page.locator("#files .so-file").count() <= 3, "a disc is a row, not a hundred"
    page.look("upload-disc")
    page.page.locator("#files").get_by_text("1 file: 1 ready.").wait_for(timeout=300_000)
    study = case.records.get()
    assert study.series.count() == 3 and study.page_count == 120
    page.look("upload-disc-joined")


def test_what_is_no_record_on_a_disc_stays_at_home(visit, patient, disc):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "litter")
    for name in ("AUTORUN.INF", "DICOMDIR", "show.html", "Empty.txt"):
        (disc / name).write_bytes(b"" if name == "Empty.txt" else b"[autorun]")
    choose(page, disc, where="#id_files_folder")
    said = "5 files of “\u2068CD of March\u2069” are no records, such as programs that show pictures."
    page.page.get_by_text(said).wait_for()
    wait_until_in(page)
    page.look("upload-litter").says_not("VIEWER.EXE", "AUTORUN.INF", "Can’t be read")
    assert not case.records.filter(name__in=["VIEWER.EXE", "AUTORUN.INF", "DICOMDIR", "show.html"]).exists()


def test_a_disc_that_comes_again_is_one_line(visit, patient, disc):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "disc-again")
    choose(page, disc, where="#id_files_folder")
    wait_until_in(page)
    page.go(f"/records/{case.reference}/add/")
    choose(page, disc, where="#id_files_folder")
    page.page.get_by_text("120 files were here before. We keep them once.").wait_for(timeout=60_000)
    assert page.page.locator("[data-going] p").count() == 1


def test_the_same_file_twice_is_said(visit, patient, real_files):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "twice")
    choose(page, real_files.letter)
    wait_until_in(page)
    choose(page, real_files.letter)
    page.page.get_by_text("was here before. We keep it once").first.wait_for()
    page.look("upload-twice")
    assert case.records.count() == 1


def test_what_cannot_be_taken_is_said_with_a_way_on(visit, patient, tmp_path, real_files):
    rosa = patient()
    case = make_draft(rosa)
    empty = tmp_path / "empty.pdf"
    empty.touch()
    page = adding(visit, rosa, case, "refused")
    choose(page, empty, real_files.note)
    page.page.get_by_text("This file is empty").first.wait_for()
    page.page.locator("#files").get_by_text("My medicines.txt").first.wait_for()
    page.page.get_by_text("1 file was not added: see below. The others are in.").wait_for()
    page.look("upload-refused").says_not("All files are in")
    page.page.get_by_role("button", name="Take empty.pdf off this list").click()
    assert page.page.locator("[data-going] li").count() == 0


def test_signed_out_in_the_middle_loses_nothing(visit, patient, big):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "out")
    slow_line(page, 2 * MB)
    choose(page, big)
    wait_for_percent(page, 10)
    page.page.get_by_role("button", name="Pause MRI lower back.dcm").click()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    slow_line(page, -1)
    page.page.get_by_role("button", name="Go on with MRI lower back.dcm").click()
    page.page.get_by_text("You are signed out").first.wait_for()
    page.context.add_cookies(cookies)
    page.page.get_by_role("button", name="Try again").click()
    wait_until_in(page)
    assert Upload.objects.get(case=case).status == UploadStatus.DONE
    page.expect(423), page.expect(409), page.expect(405), page.expect(403)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_staff_add_for_a_patient(visit, cast, patient, real_files, size):
    case = make_case(patient())
    sam = adding(visit, cast.sam, case, "staff-adds", size=size)
    choose(sam, real_files.report)
    sam.page.get_by_text("Choose first how the files reached you").wait_for()
    sam.choose(way_in="fax")
    wait_until_in(sam)
    sam.page.locator("#files").get_by_text("By fax").wait_for()
    sam.look("staff-add").says("added by")
    record = case.records.get()
    assert (record.way_in, record.added_by) == ("fax", cast.sam)
    sam.go(f"/records/{case.reference}/note/").look("staff-note")
    sam.fill(title="Medicines", text="Takes aspirin").press("Keep it")
    assert case.records.get(way_in="told").name == "Medicines.txt"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_source_sends_by_a_link(visit, cast, patient, real_files, disc, size):
    rosa = patient()
    case = make_case(rosa)
    page = visit("link-maker", rosa, size=size).go(f"/records/{case.reference}/links/")
    page.look("links").expect(422)
    page.press("Make the link").look("links-errors")
    page.fill(label="Millpond Center").press("Make the link").look("link-made")
    address = page.page.input_value("#address")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.page.get_by_role("button", name="Copy the link").click()
    page.page.get_by_text("Copied. Now send it to them.").wait_for()
    assert page.page.evaluate("() => navigator.clipboard.readText()") == address
    source = visit("source", size=size).go(address)
    source.look("send").says_not(case.reference, rosa.name)
    choose(source, real_files.letter)
    source.page.get_by_text("All files are in").wait_for()
    choose(source, disc, where="#id_files_folder")
    source.page.get_by_text("Here ·").nth(1).wait_for()
    source.look("sent-by-link").says("Doctor’s letter.pdf")
    page.go(f"/records/{case.reference}/links/").says("came by it")
    page.follow("Close this link").look("link-close").press("Close it")
    source.go(address, 410).look("link-over")


def test_a_link_that_is_closed_while_its_page_is_open_says_so(visit, patient, real_files):
    rosa = patient()
    case = make_case(rosa)
    link, address = upload_links.make(case=case, label="Mill", days=7, by=rosa, now=real_now())
    source = visit("source-late", size=PHONE).go("/" + address.split("/", 3)[3])
    choose(source, real_files.letter)
    source.page.get_by_text("All files are in").wait_for()
    arrivals.close_link(link=link, by=rosa, now=real_now())
    for _try in range(2):
        source.expect(410)
    choose(source, real_files.note)
    source.page.get_by_text("Ask whoever gave it to you for a new one").first.wait_for()
    source.look("send-closed").says_not("All files are in", "Try again")


def test_a_source_without_scripts(visit, patient, real_files):
    rosa = patient()
    case = make_case(rosa)
    _link, address = upload_links.make(case=case, label="Mill", days=7, by=rosa, now=real_now())
    path = "/" + address.split("/", 3)[3]
    source = visit("source-plain", java_script_enabled=False).go(path)
    choose(source, real_files.letter, real_files.note)
    source.press("Send these files").says("2 files arrived", "My medicines.txt").look("send-plain")
    assert case.records.count() == 2


def test_without_scripts_an_upload_that_was_left_can_be_given_up(visit, patient, big):
    rosa = patient()
    case = make_draft(rosa)
    page = adding(visit, rosa, case, "leaves")
    slow_line(page, MB)
    choose(page, big)
    wait_for_percent(page, 2)
    page.page.close(run_before_unload=False)
    plain = adding(visit, rosa, case, "plain", java_script_enabled=False)
    plain.follow("Cancel upload of MRI lower back.dcm").look("upload-stop").press("Cancel the upload")
    assert Upload.objects.get(case=case).status == UploadStatus.CANCELLED
