"""Where bytes lie. Nobody else knows paths: `put`, `open`, `delete`, and what the nightly check asks.

A file is written beside the others under a name of its own, flushed to the disk, and then renamed, so that
a key either has all its bytes or does not exist. Encryption and other stores come behind these functions.
"""

import errno
import hashlib
import os
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

PIECE = 1024**2
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class NoRoom(Exception):
    """The disk is full. Nothing of the file was kept."""


class TooLarge(Exception):
    """More bytes came than were allowed. Nothing of the file was kept."""


class NotThere(Exception):
    """The storage has no such file."""


@dataclass(frozen=True)
class Stored:
    key: uuid.UUID
    size: int
    sha256: str


class Writing:
    """A file on its way in: `write` pieces, then `finish` or `abandon`."""

    def __init__(self, limit=None):
        self.limit, self.size, self.digest = limit, 0, hashlib.sha256()
        with _room_or_error():
            handle, name = tempfile.mkstemp(dir=_folder(_root() / "incoming"))
        self.file, self.path = os.fdopen(handle, "wb"), Path(name)

    def write(self, piece):
        if self.limit is not None and self.size + len(piece) > self.limit:
            self.abandon()
            raise TooLarge
        try:
            with _room_or_error():
                self.file.write(piece)
        except BaseException:
            self.abandon()
            raise
        self.digest.update(piece)
        self.size += len(piece)

    def finish(self):
        key = uuid.uuid4()
        try:
            with _room_or_error():
                self.file.flush()
                os.fsync(self.file.fileno())
                self.file.close()
                target = _path(key)
                _folder(target.parent)
                os.replace(self.path, target)
                _flush_folder(target.parent)
        except BaseException:
            self.abandon()
            raise
        return Stored(key, self.size, self.digest.hexdigest())

    def abandon(self):
        try:
            self.file.close()
        except OSError:
            pass  # what could not be written is thrown away with the rest
        self.path.unlink(missing_ok=True)


class Part:
    """A stretch of a file, to be read once."""

    def __init__(self, file, length):
        self.file, self.left = file, length

    def read(self, size=-1):
        piece = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self):
        self.file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def put(stream, *, limit=None):
    """Keep all of `stream`; raises NoRoom or TooLarge and then keeps nothing."""
    writing = Writing(limit)
    try:
        while piece := stream.read(PIECE):
            writing.write(piece)
    except BaseException:
        writing.abandon()
        raise
    return writing.finish()


def open(key, start=0, length=None):
    """A file to read from `start`, to the end or for `length` bytes."""
    try:
        file = _path(key).open("rb")
    except FileNotFoundError:
        raise NotThere from None
    file.seek(start)
    return file if length is None else Part(file, length)


def size(key):
    try:
        return _path(key).stat().st_size
    except FileNotFoundError:
        raise NotThere from None


def sha256(key):
    digest = hashlib.sha256()
    with open(key) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def delete(key):
    """Safe to repeat."""
    _path(key).unlink(missing_ok=True)


def keys_before(moment):
    """Keys of the files that are older than `moment`."""
    for path in _root().glob("??/??/*"):
        if path.stat().st_mtime < moment.timestamp():
            yield uuid.UUID(path.name)


def sweep_incoming(before):
    """Throw away what was cut off on its way in. Returns how many."""
    left = [path for path in (_root() / "incoming").glob("*") if path.stat().st_mtime < before.timestamp()]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


class _room_or_error:
    """Says in our words that the disk is full."""

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise NoRoom from error


def _root():
    return Path(settings.RECORDS_DIR)


def _path(key):
    name = uuid.UUID(str(key)).hex
    return _root() / name[:2] / name[2:4] / name


def _folder(path):
    """The folder and all above it, for us alone (`parents=True` would leave the upper ones open)."""
    for each in (*reversed(path.parents), path):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)
    return path


def _flush_folder(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
