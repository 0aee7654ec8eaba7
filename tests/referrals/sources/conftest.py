"""A case with somebody who holds its records, and signed-in browsers."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from referrals.rules import clocks
from referrals.sources import actions
from tests.build import make_case, make_source


def at(person):
    browser = Client()
    if person:
        browser.force_login(person)
    return browser


def url(name, source, *args):
    return reverse(f"sources:{name}", args=[source.case.reference, source.key, *args])


def fresh(row):
    row.refresh_from_db()
    return row


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.RECORDS_DIR = str(tmp_path / "records")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def case(ana, tess, now):
    return make_case(ana, "triage", staff=tess, now=now)


@pytest.fixture
def source(case, now):
    return make_source(case, now=now, address="1 Mill Lane\nMillpond", phone="555 014 0100")


@pytest.fixture
def to_sign(source, ana, now):
    return actions.choose_route(source=source, route="authorisation", by=ana, now=now)


@pytest.fixture
def asked(case, ana, now):
    """Asked for an own copy twelve days ago."""
    day = (now - 12 * clocks.DAY).date()
    return make_source(case, now=now, status="requested", requested_on=day, name="Brookfall Spine")
