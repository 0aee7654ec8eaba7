import errno
import io
import stat
import uuid

import pytest

from referrals import storage
from tests import build


class Breaks(io.BytesIO):
    """A stream that ends in an error, as a broken connection does."""

    def read(self, size=-1):
        piece = super().read(size)
        if not piece:
            raise ConnectionError
        return piece


def put(body, **options):
    return storage.put(io.BytesIO(body), **options)


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_goes_in_comes_out_whole_and_in_parts(storage_dir):
    body = bytes(range(256)) * 5000
    stored = put(body)
    assert (stored.size, len(stored.sha256)) == (len(body), 64)
    assert storage.open(stored.key).read() == body
    assert storage.open(stored.key, 100, 50).read() == body[100:150]
    assert storage.open(stored.key, len(body) - 5).read() == body[-5:]
    assert storage.sha256(stored.key) == stored.sha256
    assert storage.size(stored.key) == len(body)


def test_files_are_private_and_bear_no_name(storage_dir):
    stored = put(b"x")
    path = files(storage_dir)[0]
    assert path.relative_to(storage_dir).parts == (stored.key.hex[:2], stored.key.hex[2:4], stored.key.hex)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (storage_dir, *path.parents[:2])} == {0o700}


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "abc", "a" * 33, "/etc/passwd"])
def test_a_key_is_never_a_path(key):
    with pytest.raises(ValueError):
        storage.open(key)


def test_too_much_keeps_nothing(storage_dir):
    with pytest.raises(storage.TooLarge):
        put(b"x" * 11, limit=10)
    assert not files(storage_dir)


def test_a_broken_stream_keeps_nothing(storage_dir):
    with pytest.raises(ConnectionError):
        storage.put(Breaks(b"x" * 100))
    assert not files(storage_dir)


def test_r41_full_disk_keeps_nothing_and_says_so(storage_dir, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(storage.NoRoom):
        put(b"x" * 100)
    assert not files(storage_dir)


def test_delete_may_be_repeated_and_what_is_gone_is_not_there():
    stored = put(b"x")
    storage.delete(stored.key)
    storage.delete(stored.key)
    for asked in (storage.open, storage.size, storage.sha256):
        with pytest.raises(storage.NotThere):
            asked(stored.key)
    with pytest.raises(storage.NotThere):
        storage.open(uuid.uuid4())


def test_leftovers_on_their_way_in_are_swept(storage_dir):
    storage.Writing().file.flush()
    assert storage.sweep_incoming(build.real_now() - build.dt.timedelta(days=1)) == 0
    assert storage.sweep_incoming(build.real_now() + build.dt.timedelta(seconds=5)) == 1
    assert not files(storage_dir)
