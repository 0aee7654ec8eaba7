"""What the tests of this room share: a storage of their own, clients, files that are real."""

import pytest
from django.test import Client

from referrals.records import checks
from tests import build
from tests.referrals.records import clamd, samples


@pytest.fixture(autouse=True)
def storage_dir(settings, tmp_path):
    settings.RECORDS_DIR = str(tmp_path / "records")
    return tmp_path / "records"


@pytest.fixture
def draft(ana):
    return build.make_draft(ana)


@pytest.fixture
def sign_in():
    def client_of(person, **options):
        client = Client(**options)
        client.force_login(person)
        return client

    return client_of


@pytest.fixture
def check():
    """Check a record now, as the worker does."""

    def run(record):
        checks.check(key=record.key, clock=build.real_now)
        record.refresh_from_db()
        return record

    return run


@pytest.fixture
def kept(check):
    """A record of a case with its bytes in the storage, checked."""

    def make(case, body, name="letter.pdf", **fields):
        return check(samples.store(case, body, name, **fields))

    return make


@pytest.fixture(scope="module")
def daemon():
    found = clamd.Clamd()
    found.start()
    yield found
    found.stop()


@pytest.fixture
def scanning(daemon, settings):
    if not daemon.is_up():
        daemon.start()
    settings.CLAMD_URL = daemon.url
    return daemon
