"""R41, F36: what goes in comes out, or is refused with nothing kept."""

import errno
import io
import os
import resource
import stat
import subprocess
import sys
import uuid
import zipfile

import pikepdf
import pydicom
import pypdfium2
import pytest
from django.conf import settings as portal
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from PIL import Image

from referrals import storage
from referrals.models import StoredFile
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db


class Breaks(io.BytesIO):
    """A stream that ends in an error, as a broken connection does."""

    def read(self, size=-1):
        piece = super().read(size)
        if not piece:
            raise ConnectionError
        return piece


def test_what_goes_in_comes_out_whole_and_in_parts(put):
    body = bytes(range(256)) * 5000
    stored = put(body)
    assert (stored.size, len(stored.sha256)) == (len(body), 64)
    assert storage.open(stored.key).read() == body
    assert storage.open(stored.key, 100, 50).read() == body[100:150]
    assert storage.open(stored.key, len(body) - 5).read() == body[-5:]
    assert storage.sha256(stored.key) == stored.sha256
    assert storage.size(stored.key) == len(body)


def test_nothing_of_it_is_readable_on_the_disk(put, files):
    body = b"MARKER of a patient " * 20_000
    stored = put(body)
    (path,) = files()
    row = StoredFile.objects.get()
    assert b"MARKER" not in path.read_bytes()
    assert path.stat().st_size == storage.frames.size_at_rest(stored.size)
    assert (row.ring_key, len(row.wrapped_key)) == (next(iter(portal.RECORD_KEYS)), 60)


def test_one_text_twice_looks_like_nothing_in_common(put, files):
    put(b"x" * 1000)
    put(b"x" * 1000)
    one, other = (path.read_bytes() for path in files())
    assert sum(a == b for a, b in zip(one, other, strict=True)) < 30


def test_files_are_private_and_bear_no_name(put, files, storage_dir):
    stored = put(b"x")
    (path,) = files()
    assert path.relative_to(storage_dir).parts == (stored.key.hex[:2], stored.key.hex[2:4], stored.key.hex)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    folders = [storage_dir, *(each for each in storage_dir.rglob("*") if each.is_dir())]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "abc", "a" * 33, "/etc/passwd"])
def test_a_key_is_never_a_path(key):
    for asked in (storage.open, storage.size, storage.sha256, storage.delete, storage.Arriving):
        with pytest.raises((ValueError, storage.NotThere)):
            asked(key)


def test_too_much_keeps_nothing(put, files):
    with pytest.raises(storage.TooLarge):
        put(b"x" * 11, limit=10)
    assert not files()


def test_a_broken_stream_keeps_nothing(files):
    with pytest.raises(ConnectionError):
        storage.put(Breaks(b"x" * 100))
    assert not files()
    assert not StoredFile.objects.exists()


def test_r41_a_disk_that_fails_at_the_end_keeps_nothing_and_says_so(put, files, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(storage.NoRoom):
        put(b"x" * 100)
    assert not files()


def test_r41_no_room_on_the_disk_keeps_nothing_and_says_so(put, files):
    """The system's own limit on a file's size stands for a disk that is full after so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, hard))
    try:
        with pytest.raises(storage.NoRoom):
            put(os.urandom(3_000_000))
        arriving = storage.Arriving.begin()
        arriving.write(b"a" * 1_000_000)
        offset, tail = arriving.checkpoint()
        with pytest.raises(storage.NoRoom):
            arriving.write(b"b" * 1_000_000)
        assert arriving.offset == offset == 1_000_000
        arriving.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with storage.Arriving(arriving.key, offset, tail) as again:
        again.write(b"c" * 1_000_000)
        key = again.finish().key
    assert storage.open(key).read() == b"a" * 1_000_000 + b"c" * 1_000_000
    assert len(files()) == 1


def test_the_row_that_can_not_be_written_keeps_nothing(put, files, monkeypatch):
    def gone(*_, **__):
        raise DatabaseError

    monkeypatch.setattr(StoredFile.objects, "create", gone)
    with pytest.raises(DatabaseError):
        put(b"x" * 100)
    with pytest.raises(DatabaseError):
        storage.Arriving.begin()
    assert not files()


def test_delete_may_be_repeated_and_what_is_gone_is_not_there(put):
    stored = put(b"x")
    storage.delete(stored.key)
    storage.delete(stored.key)
    for asked in (storage.open, storage.size, storage.sha256):
        with pytest.raises(storage.NotThere):
            asked(stored.key)
    with pytest.raises(storage.NotThere):
        storage.open(uuid.uuid4())


@pytest.mark.django_db(transaction=True)
def test_delete_destroys_the_key_first_and_then_the_bytes(put, files, monkeypatch):
    stored = put(b"x")
    monkeypatch.setattr(storage.disk, "delete", lambda key: None)  # a process killed between the two
    storage.delete(stored.key)
    assert (StoredFile.objects.count(), len(files())) == (0, 1)
    with pytest.raises(storage.NotThere):
        storage.open(stored.key)
    monkeypatch.undo()
    storage.delete(stored.key)
    assert not files()


@pytest.mark.django_db(transaction=True)
def test_delete_that_is_taken_back_leaves_the_file(put):
    stored = put(b"x")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        storage.delete(stored.key)
        raise ZeroDivisionError
    assert storage.open(stored.key).read() == b"x"


def test_leftovers_on_their_way_in_are_swept_and_uploads_are_not(files):
    storage.Writing().write(b"x")
    arriving = storage.Arriving.begin()
    nobodys = storage.Arriving.begin()
    StoredFile.objects.filter(key=nobodys.key).delete()  # as the transaction that began it was rolled back
    assert storage.sweep_incoming(build.real_now() - build.dt.timedelta(days=1)) == 0
    assert storage.sweep_incoming(build.real_now() + build.dt.timedelta(seconds=5)) == 2
    assert [path.name for path in files()] == [arriving.key.hex]
    assert not list(storage.keys_before(build.real_now() + build.dt.timedelta(seconds=5)))


def test_keys_before_a_moment(put):
    stored = put(b"x")
    assert list(storage.keys_before(build.real_now() + build.dt.timedelta(seconds=5))) == [stored.key]
    assert not list(storage.keys_before(build.real_now() - build.dt.timedelta(hours=1)))


def test_without_a_ring_nothing_is_kept(put, files, settings):
    settings.RECORD_KEYS = {}
    with pytest.raises(ImproperlyConfigured, match="RECORD_KEYS"):
        put(b"x")
    assert not files()


def test_a_plain_file_from_before_is_not_read_as_if_all_were_well(put, files):
    stored = put(b"x" * 100)
    (path,) = files()
    path.write_bytes(b"x" * 100)
    for asked in (storage.open, storage.size, storage.sha256):
        with pytest.raises(storage.Damaged):
            asked(stored.key)
    path.write_bytes(b"x" * storage.frames.size_at_rest(100))
    with pytest.raises(storage.Damaged):
        storage.open(stored.key).read()


def test_libraries_read_from_it_as_from_any_file(put):
    with pikepdf.open(storage.open(put(samples.pdf(3)).key)) as document:
        assert len(document.pages) == 3
    document = pypdfium2.PdfDocument(storage.open(put(samples.pdf(4)).key))
    assert len(document) == 4 and document[3].get_textpage().get_text_bounded()
    document.close()
    image = Image.open(storage.open(put(samples.picture("PNG", size=(900, 700))).key))
    image.load()
    assert image.size == (900, 700)
    assert len(pydicom.dcmread(storage.open(put(samples.dicom()).key)).PixelData) == 128 * 128 * 2
    packed = zipfile.ZipFile(storage.open(put(samples.docx()).key))
    assert packed.testzip() is None and "word/document.xml" in packed.namelist()


def test_it_is_a_file_to_read_and_seek_in_and_no_more(put):
    body = os.urandom(300_000)
    with storage.open(put(body).key, 1000, 200_000) as file:
        part = body[1000:201_000]
        assert file.readable() and file.seekable() and not file.writable()
        assert file.size == 200_000
        assert file.seek(-10, io.SEEK_END) == 199_990
        assert (file.read(), file.read(), file.tell()) == (part[-10:], b"", 200_000)
        file.seek(65_536)
        into = bytearray(100_000)
        assert file.readinto(into) == 100_000 and into == part[65_536:165_536]
        file.seek(300_000)
        assert file.read(1) == b""
        with pytest.raises(ValueError):
            file.seek(-1)
        with pytest.raises(io.UnsupportedOperation):
            file.write(b"x")
    with pytest.raises(ValueError):
        file.read(1)


def test_open_leaves_no_descriptor_behind(put, files):
    stored = put(os.urandom(1000))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        storage.open(stored.key).read()
        storage.open(stored.key).close()
    (path,) = files()
    path.write_bytes(b"cut")
    for _ in range(5):
        with pytest.raises(storage.Damaged):
            storage.open(stored.key)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_disk_without_a_store_loads_no_client_for_one():
    code = "import django, sys; django.setup(); import referrals.storage; print('minio' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["False"]
