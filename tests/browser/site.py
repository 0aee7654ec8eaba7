"""The whole portal, alive: gunicorn, a Celery worker with its beat, PostgreSQL, Valkey and an SMTP server.

Its database is its own, and rows stay in it: each test brings people of its own.
"""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from portal.embedded.process import dies_with_us
from tests.browser import on_tuesday
from tests.smtp import Catcher, free_port

DATABASE = "portal_in_a_browser"
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
LINK = re.compile(r"https?://\S+")
ROOT = Path(__file__).resolve().parents[2]


class Site:
    def __init__(self, clock):
        self.home = Path(os.environ["PORTAL_HOME"])
        self.catcher, self.port = Catcher(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.programs, self.clock = [], clock
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "DATABASE_URL": re.sub(r"(//[^/]*)/[^?]*", rf"\1/{DATABASE}", os.environ["DATABASE_URL"]),
            "REDIS_URL": os.environ["REDIS_URL"].rpartition("=")[0] + "=15",
            "STATIC_ROOT": str(self.home / "static-in-a-browser"),
            "SECRET_KEY": settings.SECRET_KEY,  # sessions made here are good there
            "PUBLIC_URL": self.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.catcher.port}",
            "CLOCK_OFFSET": str(clock),
        }

    def start(self):
        self.catcher.start()
        log = (self.home / "browser-static.log").open("wb")
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=log)
        self._run(
            "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "1",
            "--worker-class", "gthread", "--threads", "8", "--no-control-socket",
        )  # fmt: skip
        self._run(
            "celery", "-A", "portal", "worker", "-B", "--concurrency", "1", "--loglevel", "WARNING",
            "-s", str(self.home / "beat-in-a-browser"),
        )  # fmt: skip
        self._wait_for_pages()

    def _run(self, name, *words):
        log = (self.home / f"browser-{name}.log").open("wb")
        command = [sys.executable, "-m", "tests.browser.on_tuesday", name, *words]
        self.programs.append(
            subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, preexec_fn=dies_with_us()
            )
        )

    def _wait_for_pages(self):
        until = time.monotonic() + 40
        while True:
            with suppress(OSError), urllib.request.urlopen(self.url, timeout=5) as answer:
                if answer.status == 200:
                    return
            if time.monotonic() > until or self.programs[0].poll() is not None:
                raise AssertionError((self.home / "browser-gunicorn.log").read_text()[-3000:])
            time.sleep(0.1)

    def stop(self):
        for program in self.programs:
            program.send_signal(signal.SIGTERM)
        for program in self.programs:
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        self.catcher.stop()

    # --- mail, as it arrived ---

    def mail_to(self, address, about="", *, after=0, patience=25):
        """The text of the newest mail to somebody that says `about`; waits for it to arrive."""
        until = time.monotonic() + patience
        while True:
            for mail in reversed(self.catcher.mails[after:]):
                text = mail.get_body(("plain",)).get_content()
                if address in str(mail["To"]) and about in f"{mail['Subject']}\n{text}":
                    return text
            if time.monotonic() > until:
                came = [(str(mail["To"]), str(mail["Subject"])) for mail in self.catcher.mails]
                raise AssertionError(f"No mail to {address} says {about!r}. These came: {came}")
            time.sleep(0.1)

    def code_for(self, address, **search):
        return CODE.search(self.mail_to(address, **search))[1]

    def link_for(self, address, about, part, **search):
        """The first link in that mail with `part` in its path."""
        text = self.mail_to(address, about, **search)
        return next(link for link in LINK.findall(text) if part in link)


@contextmanager
def own_database():
    """This process's connection led to a database of the site's own."""
    tests_own = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.settings_dict["NAME"] = DATABASE
    try:
        call_command("migrate", verbosity=0)
        call_command("load_articles", verbosity=0)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = tests_own
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


@contextmanager
def living():
    clock = on_tuesday.offset()
    with own_database():
        site = Site(clock)
        try:
            site.start()
            with on_tuesday.travel(clock):
                yield site
        finally:
            site.stop()
