"""A decoder whose jobs do what code does that took over a child. `python -m tests.referrals.records.bad_decoder`."""

import ctypes
import os
import signal
import socket
import struct
import subprocess
from pathlib import Path

from referrals.records.decoder import __main__ as parent
from referrals.records.decoder import job, wire


def tried(what):
    try:
        what()
    except BaseException as error:  # the test reads what became of it
        return type(error).__name__
    return "done"


@job
def reach_out(_original, _out, canary, port, worker):
    libc = ctypes.CDLL(None)
    return {
        "write": tried(lambda: Path(canary).write_text("changed")),
        "make": tried(lambda: Path(canary + ".new").mkdir()),
        "remove": tried(lambda: os.unlink(canary)),
        "read": tried(lambda: Path(canary).read_text()),
        "keys": tried(lambda: Path(f"/proc/{worker}/environ").read_bytes()),
        "connect": tried(lambda: socket.create_connection(("127.0.0.1", port), 2)),
        "pair": tried(socket.socketpair),
        "run": tried(lambda: subprocess.run(["/bin/true"])),
        "exec": tried(lambda: os.execv("/bin/true", ["true"])),
        "fork": tried(os.fork),
        "kill_parent": tried(lambda: os.kill(os.getppid(), signal.SIGKILL)),
        "kill_worker": tried(lambda: os.kill(worker, 0)),
        "trace": "done" if libc.ptrace(16, os.getppid(), 0, 0) == 0 else "refused",
        "threads": tried(lambda: __import__("_thread").start_new_thread(int, ())),
    }


@job
def spin(_original, _out):
    while True:
        pass


@job
def eat(_original, _out):
    held = []
    while True:
        held.append(bytearray(16 * 1024**2))


@job
def crash(_original, _out):
    ctypes.string_at(1)


@job
def say(_original, out, what):
    """Straight onto the line, past everything that child.Out looks after."""
    sock = out._line.sock
    said = {
        "nothing": b"",
        "a list": _message(wire.FACTS, b"[1, 2]"),
        "no number": _message(wire.FACTS, b'{"page_count": NaN}'),
        "depths": _message(wire.FACTS, b"[" * 100_000),
        "no json": _message(wire.FACTS, b"\xff\xfe"),
        "an endless answer": struct.pack("!cI", wire.FACTS, 2**31),
        "another letter": _message(b"Q", b""),
        "no reason": _message(wire.REFUSED, b"{}"),
        "a piece of nothing": _message(wire.PIECE, b"abc"),
        "an endless blob": _message(wire.BLOB, b"{}") + _message(wire.PIECE, bytes(1024**2)) * 40,
        "blob after blob": (_message(wire.BLOB, b"{}") + _message(wire.END, b"")) * 50,
        "far too much to read": _message(wire.READ, wire.STRETCH.pack(0, 2**32 - 1)),
        "beyond the end": _message(wire.READ, wire.STRETCH.pack(2**63 + 5, 10)),
        "half a question": _message(wire.READ, b"\0\0"),
        "text for a table": _message(wire.FACTS, b'{"text": "a\\u0000b\\ud800c"}'),
    }[what]
    sock.sendall(said)
    os._exit(0)


@job
def ask_for_ever(original, _out):
    while True:
        original.seek(0)
        original.raw._blocks.clear()
        original.read(10)


@job
def deaf(_original, out):
    """Asks on and on, and never listens."""
    while True:
        out._line.send(wire.READ, wire.STRETCH.pack(0, 1024**2))


@job
def blobs(_original, out, sizes):
    for number, size in enumerate(sizes):
        out.blob({"number": number}, b"x" * size)
    return {"done": True}


@job
def break_off(_original, out):
    def pieces():
        yield b"x" * 1000
        raise ValueError

    for _n in range(2):
        tried(lambda: out.blob({}, pieces()))
    out.blob({}, b"whole")
    return {}


@job
def echo(original, out):
    out.blob({}, iter(lambda: original.read(100_000), b""))
    return {"size": original.size}


def _message(letter, body):
    return wire.HEAD.pack(letter, len(body)) + body


if __name__ == "__main__":
    parent.main()
