"""Records that others hold, in a browser: a patient names a place and signs, a worker makes the letter, staff chase."""

import datetime as dt
import zipfile

import pytest
from django.utils import timezone

from referrals.models import CarryPack, Letter
from referrals.rules import completeness
from referrals.sources import specimens
from tests import build
from tests.browser.look import PHONE, WIDE
from tests.referrals.records import samples


def wait_for_letters(someone):
    for _look in range(120):
        if not Letter.objects.filter(status="planned").exists():
            someone.page.reload()
            return
        someone.page.wait_for_timeout(500)
    raise AssertionError("The worker makes no letters")


@pytest.mark.parametrize(
    "options", [{"size": WIDE}, {"size": PHONE, "java_script_enabled": False}], ids=["wide", "plain"]
)
def test_a_patient_lets_the_clinic_ask_and_signs_on_the_screen(options, visit, patient, cast):
    who = patient()
    case = build.make_case(who, "draft", now=timezone.now())
    ana = visit("sources", who, **options)
    ana.go(f"/records/{case.reference}/add/").follow("Let the clinic ask for me").look("sources-none")
    ana.follow("Name a place").look("source-add")
    ana.expect(422)
    ana.press("Save").look("source-add-errors")
    ana.page.get_by_text("Phone, address and more").click()
    ana.fill(name="Millpond Imaging", phone="555 014 7100").choose(kind="imaging", types="images").press(
        "Save"
    )
    ana.look("source-route").choose(route="authorisation").press("Go on")
    ana.look("source-sign").says("Who is to send it", "How to take it back")
    ana.expect(422)
    ana.press("Sign this form").look("source-sign-errors")
    day = timezone.localdate() + dt.timedelta(days=200)
    ana.choose(ends="day").fill(
        name=who.name, on_day=str(day.day), on_month=str(day.month), on_year=str(day.year)
    )
    ana.press("Show the form with this time").look("source-sign-until").says(f"{day.year}.")
    assert ana.page.input_value("[name=name]") == who.name
    ana.choose(agree="").press("Sign this form").look("source-signed")
    if options.get("java_script_enabled", True):
        ana.page.get_by_role("link", name="The form you signed").wait_for(timeout=60_000)
    else:
        wait_for_letters(ana)
    ana.look("source-with-letter").says("Signed forms", "The form you signed")
    ana.follow("Take my signature back").look("source-revoke")
    ana.go(f"/sources/{case.reference}/").look("sources-one")


@pytest.mark.parametrize(
    "options", [{"size": PHONE}, {"size": WIDE, "java_script_enabled": False}], ids=["phone", "plain"]
)
def test_a_patient_takes_the_records_along(options, visit, patient, tmp_path):
    who = patient()
    case = build.make_case(who, "draft", now=timezone.now())
    ana = visit("pack", who, **options)
    ana.go(f"/records/{case.reference}/pack/").look("pack-nothing")
    samples.ready(case, samples.pdf(2, mark="Letter"), "letter.pdf")
    samples.study(case, slices=2)
    ana.go(f"/sources/{case.reference}/").follow("Take the records along").look("pack-none")
    ana.press("Make my pack")
    if options.get("java_script_enabled", True):
        ana.page.get_by_role("link", name="Fetch the pack").wait_for(timeout=60_000)
    else:
        wait_for_packs(ana)
    ana.look("pack-ready")
    with ana.page.expect_download() as download:
        ana.page.get_by_role("link", name="Fetch the pack").click()
    download.value.save_as(tmp_path / "pack.zip")
    names = zipfile.ZipFile(tmp_path / "pack.zip").namelist()
    assert [name.partition("/")[0] for name in names] == [f"records-{case.reference}.pdf", "images", "images"]


def wait_for_packs(someone):
    for _look in range(120):
        if not CarryPack.objects.filter(status="planned").exists():
            someone.follow("Look again")
            return
        someone.page.wait_for_timeout(500)
    raise AssertionError("The worker makes no packs")


def test_both_sides_see_a_case_that_waits(visit, patient, cast):
    who, now = patient(), timezone.now()
    case = build.make_case(who, "records_pending", staff=cast.tess, now=now)
    late = (now - dt.timedelta(days=40)).date()
    source = build.make_source(case, now=now, status="requested", requested_on=late, phone="555 014 7100")
    build.make_source(
        case, now=now, status="unavailable", why="They closed", name="Reedwater Pharmacy", kind="pharmacy"
    )
    source.contacts.create(at=now, by=cast.sam, kind="called", text="Mrs. Reed: it is on its way")
    slides = specimens.add(
        case=case, source=source, kind="slides", label="S26-1841", count=4, by=cast.sam, now=now
    )
    specimens.move(specimen=slides, act="send", on=now.date(), note="1Z 99", by=cast.sam, now=now)
    sam = visit("sources-staff", cast.sam)
    for name, address in {
        "staff-case-pending": f"/triage/cases/{case.reference}/", "staff-sources": f"/sources/{case.reference}/",
        "staff-source": f"/sources/{case.reference}/{source.key}/",
        "staff-letter": f"/sources/{case.reference}/{source.key}/letter/formal/",
        "staff-extend": f"/sources/{case.reference}/{source.key}/do/extend/",
        "staff-slides": f"/sources/{case.reference}/slides/",
        "staff-slides-add": f"/sources/{case.reference}/slides/add/",
        "staff-line": f"/triage/cases/{case.reference}/record/letter/",
        "staff-go-without": f"/triage/cases/{case.reference}/begin-without/", "worklist-chase": "/triage/?view=chase",
    }.items():  # fmt: skip
        sam.go(address).look(name)
    completeness.ask_to_go_without(
        case=case, text="We can read the plan without the scan.", by=cast.sam, now=now
    )
    sam.go(f"/triage/cases/{case.reference}/begin-without/phone/").look("staff-consent-phone")
    ana = visit("sources-patient", who, size=PHONE)
    for name, address in {
        "case-pending": f"/cases/{case.reference}/", "sources-late": f"/sources/{case.reference}/{source.key}/",
        "sources-list": f"/sources/{case.reference}/", "slides": f"/sources/{case.reference}/slides/",
        "consent": f"/sources/{case.reference}/without/",
    }.items():  # fmt: skip
        ana.go(address).look(name)
    ana.expect(422)
    ana.press("Send my answer").look("consent-errors")
    ana.choose(answer="yes").press("Send my answer").look("case-consented")
