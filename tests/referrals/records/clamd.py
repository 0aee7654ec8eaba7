"""A real clamd on a socket of its own, which knows one virus: EICAR's harmless test file."""

import base64
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from portal.embedded.process import wait_until

PROGRAM = shutil.which("clamd") or "/usr/sbin/clamd"
# So written that no scanner takes this file for the virus.
EICAR = base64.b64decode(
    "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo="
)
SIGNATURE = f"Eicar-Test:0:*:{EICAR.hex()}\n"


def is_installed():
    return os.access(PROGRAM, os.X_OK)


needed = pytest.mark.skipif(
    not is_installed(), reason="the virus check: clamd is missing (apt install clamav-daemon)"
)


class Clamd:
    def __init__(self, **options):
        self.home = Path(tempfile.mkdtemp(prefix="clamd-"))
        self.socket, self.process = self.home / "s", None
        (self.home / "db").mkdir()
        (self.home / "db" / "eicar.ndb").write_text(SIGNATURE)
        settings = {
            "LocalSocket": self.socket, "DatabaseDirectory": self.home / "db", "Foreground": "yes",
            "TemporaryDirectory": self.home, "AlertExceedsMax": "yes", "MaxThreads": 4, "FixStaleSocket": "yes",
            "LogFile": self.home / "log", **options,
        }  # fmt: skip
        lines = [f"{name} {value}\n" for name, value in settings.items()]
        (self.home / "conf").write_text("".join(lines))

    @property
    def url(self):
        return f"unix://{self.socket}"

    def start(self):
        self.process = subprocess.Popen(
            [PROGRAM, "--config-file", self.home / "conf"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert wait_until(self.is_up, 60, 0.05), (self.home / "log").read_text()

    def is_up(self):
        try:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(str(self.socket))
                sock.sendall(b"zPING\0")
                return sock.recv(10).startswith(b"PONG")
        except OSError:
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
