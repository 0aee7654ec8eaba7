"""The original, as the decoder sees it: a file whose bytes come over the socket as they are needed."""

import io
from collections import OrderedDict

from referrals.records.decoder import wire

BLOCK = 64 * 1024  # as the storage's frames
MOST_AHEAD = 8  # blocks asked for at once while it is read in order
KEPT = 128  # blocks


class Readable(io.RawIOBase):
    """So many bytes to read from any place; subclasses give `readinto`."""

    name = None  # libraries ask for it

    def __init__(self, size):
        self.size, self._at = size, 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self._at

    def seek(self, offset, whence=io.SEEK_SET):
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._at = start + offset
        return self._at


class RemoteFile(Readable):
    def __init__(self, line, size):
        super().__init__(size)
        self._line, self._blocks, self._ahead, self._next = line, OrderedDict(), 1, 0

    def readinto(self, space):
        if self._at >= self.size or not len(space):
            return 0
        number, start = divmod(self._at, BLOCK)
        piece = self._block(number)[start : start + len(space)]
        space[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _block(self, number):
        if number not in self._blocks:
            self._fetch(number)
        self._blocks.move_to_end(number)
        return self._blocks[number]

    def _fetch(self, number):
        """This block; and more ahead, the longer it is read in order."""
        self._ahead = min(self._ahead * 2, MOST_AHEAD) if number == self._next else 1
        start = number * BLOCK
        length = min(self._ahead * BLOCK, self.size - start)
        self._line.send(wire.READ, wire.STRETCH.pack(start, length))
        letter, body = self._line.receive(length)
        if letter != wire.DATA or len(body) != length:
            raise wire.Broken
        for n in range(0, length, BLOCK):
            self._blocks[number + n // BLOCK] = body[n : n + BLOCK]
        self._next = number + self._ahead
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)


class Original(io.BufferedReader):
    """RemoteFile with a buffer. It stays open when a library closes it, so that the next one can read it."""

    def __init__(self, line, size):
        super().__init__(RemoteFile(line, size), BLOCK)
        self.size = size

    def close(self):
        """Its socket ends with the process."""
