"""Files through gunicorn in pieces: against the floor, in bounded memory, killed midway, beside staff at work."""

import base64
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.test import Client

from referrals.vocabulary import Role
from tests.bench.records.storage import GIB, Made, floor_of_writing

PIECE, LARGEST = 8 * 1024**2, 32 * 1024**2  # as the browser's client: twice as much while the line is fast
TOKEN = "b" * 32
CASES, LOOKS = 60, 300
# Twenty lines as people have them: bytes a second.
LINES = [60_000] * 8 + [500_000] * 6 + [4_000_000] * 6


class Web:
    """gunicorn as in production, on a socket that outlives it."""

    def __init__(self, workers):
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.listening.set_inheritable(True)
        self.port = self.listening.getsockname()[1]
        self.env = os.environ | {
            "GUNICORN_BIND": f"fd://{self.listening.fileno()}", "WEB_WORKERS": str(workers),
            "SECRET_KEY": settings.SECRET_KEY, "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }  # fmt: skip
        self.start()

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "--config", "python:portal.gunicorn"]
        self.process = subprocess.Popen(
            command, env=self.env, pass_fds=[self.listening.fileno()], start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if Line(self).ask("GET", "/health/?of=database", {})[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise RuntimeError("gunicorn does not start")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def peak(self):
        """MiB of its largest worker so far."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        lines = (Path(f"/proc/{pid}/status").read_text() for pid in children)
        return max(int(line.split("VmHWM:")[1].split()[0]) for line in lines) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.listening.close()


class Line:
    """One connection of one person."""

    def __init__(self, web, person=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=120)
        self.headers = {}
        if person:
            client = Client()
            client.force_login(person)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
            self.headers = {"Cookie": cookies, "X-CSRFToken": TOKEN}

    def ask(self, method, path, headers, body=None):
        self.connection.request(method, path, body=body, headers=self.headers | headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, answer.headers

    def tus(self, method, path, headers, body=None, expected=(200, 201, 204)):
        status, found = self.ask(method, path, {"Tus-Resumable": "1.0.0"} | headers, body)
        if status not in expected:
            raise RuntimeError(f"{method} answers {status}")
        return found

    def begin(self, case, size):
        said = {"filename": "study.dcm", "case": case.reference}
        words = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())
        found = self.tus("POST", "/records/uploads/", {"Upload-Length": str(size), "Upload-Metadata": words})
        return found["Location"]

    def send(self, path, at, size, *, pause=None, until=None):
        """Pieces from `at` on; `pause(piece)` is a slow line's body."""
        made, piece = Made(size), PIECE
        made.left -= at
        while at < size and not (until and until()):
            count, began = min(piece, size - at), time.monotonic()
            headers = {
                "Upload-Offset": str(at), "Content-Length": str(count),
                "Content-Type": "application/offset+octet-stream",
            }  # fmt: skip
            body = pause(count) if pause else _read(made, count)
            at = int(self.tus("PATCH", path, headers, body)["Upload-Offset"])
            if not pause and time.monotonic() - began < 2:
                piece = min(2 * piece, LARGEST)
        return at


def _read(made, count):
    for _piece in range(0, count, 1024**2):
        yield made.read(min(1024**2, count - _piece))


def slowly(rate):
    """A body that takes its time."""

    def body(count):
        step = max(min(rate // 10, 64 * 1024), 1024)
        began, sent = time.monotonic(), 0
        while sent < count:
            some = min(step, count - sent)
            yield b"\0" * some
            sent += some
            time.sleep(max(sent / rate - (time.monotonic() - began), 0))

    return body


def against_the_floor(figures, web, person, case, size):
    path, gcm = Path(settings.RECORDS_DIR) / "floor", AESGCM(AESGCM.generate_key(256))
    path.parent.mkdir(parents=True, exist_ok=True)
    line = Line(web, person)
    small = 3 * PIECE
    line.send(line.begin(case, small), 0, small)  # everything is loaded
    before, times = web.peak(), {"floor": [], "upload": []}
    for _round in range(3):
        began = time.perf_counter()
        floor_of_writing(path, size, gcm)
        times["floor"].append(time.perf_counter() - began)
        path.unlink()
        line = Line(web, person)  # the other one was silent for too long
        began = time.perf_counter()
        line.send(line.begin(case, size), 0, size)
        times["upload"].append(time.perf_counter() - began)
        _forget(case)
    floor, upload = (statistics.median(times[name]) for name in ("floor", "upload"))
    figures.say(f"  floor {size / GIB / floor:.2f} GiB/s, through gunicorn {size / GIB / upload:.2f} GiB/s")
    figures.add("upload-of-floor", floor / upload, least=0.5)
    figures.add("upload-memory-MiB", web.peak() - before, most=16)


def killed_in_the_middle(figures, web, person, case):
    size, line = 40 * PIECE, Line(web, person)
    path, worst = line.begin(case, size), 0
    for _kill in range(3):
        at = int(line.tus("HEAD", path, {})["Upload-Offset"])
        sent = [at]

        def counting(count, sent=sent):
            for piece in slowly(60_000_000)(count):
                yield piece
                sent[0] += len(piece)

        def run(line=line, at=at, counting=counting):
            try:
                line.send(path, at, size, pause=counting)
            except (OSError, http.client.HTTPException, RuntimeError):
                pass  # it was killed

        sender = threading.Thread(target=run)
        sender.start()
        time.sleep(1.2)
        web.kill()
        sender.join()
        web.start()
        line = Line(web, person)
        kept = int(line.tus("HEAD", path, {})["Upload-Offset"])
        worst = max(worst, sent[0] - kept)
    line.send(path, kept, size)
    figures.say(f"  after kill -9 {worst / 1024**2:.1f} MiB came again at most")
    figures.add("upload-pieces-again", worst / PIECE, most=1)


def beside_staff(figures, web, person, case, staff):
    looker = Line(web, staff)

    def look():
        began = time.perf_counter()
        status, _headers = looker.ask("GET", "/triage/", {})
        if status != 200:
            raise RuntimeError(f"the worklist answers {status}")
        return time.perf_counter() - began

    def p95(times):
        return statistics.quantiles(times, n=20)[-1]

    for _warm in range(40):
        look()
    idle = [look() for _look in range(LOOKS)]
    over, failed = threading.Event(), []

    def upload(rate):
        try:
            line = Line(web, person)
            size = 100 * PIECE
            line.send(line.begin(case, size), 0, size, pause=slowly(rate), until=over.is_set)
        except Exception as error:  # told below
            failed.append(repr(error))

    senders = [threading.Thread(target=upload, args=[rate], daemon=True) for rate in LINES]
    [sender.start() for sender in senders]
    time.sleep(3)
    busy = [look() for _look in range(LOOKS)]
    over.set()
    figures.say(
        f"  worklist p95: idle {1000 * p95(idle):.0f} ms, beside 20 uploads {1000 * p95(busy):.0f} ms"
    )
    figures.say(f"  failed: {failed}" if failed else "  no upload failed")
    figures.add("worklist-beside-uploads", p95(busy) / p95(idle), most=1.5)
    figures.add("uploads-failed", len(failed), most=0)


def _forget(case):
    from referrals import storage

    for record in case.records.all():
        storage.delete(record.key)
        record.delete()


def measure(figures, *, size):
    from tests import build

    patient, staff = build.make_person("bench"), build.make_person("tess", Role.TRIAGE_CLINICIAN)
    case = build.make_draft(patient)
    for number in range(CASES):
        build.make_case(build.make_person(f"asks{number}"))
    web = Web(workers=1)
    try:
        against_the_floor(figures, web, patient, case, size)
        killed_in_the_middle(figures, web, patient, case)
    finally:
        web.stop()
    web = Web(workers=2)
    try:
        beside_staff(figures, web, patient, case, staff)
    finally:
        web.stop()
