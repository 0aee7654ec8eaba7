"""How a file looks at rest: AES-256-GCM in frames, each proven before a byte of it is given out.

A frame is 64 KiB of the file and lies there as `salt (8) + ciphertext + tag (16)`. Its nonce is the salt, then
the frame's number and whether it is the last (STREAM); the associated data is the format's version and the
file's identity. The last frame is always shorter than the others (empty, where the size is a multiple of
64 KiB), so where a frame lies and which one is last follow from the size alone.

Why the salt: an upload that a killed process left behind is cut back to its last checkpoint, and other bytes
may then come for a frame that was written before. Number and key are the same; with a salt drawn for each
writing of a frame the nonce is not. (GCM gives away its proof, and both texts' difference, when one is used
twice.) 64 random bits have to differ only between the writings of one frame of one file.

Tails, what an unfinished upload has beyond its whole frames, have 96 random bits, and their offset as
associated data. So have values, short secrets that belong to a file and are kept in a row of their own.
"""

import io
import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FRAME = 64 * 1024
SALT, TAG, NONCE = 8, 16, 12
EXTRA = SALT + TAG
AT_REST = FRAME + EXTRA  # a whole frame
AT_ONCE = 16  # frames in one call to the disk
KEY_BYTES = 32
VERSION = b"second opinion record, 1:"


class NotThere(Exception):
    """The storage has no such file."""


class Damaged(NotThere):
    """Something lies there, but not what was put: cut, swapped, changed. Nobody gets a byte of it."""


def identity(key):
    """A key as the UUID it is; nothing else is one."""
    return key if isinstance(key, uuid.UUID) else uuid.UUID(str(key))


def size_at_rest(size):
    return size + EXTRA * (size // FRAME + 1)


class Cipher:
    """One file's key at work. Frames are sealed and opened from and into buffers of the caller."""

    def __init__(self, key, identity):
        self.gcm, self.identity = AESGCM(key), identity
        self.bound = VERSION + identity.bytes

    def seal(self, number, plain, into, *, is_last=False):
        """Returns how many bytes of `into` the frame takes."""
        salt = os.urandom(SALT)
        end = len(plain) + EXTRA
        into[:SALT] = salt
        self.gcm.encrypt_into(salt + _place(number, is_last), plain, self.bound, into[SALT:end])
        return end

    def open(self, number, sealed, into, *, is_last=False):
        nonce = bytes(sealed[:SALT]) + _place(number, is_last)
        try:
            self.gcm.decrypt_into(nonce, sealed[SALT:], self.bound, into)
        except InvalidTag:
            raise Damaged from None

    def seal_tail(self, offset, tail):
        nonce = os.urandom(NONCE)
        return nonce + self.gcm.encrypt(nonce, bytes(tail), self._tail_at(offset))

    def open_tail(self, offset, sealed):
        sealed = bytes(sealed)
        if len(sealed) != NONCE + offset % FRAME + TAG:
            raise Damaged
        try:
            return self.gcm.decrypt(sealed[:NONCE], sealed[NONCE:], self._tail_at(offset))
        except InvalidTag:
            raise Damaged from None

    def seal_value(self, value):
        nonce = os.urandom(NONCE)
        return nonce + self.gcm.encrypt(nonce, value, self.bound + b"value")

    def open_value(self, sealed):
        sealed = bytes(sealed)
        try:
            return self.gcm.decrypt(sealed[:NONCE], sealed[NONCE:], self.bound + b"value")
        except (InvalidTag, ValueError):
            raise Damaged from None

    def _tail_at(self, offset):
        return self.bound + b"tail at %d" % offset


def _place(number, is_last):
    return (number << 1 | is_last).to_bytes(4, "big")


class Sealer:
    """Makes frames of pieces of any size and hands them to `write`; `rest` is what is less than a frame."""

    def __init__(self, cipher, write, *, frames=0, rest=b""):
        self.cipher, self.write, self.frames = cipher, write, frames
        self.held, self.filled = memoryview(bytearray(FRAME)), len(rest)
        self.held[: self.filled] = rest
        self.out = memoryview(bytearray(AT_REST))

    @property
    def rest(self):
        return self.held[: self.filled]

    @property
    def size(self):
        return self.frames * FRAME + self.filled

    def add(self, piece):
        piece = memoryview(piece).cast("B")
        if self.filled:
            take = min(FRAME - self.filled, len(piece))
            self._hold(piece[:take])
            piece = piece[take:]
            if self.filled == FRAME:
                self._seal(self.held, 1)
                self.filled = 0
        while len(piece) >= FRAME:
            count = min(len(piece) // FRAME, AT_ONCE)
            self._seal(piece, count)
            piece = piece[count * FRAME :]
        self._hold(piece)

    def finish(self):
        """Seal what is left as the last frame."""
        end = self.cipher.seal(self.frames, self.rest, self.out, is_last=True)
        self.write(self.out[:end])

    def _hold(self, piece):
        end = self.filled + len(piece)
        self.held[self.filled : end] = piece
        self.filled = end

    def _seal(self, plain, count):
        if len(self.out) < count * AT_REST:
            self.out = memoryview(bytearray(count * AT_REST))
        for n in range(count):
            frame = plain[n * FRAME : (n + 1) * FRAME]
            self.cipher.seal(self.frames + n, frame, self.out[n * AT_REST :])
        self.write(self.out[: count * AT_REST])
        self.frames += count


class Stretch(io.RawIOBase):
    """`length` bytes of a file from `start`, opened frame by frame as they are asked for.

    `source` has `read_at(offset, into)`, which fills `into` or raises, and `close()`.
    """

    def __init__(self, source, cipher, size, start=0, length=None):
        super().__init__()
        self.source, self.cipher, self.whole = source, cipher, size
        self.name = cipher.identity.hex  # pydicom asks every file for one
        self.begin = min(max(start, 0), size)
        self.size = size - self.begin if length is None else min(max(length, 0), size - self.begin)
        self.at = 0
        self.number, self.frame = None, b""  # the frame that is held open
        self.sealed = bytearray()

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self.at

    def seek(self, offset, whence=io.SEEK_SET):
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        if at < 0:
            raise ValueError("before the beginning of the file")
        self.at = at
        return at

    def readinto(self, target):
        target = memoryview(target).cast("B")
        wanted = min(len(target), self.size - self.at)
        if wanted <= 0:
            return 0
        number, skip = divmod(self.begin + self.at, FRAME)
        if skip == 0 and wanted >= FRAME:
            count = min(wanted // FRAME, AT_ONCE)
            self._open(number, count, target)
            done = count * FRAME
        else:
            frame = self._hold(number)
            done = min(wanted, len(frame) - skip)
            target[:done] = frame[skip : skip + done]
        self.at += done
        return done

    def readall(self):
        body = bytearray(max(self.size - self.at, 0))
        view, done = memoryview(body), 0
        while done < len(body):
            done += self.readinto(view[done:])
        return bytes(body)

    def close(self):
        if not self.closed:
            self.source.close()
        super().close()

    def _open(self, number, count, into):
        """So many whole frames into `into`."""
        sealed = self._fetch(number, count * AT_REST)
        for n in range(count):
            frame = sealed[n * AT_REST : (n + 1) * AT_REST]
            self.cipher.open(number + n, frame, into[n * FRAME : (n + 1) * FRAME])

    def _hold(self, number):
        if self.number != number:
            self.number = None  # not while it is half opened
            is_last = number == self.whole // FRAME
            length = self.whole % FRAME if is_last else FRAME
            frame = memoryview(bytearray(length))
            self.cipher.open(number, self._fetch(number, length + EXTRA), frame, is_last=is_last)
            self.number, self.frame = number, frame
        return self.frame

    def _fetch(self, number, length):
        if len(self.sealed) < length:
            self.sealed = bytearray(length)
        sealed = memoryview(self.sealed)[:length]
        self.source.read_at(number * AT_REST, sealed)
        return sealed


class File(io.BufferedReader):
    """A file of the storage, to read as any other; `size` is that of the stretch it was opened for."""

    def __init__(self, stretch):
        super().__init__(stretch, FRAME)
        self.size = stretch.size
