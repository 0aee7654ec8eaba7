"""Files from before encryption: encrypted in their place, whatever happens meanwhile."""

import hashlib
import os

import pytest
from django.core.management import CommandError, call_command

from referrals import storage
from referrals.models import StoredFile
from referrals.records import checks
from referrals.storage import disk
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db


def make_plain(key, body):
    """As the portal kept files before: no row, and the bytes as they are."""
    StoredFile.objects.filter(key=key).delete()
    disk.path(key).write_bytes(body)


@pytest.fixture
def records(ana):
    case = build.make_case(ana)
    bodies = [samples.pdf(1), os.urandom(200_000)]
    made = [samples.ready(case, body, f"{n}.pdf", pages=1) for n, body in enumerate(bodies)]
    for record, body in zip(made, bodies, strict=True):
        make_plain(record.key, body)
        for key in record.picture_keys():
            make_plain(key, samples.picture("WEBP"))
    return made


def encrypt(capsys):
    call_command("encrypt_records")
    return capsys.readouterr()


def test_before_it_they_are_not_there_and_after_it_they_are(records, capsys):
    with pytest.raises(storage.NotThere):
        storage.open(records[0].key)
    assert "4 files encrypted" in encrypt(capsys).out
    assert checks.compare_all(now=build.real_now()).is_clean
    assert storage.sha256(records[1].key) == records[1].sha256
    for record in records:
        assert hashlib.sha256(disk.path(record.key).read_bytes()).hexdigest() != record.sha256
        (picture,) = record.picture_keys()
        assert storage.open(picture).read() == samples.picture("WEBP")
    assert encrypt(capsys).out == ""


def test_the_sweep_before_it_throws_nothing_away(records):
    later = build.real_now() + build.dt.timedelta(days=3)
    assert checks.compare_all(now=later).swept == 0
    assert disk.path(records[0].key).exists()


@pytest.mark.parametrize("moment", ["the row", "the move"])
def test_killed_anywhere_it_goes_on(records, capsys, monkeypatch, moment):
    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as now:
        if moment == "the row":
            now.setattr(StoredFile.objects, "create", killed)
        else:
            now.setattr(disk.Growing, "move", killed)
        with pytest.raises(KeyboardInterrupt):
            call_command("encrypt_records")
    for record in records:  # never silently wrong between the two
        with pytest.raises(storage.NotThere):
            storage.open(record.key).read()
    encrypt(capsys)
    assert checks.compare_all(now=build.real_now()).is_clean
    assert not list((disk.root() / disk.SEALING).iterdir())


def test_what_is_not_as_it_came_stays_as_it_is(records, capsys):
    noise = os.urandom(5000)  # what is left of an encrypted file whose row was destroyed
    make_plain(records[0].key, noise)
    said = encrypt(capsys)
    assert f"changed: {records[0].key}" in said.err and "3 files encrypted" in said.out
    assert disk.path(records[0].key).read_bytes() == noise


def test_the_start_is_refused_with_a_ring_that_lacks_a_key(records, settings, capsys):
    encrypt(capsys)
    settings.RECORD_KEYS = {"other": os.urandom(32)}
    with pytest.raises(CommandError, match="no key “test”"):
        call_command("encrypt_records")
