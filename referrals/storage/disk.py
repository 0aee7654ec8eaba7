"""Where bytes lie on this machine's disk. Nobody outside the storage knows paths.

`ab/cd/<key>` a whole file · `incoming/<key>` on its way in by one request · `arriving/<key>` in pieces over hours
· `sealing/<key>` the encrypted form of a file from before encryption, until it takes that one's place.
"""

import contextlib
import errno
import fcntl
import os
import uuid
from pathlib import Path

from django.conf import settings

from referrals.storage.frames import Damaged, NotThere

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
INCOMING, ARRIVING, SEALING = "incoming", "arriving", "sealing"


class NoRoom(Exception):
    """The disk is full. Nothing of the file was kept, or nothing since its last checkpoint."""


class Busy(Exception):
    """Another process is writing this file at the moment."""


class room_or_error:
    """Says in our words that the disk is full."""

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise NoRoom from error


def root():
    return Path(settings.RECORDS_DIR)


def path(key):
    name = key.hex
    return root() / name[:2] / name[2:4] / name


def path_in(folder, key):
    return root() / folder / key.hex


class Growing:
    """A file that is being written, held against other writers for as long as it is open."""

    def __init__(self, where, *, is_new):
        self.path = where
        with room_or_error():
            make_folder(where.parent)
            try:
                self.file = open(where, "xb" if is_new else "r+b", buffering=0, opener=_private)
            except FileNotFoundError:
                raise NotThere from None
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.file.close()
            raise Busy from None

    def write(self, piece):
        with room_or_error():
            while piece := piece[self.file.write(piece) :]:
                pass

    def cut(self, length):
        """Back to `length` bytes; there must be as many."""
        if os.fstat(self.file.fileno()).st_size < length:
            raise Damaged
        self.file.truncate(length)
        self.file.seek(length)

    def flush(self):
        with room_or_error():
            os.fsync(self.file.fileno())

    def move(self, target):
        """To its place, all of it or not at all, and there for good."""
        self.flush()
        with room_or_error():
            make_folder(target.parent)
            os.replace(self.path, target)
            flush_folder(target.parent)
        self.file.close()

    def close(self):
        self.file.close()

    def abandon(self):
        self.file.close()
        self.path.unlink(missing_ok=True)


class Source:
    """A file to read from."""

    def __init__(self, where, length):
        try:
            self.handle = os.open(where, os.O_RDONLY)
        except FileNotFoundError:
            raise NotThere from None
        if os.fstat(self.handle).st_size != length:
            self.close()
            raise Damaged

    def read_at(self, offset, into):
        done = 0
        while done < len(into):
            came = os.preadv(self.handle, [into[done:]], offset + done)
            if not came:
                raise Damaged
            done += came

    def close(self):
        os.close(self.handle)


def size_at_rest(key):
    try:
        return path(key).stat().st_size
    except FileNotFoundError:
        raise NotThere from None


def delete(key):
    """Wherever it is."""
    for where in (path(key), *(path_in(folder, key) for folder in (INCOMING, ARRIVING, SEALING))):
        where.unlink(missing_ok=True)


def keys():
    """Of the whole files."""
    return (uuid.UUID(where.name) for where in root().glob("??/??/*"))


def keys_before(moment):
    return (uuid.UUID(where.name) for where in root().glob("??/??/*") if _is_before(moment, where))


def begun(folder):
    """(key, path) of what lies in one of the folders for files that aren't whole."""
    return [(uuid.UUID(where.name), where) for where in (root() / folder).glob("*")]


def begun_before(folder, moment):
    return [(key, where) for key, where in begun(folder) if _is_before(moment, where)]


@contextlib.contextmanager
def held(key):
    """The path of a whole file that nobody else holds, or None."""
    try:
        handle = os.open(path(key), os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        yield None
        return
    try:
        yield path(key)
    finally:
        os.close(handle)


@contextlib.contextmanager
def alone(folder):
    """One process at a time at work in a folder; others wait."""
    make_folder(root() / folder)
    handle = os.open(root() / folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_folder(where):
    """The folder and all above it, for us alone (`parents=True` would leave the upper ones open)."""
    if not where.is_dir():
        for each in (*reversed(where.parents), where):
            if not each.is_dir():
                each.mkdir(mode=0o700, exist_ok=True)


def flush_folder(where):
    handle = os.open(where, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_before(moment, where):
    try:
        return where.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False  # it went meanwhile


def _private(where, flags):
    return os.open(where, flags, 0o600)
