"""Two ways in: `Writing` for what one request brings, `Arriving` for what comes in pieces over hours."""

import hashlib
import os
import uuid
from dataclasses import dataclass

from referrals.models import StoredFile
from referrals.storage import disk, frames, ring


class TooLarge(Exception):
    """More bytes came than were allowed. Nothing of the file was kept."""


@dataclass(frozen=True)
class Stored:
    key: uuid.UUID
    size: int
    sha256: str


class Writing:
    """A file on its way in: `write` pieces, then `finish` or `abandon`. Its row is made when all of it is here."""

    def __init__(self, limit=None):
        self.key, self.limit, self.size = uuid.uuid4(), limit, 0
        self.digest = hashlib.sha256()
        secret = os.urandom(frames.KEY_BYTES)
        self.ring_key, self.wrapped_key = ring.wrap(secret, self.key)
        self.file = disk.Growing(disk.path_in(disk.INCOMING, self.key), is_new=True)
        self.sealer = frames.Sealer(frames.Cipher(secret, self.key), self.file.write)

    def write(self, piece):
        if self.limit is not None and self.size + len(piece) > self.limit:
            self.abandon()
            raise TooLarge
        try:
            self.sealer.add(piece)
        except BaseException:
            self.abandon()
            raise
        self.digest.update(piece)
        self.size += len(piece)

    def finish(self):
        try:
            self.sealer.finish()
            self.file.move(disk.path(self.key))
            self._make_row()
        except BaseException:
            self.abandon()
            disk.delete(self.key)
            raise
        return Stored(self.key, self.size, self.digest.hexdigest())

    def abandon(self):
        self.file.abandon()

    def _make_row(self):
        StoredFile.objects.create(
            key=self.key, wrapped_key=self.wrapped_key, ring_key=self.ring_key, size=self.size
        )


class Arriving:
    """A file that comes in pieces of any size, over hours, through many processes.

    `Arriving(key, offset, tail)` goes on at what the last `checkpoint` gave; whatever a killed process wrote
    beyond it is cut off. Call `begin` and keep its key in one transaction. Another process that is writing the
    same file is told by `Busy`; `close` (or the end of a `with`) lets go, and so does the death of a process.
    """

    def __init__(self, file_key, offset=0, tail=b""):
        row = StoredFile.objects.filter(key=frames.identity(file_key)).first()
        if row is None:
            raise frames.NotThere
        self.key, self.row = row.key, row
        self.cipher = frames.Cipher(ring.unwrap(row), row.key)
        self.file = None
        rest = self.cipher.open_tail(offset, tail) if offset or tail else b""
        try:
            self.file = disk.Growing(disk.path_in(disk.ARRIVING, self.key), is_new=False)
        except frames.NotThere:
            if not self._is_whole(offset):
                raise
        self._go_on(offset // frames.FRAME, rest)

    @classmethod
    def begin(cls):
        """Room for a file; its key is the one to come back with."""
        key, secret = uuid.uuid4(), os.urandom(frames.KEY_BYTES)
        ring_key, wrapped_key = ring.wrap(secret, key)
        where = disk.path_in(disk.ARRIVING, key)
        disk.Growing(where, is_new=True).close()
        try:
            disk.flush_folder(where.parent)
            StoredFile.objects.create(key=key, wrapped_key=wrapped_key, ring_key=ring_key, size=0)
        except BaseException:
            disk.delete(key)
            raise
        return cls(key)

    @property
    def offset(self):
        """Bytes that are here, whether or not there was a checkpoint since."""
        return self.sealer.size

    def write(self, piece):
        """Where the disk is full all since the last checkpoint is dropped; the upload may go on later."""
        try:
            self.sealer.add(piece)
        except BaseException:
            self.rewind()
            raise

    def checkpoint(self):
        """(offset, tail): all up to here is on the disk. To be saved by the caller, and come back with."""
        if self.file:
            self.file.flush()
        self.safe = self.sealer.frames, bytes(self.sealer.rest)
        return self.offset, self.cipher.seal_tail(self.offset, self.sealer.rest)

    def rewind(self):
        """Forget what came since the last checkpoint."""
        self._go_on(*self.safe)

    def finish(self):
        """Safe to repeat, from the last checkpoint on. The sum is left to whoever reads the file first."""
        size = self.offset
        if self.file:
            self.sealer.finish()
            self.file.flush()
            StoredFile.objects.filter(pk=self.row.pk).update(size=size)
            self.file.move(disk.path(self.key))
            self.file = None
        return Stored(self.key, size, "")

    def close(self):
        if self.file:
            self.file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _go_on(self, number, rest):
        self.safe = number, rest
        if self.file:
            self.file.cut(number * frames.AT_REST)
        self.sealer = frames.Sealer(
            self.cipher, self.file.write if self.file else _no_more, frames=number, rest=rest
        )

    def _is_whole(self, offset):
        """A process finished the file and died before it could say so."""
        try:
            at_rest = disk.size_at_rest(self.key)
        except frames.NotThere:
            return False
        return self.row.size == offset and at_rest == frames.size_at_rest(offset)


def _no_more(_piece):
    raise ValueError("the file is finished")
