"""The order of things in `make demo`."""

import base64
import ctypes
import fcntl
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from portal import queues
from portal.demo.supervisor import Child, Supervisor, ToldToStop, caught_signals, listen_to_signals
from portal.embedded.postgres import Postgres
from portal.embedded.process import PR_SET_PDEATHSIG, CannotStart, dies_with_us
from portal.embedded.valkey import Valkey

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PASSWORD = "second-opinion-demo"  # noqa: S105  made-up people have no secrets
CAST = {
    "ana": "a patient",
    "ben": "a patient",
    "pia": "a parent who asks for a child",
    "sam": "the coordinator",
    "tess": "the triage clinician",
    "vega": "a specialist",
    "stone": "a specialist",
    "quin": "reads quality",
    "lea": "the lead",
}
CELERY = [sys.executable, "-m", "celery", "--app", "portal"]
READY_WITHIN = 60  # seconds


def say(words=""):
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


class Demo:
    def __init__(self, environ):
        self.port = port_number(environ.get("PORT") or "8000")
        self.home = Path(environ.get("PORTAL_HOME") or BASE_DIR / "var").absolute()
        self.environ = environ
        self.make = os.getppid() if "MAKELEVEL" in environ else None
        self.supervisor = Supervisor(say)
        self.make_catches = self.make and interrupts(caught_signals(self.make))

    def run(self):
        listen_to_signals()
        self.end_with_make()
        try:
            lock = self.take_home()
            web, mail = self.listen()
            env = self.start(web, mail)
            self.wait_until_ready()
            self.say_ready()
            self.add("beat", [*CELERY, "beat"], env)  # nobody waits for its first tick
            while True:
                time.sleep(0.5)
                self.supervisor.look()
                self.notice_make()
        except ToldToStop:
            say("\nStopping")
        finally:
            self.supervisor.stop()
        lock.close()

    def end_with_make(self):
        if self.make and sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))

    def notice_make(self):
        """make that is interrupted alone waits for us without telling us; it only stops listening."""
        if self.make_catches and not interrupts(caught_signals(self.make)):
            os.kill(os.getpid(), signal.SIGTERM)

    def take_home(self):
        """One portal at a time in a PORTAL_HOME."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            lock = open(self.home / "lock", "a+")
        except OSError as why:
            raise CannotStart(f"PORTAL_HOME {self.home} can't be written: {why.strerror}.") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"A portal already runs in {self.home} ({lock.read().strip()}). "
                "Stop it, or choose another PORTAL_HOME and PORT."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, port {self.port}\n")
        lock.flush()
        return lock

    def listen(self):
        """The sockets are ours, so that a request or a mail only waits while its process starts again."""
        try:
            web = socket.create_server(("127.0.0.1", self.port), backlog=512)
        except OSError:
            raise CannotStart(f"Port {self.port} is taken. Choose another: PORT=8001 make demo") from None
        mail = socket.create_server(("127.0.0.1", 0))
        for listening in (web, mail):
            listening.set_inheritable(True)
        return web, mail

    def start(self, web, mail):
        env = self.environment(mail.getsockname()[1])
        log = self.home / "log"
        if not env.get("DATABASE_URL"):
            postgres = Postgres(self.home / "postgres", log=log / "postgres.log")
            if postgres.is_empty():
                say("Making a database (once)")
            self.supervisor.add_server(postgres)
            env["DATABASE_URL"] = postgres.url
        if not env.get("REDIS_URL"):
            valkey = Valkey(self.home / "valkey", log=log / "valkey.log")
            self.supervisor.add_server(valkey)
            env["REDIS_URL"] = valkey.url
        log.mkdir(parents=True, exist_ok=True)
        run = [sys.executable, "-m"]
        self.add("mail", [*run, "portal.demo.mail", str(mail.fileno()), str(self.home / "mail")], env, mail)
        self.prepare(env)
        self.add("web", [*run, "gunicorn", "--config", "python:portal.gunicorn"], env | {
            "GUNICORN_BIND": f"fd://{web.fileno()}"}, web)  # fmt: skip
        for queue in queues.ALL:
            self.add(f"worker-{queue}", [*CELERY, *queues.worker(queue)], env)
        return env

    def add(self, name, command, env, *sockets):
        descriptors = tuple(each.fileno() for each in sockets)
        log = self.home / "log" / f"{name}.log"
        self.supervisor.add(Child(name, command, env=env, log=log, pass_fds=descriptors))

    def environment(self, mail_port):
        kept = {
            k: v for k, v in self.environ.items() if k not in ("TESTING", "DEBUG", "MAKEFLAGS", "MAKELEVEL")
        }
        return kept | {
            "DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_HOME": str(self.home),
            "PUBLIC_URL": self.address.rstrip("/"),
            "SECRET_KEY": self.kept("secret", secrets.token_urlsafe(60)),
            "RECORD_KEYS": kept.get("RECORD_KEYS") or self.kept("record-keys", new_ring()),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "PYTHONPATH": str(BASE_DIR),
            "C_FORCE_ROOT": "1",
        }

    def kept(self, name, made):
        """Made once, so that people stay signed in and files can be read over a new start."""
        file = self.home / name
        if not file.exists():
            new = file.with_suffix(".new")  # an empty file would be believed for ever
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as secret:
                secret.write(made)
                secret.flush()
                os.fsync(secret.fileno())
            new.rename(file)
        return file.read_text()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}/"

    def prepare(self, env):
        done = subprocess.run(
            [sys.executable, "-m", "portal.demo.prepare"],
            env=env, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=dies_with_us(signal.SIGTERM),
        )  # fmt: skip
        if done.returncode:
            raise CannotStart("The portal couldn't be prepared; the words above say why.")

    def wait_until_ready(self):
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end:
            if self.health() == 200:
                return
            self.supervisor.look()
            self.notice_make()
            time.sleep(0.1)
        if self.health() is None:
            raise CannotStart(f"The portal doesn't answer; its logs are in {self.home / 'log'}.")
        say(f"Not everything is up yet: see {self.address}health/")

    def health(self):
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asking.request("GET", "/health/")
            return asking.getresponse().status
        except OSError:
            return None
        finally:
            asking.close()

    def say_ready(self):
        say(f"ready {self.address}")
        say()
        for name, who in CAST.items():
            say(f"  {name + '@fernhollow.example':26} {who}")
        say(f"\n  password  {PASSWORD}")
        say(f"  mail      {self.address}demo/mail/")
        say(f"  data      {self.home}")
        say("\nCtrl-C stops it.")


def new_ring():
    return f"demo:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def port_number(text):
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT must be a number from 1 to 65535, not “{text}”.")
    return int(text)


def interrupts(mask):
    return bool(mask & (1 << (signal.SIGINT - 1)))


if __name__ == "__main__":
    try:
        Demo(dict(os.environ)).run()
    except CannotStart as why:
        sys.exit(str(why))
