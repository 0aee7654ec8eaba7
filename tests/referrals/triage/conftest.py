"""Signed-in browsers of the cast."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.build import make_case


def at(person):
    browser = Client()
    browser.force_login(person)
    return browser


@pytest.fixture
def as_tess(tess):
    return at(tess)


@pytest.fixture
def as_sam(sam):
    return at(sam)


@pytest.fixture
def as_lea(lea):
    return at(lea)


@pytest.fixture
def sent(ana):
    """A request that was sent a moment ago."""
    return make_case(ana, now=timezone.now())
