"""Bytes at rest, always encrypted. This is the whole interface; nobody else knows keys or places.

`put`, `Writing` and `Arriving` bring a file in, `open` reads any stretch of it, `delete` destroys it. `frames` is
the format, `ring` what wraps the files' keys, `disk` and `s3` where they lie.

A file is written beside the others, flushed to the disk, and then renamed, so that a key either has all its
bytes or does not exist. What is read was proven first: `Damaged` comes instead of a wrong byte.
"""

import hashlib

import structlog
from django.db import transaction

from referrals.models import StoredFile
from referrals.storage import disk, frames, ring, s3
from referrals.storage.disk import Busy, NoRoom
from referrals.storage.frames import Damaged, File, NotThere
from referrals.storage.ring import WrongRing
from referrals.storage.s3 import Away
from referrals.storage.writing import Arriving, Stored, TooLarge, Writing

__all__ = [
    "Arriving", "Away", "Busy", "Damaged", "File", "NoRoom", "NotThere", "Stored", "TooLarge", "Writing", "WrongRing",
    "delete", "keys_before", "open", "put", "seal", "sha256", "size", "sweep_incoming", "unseal",
]  # fmt: skip
PIECE = 1024**2
log = structlog.get_logger("referrals.storage")


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
    """A file to read and seek in, from `start` to the end or for `length` bytes (its position 0 is `start`)."""
    row = _row(key)
    cipher = frames.Cipher(ring.unwrap(row), row.key)
    at_rest = frames.size_at_rest(row.size)
    try:
        source = disk.Source(disk.path(row.key), at_rest)
    except Damaged:
        raise
    except NotThere:
        if not s3.is_used():
            raise
        source = s3.Source(row.key, at_rest)
    return File(frames.Stretch(source, cipher, row.size, start, length))


def size(key):
    """Its bytes, before encryption, once it is sure that as many lie there."""
    row = _row(key)
    try:
        at_rest = disk.size_at_rest(row.key)
    except NotThere:
        if not s3.is_used():
            raise
        at_rest = s3.size_at_rest(row.key)
    if at_rest != frames.size_at_rest(row.size):
        raise Damaged
    return row.size


def sha256(key):
    """Of what was put; reads and proves all of it."""
    with open(key) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def delete(key):
    """Safe to repeat. The row, and with it the only key, goes first (with the transaction one is in); then the
    bytes, which are noise by then."""
    key = frames.identity(key)
    StoredFile.objects.filter(key=key).delete()
    transaction.on_commit(lambda: _delete_bytes(key))


def seal(key, value):
    """A short secret of this file (what opens it, say), to be kept in a row: noise once the file is deleted."""
    row = _row(key)
    return frames.Cipher(ring.unwrap(row), row.key).seal_value(value)


def unseal(key, sealed):
    row = _row(key)
    return frames.Cipher(ring.unwrap(row), row.key).open_value(sealed)


def keys_before(moment):
    """Keys of the whole files that are older than `moment`."""
    yield from disk.keys_before(moment)
    if s3.is_used():
        yield from s3.keys_before(moment)


def sweep_incoming(before):
    """Throw away what was cut off on its way in, but not uploads that may go on. Returns how many."""
    left = disk.begun_before(disk.INCOMING, before)
    arriving = disk.begun_before(disk.ARRIVING, before)
    rows = StoredFile.objects.filter(key__in=[key for key, _path in arriving])
    known = set(rows.values_list("key", flat=True))
    left += [(key, path) for key, path in arriving if key not in known]
    for _key, path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _row(key):
    row = StoredFile.objects.filter(key=frames.identity(key)).first()
    if row is None:
        raise NotThere
    return row


def _delete_bytes(key):
    disk.delete(key)
    if s3.is_used():
        try:
            s3.delete(key)
        except Away as why:  # noise now; the nightly sweep asks again
            log.warning("store_away", why=str(why))
