"""A living portal, one Chromium, and the cast. Each test opens windows of its own with `visit`."""

import os
import shutil
from types import SimpleNamespace

import pytest

from portal import fonts
from referrals.vocabulary import Role
from tests import build
from tests.browser import files
from tests.browser import scenes as scenery
from tests.browser.look import Visitor, screenshots
from tests.browser.site import living

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Without a Chromium these are skipped, and `make test` says so in its last line."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(
                    pytest.mark.skip(reason="the browser tests (there is no Chromium on this machine)")
                )


@pytest.fixture(scope="package")
def site(django_db_blocker):
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this very thread
    for name in fonts.missing():
        fonts.make(name)
    with django_db_blocker.unblock(), living() as site:
        yield site


@pytest.fixture(scope="package")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()
    print(f"\nscreenshots: {screenshots()}")


@pytest.fixture(scope="package")
def cast(site):
    """Those who work at the clinic. Patients are made anew for each test: `patient("Rosa Lindqvist")`."""
    clinic = build.make_clinic(
        phone_hours="Mon to Fri, 9:00 to 17:00", emergency_number="911",
        price_note="An opinion costs 450 dollars. You pay once it is signed.",
    )  # fmt: skip
    return SimpleNamespace(
        clinic=clinic,
        sam=build.make_person("sam ito", Role.COORDINATOR),
        tess=build.make_person("tess auden", Role.TRIAGE_CLINICIAN),
        vega=build.make_specialist("vega oakley"),
        stone=build.make_specialist("stone marsh", specialty="neurosurgery"),
        quin=build.make_person("quin porter", Role.QUALITY_READER),
        lea=build.make_person("lea brandt", Role.LEAD),
    )


@pytest.fixture
def patient(cast):
    made = iter(range(1, 100))

    def make(name="Rosa Lindqvist", **fields):
        tail = os.urandom(3).hex()
        return build.make_person(
            name, email=f"p{next(made)}{tail}@patients.example", zone="America/Chicago", **fields
        )

    return make


@pytest.fixture
def visit(site, chromium):
    """`visit("ana", person)`: a window of their own, signed in; closed at the end, and then nothing may be wrong."""
    opened = []

    def open_window(label, person=None, **options):
        visitor = Visitor(chromium, site, label, **options)
        opened.append(visitor)
        return visitor.sign_in(person) if person else visitor

    yield open_window
    wrong = []
    for visitor in opened:
        try:
            visitor.close()
        except AssertionError as found:
            wrong.append(str(found))
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="package")
def real_files(tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    return SimpleNamespace(
        letter=files.pdf(place / "Doctor’s letter.pdf"),
        report=files.pdf(place / "Report of the scan.pdf", title="MRI report", pages=3),
        locked=files.pdf(place / "Locked report.pdf", password="secret"),
        photo=files.photo(place / "IMG_2041.jpg"),
        scan=files.scan(place / "CT-axial.dcm"),
        note=files.note(place / "My medicines.txt"),
    )


@pytest.fixture(scope="package")
def scenes(cast, real_files, chromium):
    """Cases at rest in every state."""
    number = iter(range(100))

    def patient():
        return build.make_person(
            "Juniper Ashgrove", email=f"scene{next(number)}@patients.example", zone="America/Chicago"
        )

    made = scenery.make(cast, patient, real_files)
    page = chromium.new_page()
    scenery.wait_for_worker(page, made.records)
    page.close()
    return made
