"""What every test may use. The servers come first: settings read their addresses."""

# ruff: noqa: E402
from tests import servers

servers.start()

import django

django.setup()

import os

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

from referrals.vocabulary import Role
from tests import build

pytest_plugins = ["tests.processes"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config, specs):
    """The processes of one run read the settings once `servers.start` has given them databases of their own."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


# A busy machine is slow; that is no fault of what is tested.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(autouse=True)
def forget_counters():
    """Rate limits count in the cache; no test inherits another's."""
    cache.clear()


@pytest.fixture
def clinic(db):
    return build.make_clinic()


@pytest.fixture
def ana(clinic):
    """A patient."""
    return build.make_person("ana")


@pytest.fixture
def ben(clinic):
    """Another patient."""
    return build.make_person("ben")


@pytest.fixture
def pia(clinic):
    """A parent who asks for a child."""
    return build.make_person("pia")


@pytest.fixture
def sam(clinic):
    """A coordinator."""
    return build.make_person("sam", Role.COORDINATOR)


@pytest.fixture
def tess(clinic):
    """A triage clinician."""
    return build.make_person("tess", Role.TRIAGE_CLINICIAN)


@pytest.fixture
def dr_vega(clinic):
    """A specialist."""
    return build.make_specialist("vega")


@pytest.fixture
def dr_stone(clinic):
    """Another specialist."""
    return build.make_specialist("stone", specialty="neurosurgery")


@pytest.fixture
def quin(clinic):
    """A quality reader."""
    return build.make_person("quin", Role.QUALITY_READER)


@pytest.fixture
def lea(clinic):
    """The lead."""
    return build.make_person("lea", Role.LEAD)
