"""A real Celery worker (and beat) on the tests' own database, broker and mail server; killed as the night kills."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

from django.db import connection


def database_url():
    """Where the tests' database is, for another process."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))


class Process:
    """`celery -A portal <what>` in a process group of its own."""

    def __init__(self, *what, log, **environment):
        self.log = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "portal", *what],
            env={**os.environ, "DATABASE_URL": database_url(), **environment},
            stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip

    def end(self, how=signal.SIGTERM, patience=20):
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()

    def kill(self):
        """No goodbye."""
        self.end(signal.SIGKILL)


def wait_for(what, patience=30):
    """Until `what()` says yes; its answer."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if answer := what():
            return answer
        time.sleep(0.05)
    raise AssertionError("It did not happen in time")
