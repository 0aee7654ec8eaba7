"""The ring: its first key wraps, all of them unwrap, and turning it touches no file."""

import os
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from referrals import storage
from referrals.models import StoredFile
from referrals.storage import ring

pytestmark = pytest.mark.django_db
NEW = os.urandom(32)


@pytest.fixture
def old(settings):
    """The ring that the tests run with."""
    return dict(settings.RECORD_KEYS)


@pytest.fixture
def rotate(capsys):
    def run(**options):
        call_command("rotate_record_keys", **options)
        return capsys.readouterr().out

    return run


def test_the_first_wraps_and_the_others_still_unwrap(put, settings, old):
    before = put(b"before")
    settings.RECORD_KEYS = {"new": NEW} | old
    after = put(b"after")
    assert storage.open(before.key).read() == b"before"
    assert storage.open(after.key).read() == b"after"
    assert StoredFile.objects.get(key=after.key).ring_key == "new"


def test_rotate_wraps_anew_and_touches_no_file(put, files, settings, old, rotate):
    stored = [put(b"file %d" % n) for n in range(7)]
    bytes_before = [path.read_bytes() for path in files()]
    settings.RECORD_KEYS = {"new": NEW} | old
    words = rotate(batch=3)
    assert "key new: 7 files" in words
    assert "key test: 0 files; this key may be taken out" in words
    settings.RECORD_KEYS = {"new": NEW}
    assert [storage.open(each.key).read() for each in stored] == [b"file %d" % n for n in range(7)]
    assert [path.read_bytes() for path in files()] == bytes_before
    wrapped = list(StoredFile.objects.order_by("pk").values_list("wrapped_key", flat=True))
    rotate()
    assert list(StoredFile.objects.order_by("pk").values_list("wrapped_key", flat=True)) == wrapped


def test_rotate_says_what_it_can_not_wrap_and_wraps_the_rest(put, settings, old, capsys):
    lost = put(b"lost")
    settings.RECORD_KEYS = {"second": os.urandom(32)}
    kept = put(b"kept")
    settings.RECORD_KEYS = {"new": NEW, "second": settings.RECORD_KEYS["second"]}
    with pytest.raises(CommandError, match="1 files are left with other keys than “new”.*no key “test”"):
        call_command("rotate_record_keys", batch=1)
    assert "key test: 1 files\n" in capsys.readouterr().out
    assert StoredFile.objects.get(key=kept.key).ring_key == "new"
    settings.RECORD_KEYS |= old
    call_command("rotate_record_keys")
    assert storage.open(lost.key).read() == b"lost"


def test_a_missing_or_other_key_is_no_lost_file(put, settings):
    """A file whose key isn't in the ring may be well: nobody must throw it away for that."""
    stored = put(b"x")
    for keys, words in (({"new": NEW}, "no key “test”"), ({"test": NEW}, "doesn't open")):
        settings.RECORD_KEYS = keys
        with pytest.raises(storage.WrongRing, match=words) as raised:
            storage.open(stored.key)
        assert not isinstance(raised.value, storage.NotThere)
        assert any(words in each for each in ring.objections())
    assert StoredFile.objects.filter(key=stored.key).exists()


def test_a_wrapped_key_belongs_to_its_file(put):
    one, other = put(b"one"), put(b"other")
    taken = StoredFile.objects.get(key=other.key).wrapped_key
    StoredFile.objects.filter(key=one.key).update(wrapped_key=taken)
    with pytest.raises(storage.WrongRing):
        storage.open(one.key)


def test_bytes_of_two_files_swapped_on_the_disk_are_refused(put, files):
    one, other = put(b"one"), put(b"two")
    first, second = files()
    body = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(body)
    for stored in (one, other):
        with pytest.raises(storage.Damaged):
            storage.open(stored.key).read()


@pytest.mark.django_db(transaction=True)
def test_rotate_while_files_come_are_read_and_go(put, settings, old):
    stored = [put(b"file %d" % n) for n in range(30)]
    settings.RECORD_KEYS = {"new": NEW} | old
    errors = []

    def work(act):
        try:
            act()
        except Exception as error:  # told to the test below
            errors.append(error)
        finally:
            connection.close()

    def read():
        for _ in range(5):
            for n, each in enumerate(stored[10:], 10):
                assert storage.open(each.key).read() == b"file %d" % n

    acts = [
        lambda: [call_command("rotate_record_keys", batch=4, stdout=open(os.devnull, "w")) for _ in range(3)],
        lambda: [call_command("rotate_record_keys", batch=7, stdout=open(os.devnull, "w")) for _ in range(3)],
        read,
        lambda: [storage.delete(each.key) for each in stored[:10]],
        lambda: [put(b"more") for _ in range(10)],
    ]
    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [error for error in errors if not isinstance(error, CommandError)] == []
    call_command("rotate_record_keys")
    assert ring.uses() == {"new": 30, "test": 0}
