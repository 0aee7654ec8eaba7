"""One job, behind the walls."""

import contextlib
import io
import json

from referrals.records.decoder import JOBS, Refused, limits, remote, wire
from referrals.records.decoder.words import clean

LARGEST_JOB = 1024**2
# What a broken file makes a library raise. Anything else ends the child, and is told to nobody.
BROKEN_FILE = (
    OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, EOFError, ArithmeticError,
    NotImplementedError, RecursionError, SyntaxError, RuntimeError,
)  # fmt: skip


class Out:
    """What goes back besides the facts."""

    def __init__(self, line):
        self._line = line

    def blob(self, meta, data):
        """Hand out `data`, bytes or an iterable of them, with what it is (a dict that JSON can say).

        What the iterable raises comes through; the worker then throws away what it had of it.
        """
        with self.opened(meta) as stream:
            for each in [data] if isinstance(data, bytes | bytearray | memoryview) else data:
                stream.write(each)

    @contextlib.contextmanager
    def opened(self, meta):
        """The same for who writes it: something to `write` to, that can't go back."""
        self._line.send(wire.BLOB, _json(meta))
        try:
            yield _Pieces(self._line)
        except Exception:
            self._line.send(wire.CUT)
            raise
        self._line.send(wire.END)


class _Pieces(io.RawIOBase):
    def __init__(self, line):
        self._line = line

    def writable(self):
        return True

    def write(self, data):
        view = memoryview(data).cast("B")
        for start in range(0, len(view), wire.LARGEST_PIECE):
            self._line.send(wire.PIECE, bytes(view[start : start + wire.LARGEST_PIECE]))
        return len(view)


def serve(sock):
    line = wire.Line(sock)
    _letter, body = line.receive(LARGEST_JOB)
    asked = json.loads(body)
    limits.close_the_walls(asked["seconds"], asked["memory"])
    try:
        facts = JOBS[asked["job"]](remote.Original(line, asked["size"]), Out(line), **asked["args"])
        line.send(wire.FACTS, _json(facts))
    except Refused as refused:
        line.send(wire.REFUSED, _json({"refusal": refused.code, "kind": refused.kind}))
    except MemoryError:
        line.send(wire.REFUSED, _json({"refusal": "too_many_pixels"}))
    except BROKEN_FILE:
        line.send(wire.REFUSED, _json({"refusal": "unreadable"}))


def _json(value):
    return json.dumps(clean(value)).encode()
