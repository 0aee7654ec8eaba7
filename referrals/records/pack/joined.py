"""Several files as one, to be read at any place: some are in the storage, some are ours and in memory."""

import io
from bisect import bisect_right
from collections import OrderedDict
from itertools import accumulate

from referrals import storage

MOST_OPEN = 64


class Joined:
    """`files` are keys of the storage, or bytes. `places` says where each begins and how large it is."""

    def __init__(self, files):
        self.files = files
        sizes = [len(file) if isinstance(file, bytes) else storage.size(file) for file in files]
        self._begins = [0, *accumulate(sizes)]
        self.size = self._begins.pop()
        self.places = list(zip(self._begins, sizes, strict=True))
        self._open, self._at = OrderedDict(), 0

    def seek(self, offset):
        self._at = offset
        return offset

    def read(self, size):
        """As much as one file gives at once."""
        if self._at >= self.size:
            return b""
        number = bisect_right(self._begins, self._at) - 1
        begins, length = self.places[number]
        file = self._file(number)
        file.seek(self._at - begins)
        piece = file.read(min(size, begins + length - self._at))
        self._at += len(piece)
        return piece

    def _file(self, number):
        if number not in self._open:
            file = self.files[number]
            self._open[number] = io.BytesIO(file) if isinstance(file, bytes) else storage.open(file)
            if len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)[1].close()
        self._open.move_to_end(number)
        return self._open[number]

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for file in self._open.values():
            file.close()
