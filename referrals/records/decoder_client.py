"""Having the decoder do a job. What the child says is believed as little as the file it read.

Each worker process has a decoder parent of its own, started with the first job and again when it died.
"""

import contextlib
import itertools
import json
import math
import os
import socket
import subprocess
import sys
import threading
import time

from django.conf import settings

from referrals import storage
from referrals.records.decoder import limits, wire
from referrals.records.decoder.words import clean

LARGEST_FACTS = 32 * limits.MIB
LARGEST_META = 64 * 1024
LARGEST_BLOB = 256 * limits.MIB
MOST_BLOBS = 1000
LARGEST_READ = 8 * limits.MIB
SLOWEST_START = 60  # seconds
PROGRAM = [sys.executable, "-s", "-B", "-m", "referrals.records.decoder"]
RENEW_EVERY = 10  # seconds
ENVIRONMENT = {
    "PATH": os.defpath, "LANG": "C.UTF-8", "HOME": "/nonexistent", "TMPDIR": "/nonexistent",
    "MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1",
}  # fmt: skip


class Stuck(Exception):
    """No answer: the child hung, crashed, hit a limit or talked nonsense, or the file is no longer ours."""


class Down(Exception):
    """The decoder doesn't start."""


# Not the file's fault: whatever met one of these is tried again, and its attempt doesn't count.
OUTAGES = (Down, storage.NoRoom, storage.Away, storage.WrongRing)


def run(job, key, **options):
    """As `run_on`, with the file that the storage keeps under `key`."""
    with storage.open(key) as original:
        return run_on(job, original, storage.size(key), **options)


def run_on(
    job, original, size, *, password=None, on_blob=None, still_mine=lambda: True, seconds=None,
    work_seconds=None, memory=limits.MEMORY, most_blobs=MOST_BLOBS, largest_blob=LARGEST_BLOB, **args,
):  # fmt: skip
    """The facts the job found, a dict; with a `refusal` where it refused the file.

    `on_blob(meta, stream)` is called for each thing it hands out: `meta` is a dict nobody has checked, `stream`
    something to `read`, as `storage.put` takes it. `still_mine` is asked every few seconds. `work_seconds` is what
    the child itself may take, where `on_blob` takes longer. Raises Stuck or Down, what the storage raises, and what
    `on_blob` raises; the child is gone then.
    """
    if password is not None:
        args["password"] = password
    seconds = seconds or limits.SECONDS
    with _child() as sock:
        line = wire.Line(sock, time.monotonic() + seconds)
        talk = _Talk(line, original, still_mine, largest_blob)
        asked = {
            "job": job,
            "size": size,
            "seconds": math.ceil(work_seconds or seconds),
            "memory": memory,
            "args": args,
        }
        try:
            line.send(wire.JOB, json.dumps(asked).encode())
            return talk.through(on_blob, most_blobs)
        except wire.Broken:
            raise Stuck from None


class _Talk:
    def __init__(self, line, original, still_mine, largest_blob):
        self.line, self.original, self.largest_blob = line, original, largest_blob
        self.still_mine, self.asked_at = still_mine, time.monotonic()

    def through(self, on_blob, most_blobs):
        blobs = 0
        while True:
            letter, body = self.next(LARGEST_FACTS)
            if letter == wire.FACTS:
                return _believed(body)
            if letter == wire.REFUSED:
                said = _believed(body)
                if not isinstance(said.get("refusal"), str) or not said["refusal"]:
                    raise Stuck
                return said
            blobs += 1
            if letter != wire.BLOB or len(body) > LARGEST_META or on_blob is None or blobs > most_blobs:
                raise Stuck
            blob = _Blob(self)
            with contextlib.suppress(_CutOff):
                on_blob(_believed(body), blob)
                blob.drain()

    def next(self, most):
        """The next message that isn't about reading the original."""
        while True:
            letter, body = self.line.receive(most)
            self._renew()
            if letter != wire.READ:
                return letter, body
            self._answer(body)

    def _answer(self, body):
        if len(body) != wire.STRETCH.size:
            raise Stuck
        start, length = wire.STRETCH.unpack(body)
        if length > LARGEST_READ or start > 2**62:
            raise Stuck
        self.original.seek(start)
        parts = []
        while length and (piece := self.original.read(length)):
            parts.append(piece)
            length -= len(piece)
        self.line.send(wire.DATA, b"".join(parts))

    def _renew(self):
        now = time.monotonic()
        if now - self.asked_at >= RENEW_EVERY:
            self.asked_at = now
            if not self.still_mine():
                raise Stuck


class _CutOff(Exception):
    """The rest of a blob won't come."""


class _Blob:
    """Something handed out, to be read once."""

    def __init__(self, talk):
        self.talk, self.left, self.piece, self.ended = talk, talk.largest_blob, b"", False

    def read(self, size=-1):
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(wire.LARGEST_PIECE), b""))
        while not self.piece and not self.ended:
            letter, self.piece = self.talk.next(wire.LARGEST_PIECE)
            if letter == wire.CUT:
                raise _CutOff
            self.ended = letter == wire.END
            self.left -= len(self.piece)
            if letter not in (wire.PIECE, wire.END) or self.left < 0:
                raise Stuck
        found, self.piece = self.piece[:size], self.piece[size:]
        return found

    def drain(self):
        while self.read(wire.LARGEST_PIECE):
            pass


def _believed(body):
    """A dict of plain values, its texts fit for the database; numbers that are none are refused."""
    try:
        said = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Stuck from None
    if not isinstance(said, dict):
        raise Stuck
    return clean(said)


def _no_number(_name):
    raise ValueError


# --- the parent -------------------------------------------------------------------------------------


class _Parent:
    """Our decoder; nobody else holds the other end of its socket, so it ends when this process does."""

    def __init__(self):
        self.numbers, self.lock, self.pid = itertools.count(1), threading.Lock(), os.getpid()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                PROGRAM,
                stdin=theirs, stdout=subprocess.DEVNULL, cwd=settings.BASE_DIR, env=ENVIRONMENT,
                start_new_session=True,
            )  # fmt: skip
        self.control.settimeout(SLOWEST_START)
        try:
            is_up = self.control.recv(16) == b"ready"
        except OSError:
            is_up = False
        if not is_up:
            self.end()
            raise Down

    def start(self):
        """(number, our end of its socket) of a new child."""
        number, (ours, theirs) = next(self.numbers), wire.pair()
        with theirs:
            try:
                socket.send_fds(self.control, [b"S%d" % number], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return number, ours

    def finish(self, number):
        with contextlib.suppress(OSError):  # a parent that is gone took its children along
            self.control.send(b"K%d" % number)

    def end(self):
        self.control.close()
        if self.pid == os.getpid():
            self.process.kill()
            self.process.wait()


def forget():
    """End this process's decoder, if it has one; the next job starts another."""
    global _parent
    if _parent is not None:
        _parent.end()
        _parent = None


_parent = None
_starting = threading.Lock()


@contextlib.contextmanager
def _child():
    parent, number, sock = _started()
    try:
        with sock:
            yield sock
    finally:
        parent.finish(number)


def _started():
    """A new child of our parent, which may have died or belong to the process that we were forked from."""
    global _parent
    with _starting:
        for _attempt in (1, 2):
            if _parent is not None and (_parent.pid != os.getpid() or _parent.process.poll() is not None):
                forget()
            _parent = _parent or _Parent()
            with contextlib.suppress(OSError):
                return _parent, *_parent.start()
            forget()
    raise Down
