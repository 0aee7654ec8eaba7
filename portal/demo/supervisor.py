"""Keeps a handful of processes running, and ends them in order."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from portal.embedded.process import dies_with_us

LONGEST_PAUSE = 30  # seconds between two tries of something that keeps failing
CALM = 60  # seconds after which a process counts as well again
LARGE_LOG = 5 * 1024**2


class ToldToStop(Exception):
    """A signal, or make's end, asks us to stop."""


class Child:
    """A process of ours: how it is started, and how long it may take to end."""

    def __init__(self, name, command, *, env, log: Path, patience=15, pass_fds=()):
        self.name, self.command, self.env = name, command, env
        self.log, self.patience, self.pass_fds = log, patience, pass_fds
        self.process = None
        self.failures = 0
        self.began = self.again_at = 0.0

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.pass_fds,
                start_new_session=True,  # Ctrl-C is for us; we pass it on in order
                preexec_fn=dies_with_us(signal.SIGTERM),
            )
        self.began = time.monotonic()

    def ask_to_stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def stop(self):
        self.ask_to_stop()
        if self.process:
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


class Supervisor:
    """Starts servers and children in the order they are added; stops children together, then the
    servers from last to first."""

    def __init__(self, say: Callable[[str], None]):
        self.say = say
        self.servers, self.children = [], []

    def add_server(self, server):
        self.servers.append(server)
        server.start()

    def add(self, child: Child):
        self.children.append(child)
        rotate(child.log)
        child.start()

    def look(self):
        """Starts again what has ended, at longer and longer intervals."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.again_at:
                    child.start()
            elif child.process.poll() is not None:
                child.failures = 1 if now - child.began > CALM else child.failures + 1
                pause = min(2 ** (child.failures - 1), LONGEST_PAUSE)
                child.process, child.again_at = None, now + pause
                self.say(f"{child.name} ended and starts again in {pause} s; its log is {child.log}")
        for server in self.servers:
            if server.process and server.process.poll() is not None:
                self.say(f"{type(server).__name__} ended and starts again; its log is {server.log}")
                server.start()

    def stop(self):
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop()
        for server in reversed(self.servers):
            server.stop()


def rotate(log: Path):
    """A log that has grown large becomes the one before; the one before that goes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LARGE_LOG:
            log.replace(log.with_suffix(".log.1"))


def listen_to_signals():
    """SIGINT, SIGTERM and SIGHUP end the demo once; while it is ending they change nothing."""

    def stop(number, frame):
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        raise ToldToStop

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)


def caught_signals(pid: int) -> int:
    """The mask of signals that a process handles; 0 where it can't be read."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt")), 0)
