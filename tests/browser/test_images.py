"""A scan of several series, looked at in the reading room and by its patient: real files, joined by the real checks."""

import io
import math
import os
import re

import numpy as np
import pydicom
import pytest
from django.utils import timezone
from pydicom.data import get_testdata_file

from referrals import storage
from referrals.models import Citation, Record
from referrals.records import actions
from referrals.vocabulary import CaseStatus, RecordStatus
from tests import build
from tests.browser.look import PHONE
from tests.referrals.records import dicoms

SLICES, SIZE, FILL = 12, 512, 4000
MPEG = "1.2.840.10008.1.2.4.100"
SHOWN = "() => document.querySelector('[data-scan]')?.dataset.state === 'shown' && performance.now()"
MIDDLE = """(n) => { const canvas = document.querySelectorAll('[data-scan] canvas')[n];
  const ink = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  ink.drawImage(canvas, canvas.width / 2, canvas.height / 2, 1, 1, 0, 0, 1, 1);
  return [...ink.getImageData(0, 0, 1, 1).data].slice(0, 3) }"""


def body_of(number):
    """A round something of 1064 (40 HU) in 24 (-1000 HU), its middle brighter from slice to slice, filled up above."""
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE // 2
    values = np.where((x / 200) ** 2 + (y / 150) ** 2 < 1, 1064, 24)
    values[(abs(x) < 20) & (abs(y) < 20)] = 1000 + 10 * number
    values[y < -250] = FILL
    return values.astype("<u2").tobytes()


def shipped(name, number, series, z):
    """A slice that comes with pydicom, at another place of this study."""
    made = pydicom.dcmread(get_testdata_file(name))
    made.StudyInstanceUID, made.SeriesInstanceUID = dicoms.STUDY, f"{dicoms.STUDY}.{series}"
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = f"{dicoms.STUDY}.{series}.{number}"
    made.SeriesNumber, made.InstanceNumber, made.PatientName = series, number, "Ashgrove^Juniper"
    made.ImagePositionPatient = [*made.ImagePositionPatient[:2], z]
    return dicoms.packed(made)


def files():
    who = {"PatientName": "Ashgrove^Juniper"}
    for number in range(1, SLICES + 1):
        yield dicoms.slice_(
            number,
            size=(SIZE, SIZE),
            PixelData=body_of(number),
            SeriesDescription="Axial, soft",
            PixelPaddingValue=FILL,
            **who,
        )
    for number in range(1, 4):
        yield shipped("CT_small.dcm", number, 2, 5.0 * number)
    yield shipped("MR_small.dcm", 1, 3, 0.0)
    yield dicoms.slice_(1, series=4, PixelSpacing=None, SeriesDescription="No size", **who)
    colours = bytes([200, 30, 90]) * (64 * 64)
    yield dicoms.slice_(
        1, series=5, size=(64, 64), SamplesPerPixel=3, PlanarConfiguration=0, PhotometricInterpretation="RGB",
        BitsAllocated=8, BitsStored=8, HighBit=7, PixelData=colours, Modality="US", SeriesDescription="Colour",
        WindowCenter=None, WindowWidth=None, WindowCenterWidthExplanation=None, RescaleIntercept=None,
        RescaleSlope=None, **who,
    )  # fmt: skip
    film = dicoms.dataset(1, series=6, **who)
    film.PixelData = pydicom.encaps.encapsulate([b"not a film"])
    film.file_meta.TransferSyntaxUID = MPEG
    film["PixelData"].is_undefined_length = True
    yield dicoms.packed(film)


@pytest.fixture(scope="module")
def study(site, cast):
    ashgrove = build.make_person(
        "Juniper Ashgrove", email=f"scan{os.urandom(3).hex()}@patients.example", zone="America/Chicago"
    )
    now = timezone.now()
    case = build.make_case(ashgrove, CaseStatus.IN_REVIEW, staff=cast.tess, specialist=cast.vega, now=now)
    for number, body in enumerate(files()):
        stored = storage.put(io.BytesIO(body))
        actions.add(case=case, stored=stored, name=f"IM{number:04d}", by=ashgrove, now=now, type="images")
    return case


@pytest.fixture
def record(study, chromium):
    page = chromium.new_page()
    for _look in range(240):
        rows = Record.objects.filter(case=study)
        if rows.count() == 1 and rows.get().status == RecordStatus.READY:
            break
        page.wait_for_timeout(250)
    else:
        raise AssertionError(list(rows.values_list("status", "refusal", "name")))
    page.close()
    return rows.get()


class Viewing:
    """What is on the screen, and hands to change it."""

    def __init__(self, someone):
        self.someone, self.page = someone, someone.page
        self.ms = self.page.wait_for_function(SHOWN).json_value()
        self.scan = self.page.locator("[data-scan]").first

    def corner(self, number, scan=0):
        return self.page.locator("[data-scan]").nth(scan).locator("[data-corner]").nth(number).inner_text()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def has(self, words, corner=0, scan=0):
        """Waits until a corner says so."""
        self.page.wait_for_function(
            "([words, corner, scan]) => document.querySelectorAll('[data-scan]')[scan]"
            ".querySelectorAll('[data-corner]')[corner].innerText.includes(words)",
            arg=[words, corner, scan],
        )
        return self

    def said(self, words):
        self.page.wait_for_function(
            "words => document.querySelector('[data-scan].is-active [data-scan-said]').innerText.includes(words)",
            arg=words,
        )
        return self

    def act(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()
        return self

    def series(self, name):
        self.page.locator("[data-film] button", has_text=name).click()
        return self.has(name)

    def middle(self, scan=0):
        return self.page.evaluate(MIDDLE, scan)


def room(study, record):
    return f"/review/{study.reference}/?record={record.key}&pane=page"


def test_a_scan_is_looked_through_by_hand(visit, cast, study, record):
    vega = visit("vega", cast.vega)
    times = []
    for _time in range(3):
        view = Viewing(vega.go(room(study, record)))
        times.append(round(view.ms))
    print(f"\nfirst image of {SLICES} of {SIZE}²: {times} ms from navigation")
    assert min(times) < 2000  # under 1000 where nothing else runs
    view.has("6 of 12").has("Ashgrove", 1).has("W 400 L 40", 3)
    vega.says("Not for primary diagnosis", "Films can’t be played here yet").look("images")
    assert view.corner(0).split("\n") == ["Axial, soft", "6 of 12", "Taken 6 Nov 2026"]

    before = view.middle()
    view.scan.focus()
    assert view.press("ArrowDown").has("7 of 12").middle() != before
    view.press("End").has("12 of 12").press("Home").has("1 of 12").press("PageDown").has("11 of 12")
    view.page.locator("[data-frame-slider]").fill("4")
    view.has("4 of 12")
    view.scan.hover()
    view.page.mouse.wheel(0, 120)
    view.has("5 of 12")
    box = view.scan.bounding_box()
    centre = (box["x"] + box["width"] / 2 + 2, box["y"] + box["height"] / 2 + 2)
    view.page.mouse.move(*centre)
    view.has("26 HU", 3)  # 1000 + 10 * 5 - 1024

    view.page.get_by_label("Bone", exact=True).check(force=True)
    view.has("W 1800 L 400", 3)
    view.page.mouse.move(*centre)
    view.page.mouse.down()
    view.page.mouse.move(centre[0] + 50, centre[1] + 20, steps=3)
    view.page.mouse.up()
    view.has("W 2100 L 520", 3)
    assert not view.page.locator("[data-windows] input:checked").count()
    view.page.get_by_label("Full range", exact=True).check(force=True)
    view.has("W 1041 L -479", 3)

    before = view.middle()
    assert view.act("Invert").middle() == [255 - part for part in before]
    zoom = view.corner(3)
    assert view.act("Zoom in").corner(3) != zoom
    assert view.act("Fit to the pane").corner(3) == zoom
    sides = view.scan.locator("svg .side")
    assert [each.text_content() for each in sides.all()] == ["L", "P", "R", "A"]
    view.act("Rotate")
    assert [each.text_content() for each in sides.all()] == ["A", "L", "P", "R"]
    view.act("Reset the view").has("W 400 L 40", 3)

    view.act("Run through the images")
    view.page.wait_for_function(
        "() => !document.querySelector('[data-corner]').innerText.includes('\\n5 of 12')"
    )
    view.act("Run through the images")
    view.page.wait_for_timeout(200)
    there = view.corner(0)
    view.page.wait_for_timeout(300)
    assert view.corner(0) == there


def test_a_scan_is_measured_and_compared_by_keys(visit, cast, study, record):
    vega = visit("vega", cast.vega)
    view = Viewing(vega.go(room(study, record)))
    view.scan.focus()
    view.press("m", "Enter", *["Shift+ArrowRight"] * 4).press("Enter").said("20.0 mm")  # 40 pixels of 0.5 mm
    assert view.scan.locator("svg .ruletext").text_content() == "20.0 mm"
    view.press("Delete")
    assert not view.scan.locator("svg .ruletext").count()
    button = view.page.get_by_role("button", name="Ruler", exact=True)
    button.press("Enter")
    view.press("Enter", "Shift+ArrowDown", "Enter").said("5.0 mm")

    view.page.locator("[data-film] button").nth(
        1
    ).click()  # CT_small.dcm says another day of the image than of the study
    view.has("2 of 3").has("Taken 30 Apr 1997, 11:29").has("Study of 6 Nov 2026")
    view.series("No size").has("No ruler", 2)
    view.scan.focus()
    view.press("m").said("nothing can be measured")
    view.series("Colour")
    assert view.middle() == [200, 30, 90]
    assert view.page.locator("[data-windows]").is_hidden() and view.page.locator("[data-frames]").is_hidden()

    view.series("Axial, soft").act("Two series side by side")
    view.page.wait_for_function("() => document.querySelectorAll('[data-scan]')[1].dataset.state === 'shown'")
    view.has("2 of 3", 0, 1)
    view.act("Go through both together")
    view.page.locator("[data-scan]").nth(1).focus()
    view.press("End").has("3 of 3", 0, 1).has("12 of 12")
    vega.look("images-two", narrow=False)
    view.act("Two series side by side")
    assert view.page.locator("[data-scan]").nth(1).is_hidden()


def test_keys_act_wherever_the_focus_is_on_the_page_but_leave_a_control_its_own(visit, cast, study, record):
    vega = visit("vega", cast.vega)
    view = Viewing(vega.go(room(study, record)))
    page, play = view.page, view.page.locator("[data-play]")
    assert vega.has_focus("body")
    view.press("ArrowDown").has("7 of 12").press("Home").has("1 of 12").press("i")
    assert page.locator("[data-act=invert]").get_attribute("aria-pressed") == "true"
    page.locator("[data-act=invert]").focus()
    view.press("Space", "ArrowDown").has("2 of 12")  # Space presses the button, the arrow is free
    assert page.locator("[data-act=invert]").get_attribute("aria-pressed") == "false"
    assert play.get_attribute("aria-pressed") == "false"
    page.locator("[data-frame-slider]").focus()
    view.press("ArrowRight").has("3 of 12").press("i")
    assert page.locator("[data-act=invert]").get_attribute("aria-pressed") == "true"
    page.locator("[data-windows] input").first.focus()
    window = view.corner(3)
    view.press("ArrowDown").has("3 of 12")
    assert view.corner(3) != window
    for field in ("form[data-opinion] [name=advice]", "[data-search] [name=q]"):
        page.locator(field).focus()
        view.press("ArrowUp", "i", "Home").has("3 of 12")
    page.locator(".is-records a[data-turn]").first.focus()
    view.press("ArrowDown").has("3 of 12")
    page.locator("[data-page]").focus()
    view.press("m")
    assert vega.has_focus("[data-scan]")
    view.press("Enter", *["Shift+ArrowRight"] * 4).press("Enter").said("20.0 mm")


def test_keys_that_are_turned_off_act_on_the_image_alone(visit, cast, study, record):
    vega = visit("vega", cast.vega)
    view = Viewing(vega.go(room(study, record)))
    view.page.locator("[data-imagekeys-open]").click()
    view.page.locator("[data-imagekeys-list] [data-keys-switch]").click()
    view.press("Escape")
    view.page.locator("[data-page]").focus()
    view.press("ArrowDown", "i").has("6 of 12")
    view.scan.focus()
    view.press("ArrowDown").has("7 of 12")
    view.page.locator("[data-imagekeys-open]").click()
    assert view.page.locator("[data-imagekeys-list] [data-keys-switch]").inner_text() == "Turn keys on"
    view.page.locator("[data-imagekeys-list] [data-keys-switch]").click()
    view.press("Escape")
    view.page.locator("[data-page]").focus()
    view.press("ArrowDown").has("8 of 12")


def test_a_page_scrolls_to_the_image_before_keys_act_on_it(visit, study, record):
    ana = visit("ana", study.patient)
    ana.page.set_viewport_size({"width": 1000, "height": 500})
    view = Viewing(ana.go(f"/records/{study.reference}/{record.key}/"))
    view.press("ArrowDown").has("6 of 12")
    view.scan.scroll_into_view_if_needed()
    view.press("ArrowDown").has("7 of 12")


def test_a_spot_on_an_image_is_pinned_by_keys_and_opens_there_again(visit, cast, study, record):
    vega = visit("vega", cast.vega)
    view = Viewing(vega.go(room(study, record)))
    view.scan.focus()
    view.press("Home", "ArrowDown", "ArrowDown").has("3 of 12").press("i", "q", "Enter")
    view.press(*["Shift+ArrowRight"] * 5, *["Shift+ArrowDown"] * 3, "Enter")
    assert vega.has_focus("[name=note]")
    view.page.keyboard.type("Bright spot")
    view.press("Enter")
    view.page.locator("[data-marks] .is-wanted").wait_for()
    pin = Citation.objects.get(case=study)
    assert (pin.instance.number, pin.frame, pin.region) == (3, 1, [501, 501, 98, 59])
    assert vega.has_focus("[data-scan]")
    view.has("3 of 12")  # as it was: the frame, and inverted
    assert view.page.locator("[data-act=invert]").get_attribute("aria-pressed") == "true"
    assert view.page.locator("svg .pin.is-wanted").count() == 1
    assert view.page.locator("[data-ownpins]").get_by_text("Bright spot").count()
    vega.says("6 November 2026, image 3").look("images-pin", narrow=False)

    view = Viewing(vega.go(f"{room(study, record)}&pin={pin.key}"))
    view.has("3 of 12")
    assert view.page.locator("svg .pin.is-wanted").count() == 1
    assert re.search(r"pin=[0-9a-f-]{36}", view.page.url)


def test_the_patient_sees_the_images_on_a_phone(visit, cast, study, record):
    ana = visit("ana", study.patient, size=PHONE, color_scheme="dark")
    view = Viewing(ana.go(f"/records/{study.reference}/{record.key}/"))
    assert not view.page.locator("[data-tool=mark]").count()
    view.act("Next image").has("7 of 12")
    ana.look("images")
    box = view.scan.bounding_box()
    assert box["width"] <= 390 and box["height"] >= 320
    vega = visit("vega", cast.vega, size=PHONE)
    Viewing(vega.go(room(study, record)))
    vega.look("images")


GREYS = """async ([look, window]) => {
  const { paint } = await import("/static/portal/js/image-pixels.js");
  const image = new ImageData(256, 1);
  paint(image, Uint8Array.from({ length: 256 }, (_, n) => n), look, [1, 0], window, false);
  return Array.from({ length: 256 }, (_, n) => image.data[4 * n]);
}"""


def by_the_standard(function, value, centre, width):
    """DICOM PS3.3 C.11.2.1.2.1 and C.11.2.1.3, to 0…255."""
    if function == "SIGMOID":
        return 255 / (1 + math.exp(-4 * (value - centre) / width))
    if function == "LINEAR_EXACT":
        return min(max(((value - centre) / width + 0.5) * 255, 0), 255)
    return min(max(((value - (centre - 0.5)) / (width - 1) + 0.5) * 255, 0), 255)


def test_greys_are_those_of_the_standard(visit, patient):
    page = visit("greys", patient()).go("/cases/").page
    for function in ("", "SIGMOID", "LINEAR_EXACT"):
        look = {"bits": 8, "stored": 8, "samples": 1, "photometric": "MONOCHROME2", "voi": function}
        shown = page.evaluate(GREYS, [look, {"centre": 100, "width": 80}])
        for value, grey in enumerate(shown):
            assert abs(grey - by_the_standard(function, value, 100, 80)) <= 0.51, (function, value)
    curve = [255 - n for n in range(256)]
    shown = page.evaluate(GREYS, [look | {"curve": curve}, {"centre": 128, "width": 256}])
    assert shown[:2] == [255, 254] and shown[-1] <= 1


# Frames that come late, one after the other, while somebody starts and stops the film again and again.
RUNS = """async () => {
  const asked = [];
  const given = globalThis.fetch;
  globalThis.fetch = async (url, ...more) => {
    await new Promise((done) => setTimeout(done, 300));
    return given(url, ...more);
  };
  const play = document.querySelector("[data-act=play]");
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  document.querySelector("[data-scan]").addEventListener("so:frame", () => asked.push(performance.now()));
  play.click();
  await pause(60);
  for (let n = 0; n < 4; n += 1) { play.click(); play.click(); await pause(20); }
  await pause(3000);
  asked.length = 0;
  await pause(1200);
  play.click();
  globalThis.fetch = given;
  return asked.length;
}"""
KEPT = """async ([size, ways]) => {
  const { kept } = await import("/static/portal/js/image-frames.js");
  const given = globalThis.fetch;
  globalThis.fetch = async () => new Response(new Uint8Array(size));
  const frames = Array.from({ length: ways.length }, (_, n) => ({ url: `/made-up/${n}/`, bytes: size }));
  let most = 0;
  for (const index of ways) {
    await kept.fetch(frames[index]);
    kept.ahead(frames, index, 1);
    await new Promise((done) => setTimeout(done, 50));
    most = Math.max(most, kept.bytes);
  }
  globalThis.fetch = given;
  return [most, kept.found.has(frames[ways.at(-1)].url)];
}"""


def test_a_film_that_is_stopped_and_started_runs_once(visit, cast, study, record):
    view = Viewing(visit("vega", cast.vega).go(room(study, record)))
    assert 1 <= view.page.evaluate(RUNS) <= 16  # twelve images a second


def test_few_very_large_frames_stay_within_the_bound_of_memory(visit, patient):
    page = visit("kept", patient()).go("/cases/").page
    most, is_there = page.evaluate(KEPT, [60 * 2**20, [0, 1, 2, 3, 4, 5]])
    assert most <= 192 * 2**20
    assert is_there
