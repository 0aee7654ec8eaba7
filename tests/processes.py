"""Real processes for tests: a worker, beat, the web server, a mail catcher. All on the test's own
database, so a test that uses them asks for `transactional_db` too.

    def test_mail_goes_out(transactional_db, worker, smtp_catcher): ...
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from portal.embedded.process import dies_with_us, wait_until

PATIENCE = 120
HOME = Path(settings.PORTAL_HOME)


class RealProcess:
    """Started, stopped and killed at will: `kill()` is kill -9."""

    def __init__(self, name, command, env, *, ready, pass_fds=()):
        self.command, self.env, self.ready, self.pass_fds = command, env, ready, pass_fds
        self.log = HOME / f"{name}-{os.getpid()}.log"
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.pass_fds,
                preexec_fn=dies_with_us(signal.SIGTERM),
                start_new_session=True,
            )
        if not wait_until(lambda: self.ready(self) or self.process.poll() is not None, PATIENCE, 0.1):
            pytest.fail(f"{self.command} isn't ready after {PATIENCE} s:\n{self.words()}")
        if self.process.poll() is not None:
            pytest.fail(f"{self.command} ended with {self.process.returncode}:\n{self.words()}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self):
        """The whole group at once, without a word, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def words(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class MailCatcher(RealProcess):
    """A real SMTP server that keeps what it gets: `mails()`, oldest first."""

    def __init__(self):
        self.directory = HOME / f"mail-{os.getpid()}"
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.set_inheritable(True)
        self.port = self.socket.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        number = self.socket.fileno()
        command = [sys.executable, "-m", "portal.demo.mail", str(number), str(self.directory)]
        super().__init__(
            "mail", command, dict(os.environ), ready=lambda _: self.directory.is_dir(), pass_fds=[number]
        )

    def mails(self):
        files = sorted(self.directory.glob("[0-9]*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def wait_for(self, count, seconds=20):
        wait_until(lambda: len(self.mails()) >= count, seconds, 0.1)
        return self.mails()

    def clear(self):
        for file in self.directory.glob("*.eml"):
            file.unlink()


@pytest.fixture(scope="session")
def smtp_catcher():
    catcher = MailCatcher()
    catcher.start()
    yield catcher
    catcher.stop()
    catcher.socket.close()


@pytest.fixture(scope="session")
def process_environment(django_db_setup, smtp_catcher):
    """What a process needs to be one of this test run's."""
    found = settings.DATABASES["default"]
    return dict(os.environ) | {
        "DATABASE_URL": f"postgres://{found['USER']}@/{found['NAME']}?host={quote(found['HOST'], safe='')}",
        "EMAIL_URL": smtp_catcher.url,
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": str(settings.BASE_DIR),
        "C_FORCE_ROOT": "1",
    }


def celery(name, arguments, env, ready):
    command = [sys.executable, "-m", "celery", "--app", "portal", *arguments]
    return RealProcess(name, command, env, ready=ready)


@pytest.fixture(scope="module")
def worker(process_environment):
    """A real Celery worker, for the tests of one module: in others it would take up the work they only hand out."""
    arguments = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    found = celery(
        "worker", arguments, process_environment, ready=lambda it: "celery@" in it.words() and is_at_work()
    )
    found.start()
    yield found
    found.stop()


def is_at_work():
    from portal.celery import app

    return bool(app.control.ping(timeout=2, limit=1))


@pytest.fixture
def beat(process_environment):
    """A real beat, for one test: its ticks would disturb others."""
    schedule = HOME / f"beat-{os.getpid()}"
    arguments = ["beat", "--schedule", str(schedule)]
    found = celery("beat", arguments, process_environment, ready=lambda it: "beat" in it.words())
    found.start()
    yield found
    found.stop()
    for file in HOME.glob(f"{schedule.name}*"):
        file.unlink()


@pytest.fixture(scope="session")
def live_site(process_environment):
    """The portal behind gunicorn, as in the demo: `live_site.url`."""
    from portal import fonts

    for name in fonts.missing():
        fonts.make(name)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        number, port = listening.fileno(), listening.getsockname()[1]
        env = {k: v for k, v in process_environment.items() if k != "TESTING"} | {
            "DEMO": "1",
            "GUNICORN_BIND": f"fd://{number}",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "STATIC_ROOT": str(HOME / f"static-{os.getpid()}"),
            "WEB_WORKERS": "1",
        }
        collect = "import django; django.setup(); from portal.demo import prepare as p; "
        collect += "from django.conf import settings as s; p.collect_static(s.STATIC_ROOT)"
        subprocess.run([sys.executable, "-c", collect], env=env, check=True, stdout=subprocess.DEVNULL)
        command = [sys.executable, "-m", "gunicorn", "--config", "python:portal.gunicorn"]
        site = RealProcess("web", command, env, ready=lambda _: answers(port), pass_fds=[number])
        site.url = env["PUBLIC_URL"]
        site.start()
        yield site
        site.stop()


def answers(port):
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asking.request("GET", "/health/?of=database")
        return asking.getresponse().status == 200
    except OSError:
        time.sleep(0.1)
        return False
    finally:
        asking.close()


NO_NETWORK = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_program():
    """PORTAL_CHROMIUM, else Debian's or another on the path."""
    names = (os.environ.get("PORTAL_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium under Playwright: `chromium.new_context(base_url=live_site.url)`."""
    from playwright.sync_api import sync_playwright

    program = chromium_program()
    if not program:
        pytest.skip("browser tests: there is no Chromium here (apt install chromium)")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop running in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=NO_NETWORK)
        yield browser
        browser.close()
