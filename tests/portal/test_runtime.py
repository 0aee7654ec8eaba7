"""The parts that run beside the pages: the worker, the broker, the cache, the mail catcher, /health/."""

import http.client
import json
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from portal import health, queues, tasks
from portal.celery import app
from portal.embedded.process import wait_until
from referrals.models import Heartbeat

NOBODY_LISTENS = "unix:///nowhere/valkey.sock?db=0"
BEATING = (*queues.ALL, "beat")
PARTS = ("database", "broker", "storage", *BEATING)


def is_heard(*names):
    return wait_until(lambda: Heartbeat.objects.filter(name__in=names).count() == len(names), 40, 0.1)


def test_worker_beats_for_each_of_its_queues(transactional_db, worker):
    Heartbeat.objects.all().delete()
    tasks.heartbeat.delay()
    assert is_heard("beat", *queues.ALL)


def test_worker_killed_is_started_again_and_works(transactional_db, worker):
    worker.kill()
    worker.start()
    assert is_heard("beat", *queues.ALL)


def test_beat_ticks(transactional_db, worker, beat):
    Heartbeat.objects.all().delete()
    assert is_heard("beat")


def test_caught_mail_is_whole(smtp_catcher):
    smtp_catcher.clear()
    line = get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=smtp_catcher.port
    )
    EmailMessage(
        "Grüße", "Ünïcode", "a@fernhollow.example", ["zoë@fernhollow.example"], connection=line
    ).send()
    (mail,) = smtp_catcher.wait_for(1)
    assert mail["subject"] == "Grüße"
    assert mail.get_content().strip() == "Ünïcode"


def test_nudge_without_a_broker_is_no_error_and_no_wait(settings):
    code = (
        "import time, django; django.setup(); from portal import tasks; began = time.monotonic(); "
        "assert tasks.heartbeat.delay() is None; print(time.monotonic() - began)"
    )
    import os

    env = dict(os.environ) | {"REDIS_URL": NOBODY_LISTENS}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.strip().splitlines()[-1]) < 3


def test_cache_away_remembers_for_itself(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": NOBODY_LISTENS}}
    cache = caches["default"]
    assert cache.get("tries", []) == []
    cache.set("tries", [1])
    assert cache.get("tries") == [1]
    assert cache.add("tries", [2]) is False
    cache.clear()
    assert cache.get("tries") is None


def test_sign_in_works_and_is_still_limited_while_the_cache_is_away(settings, client, ana):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": NOBODY_LISTENS}}
    caches["default"].clear()
    for _ in range(6):
        page = client.post("/accounts/login/", {"login": ana.email, "password": "not this one"})
        assert page.status_code < 500
    assert "Too many" in page.content.decode()
    caches["default"].clear()


def test_cache_forgets_its_own_keys_only():
    cache = caches["default"]
    client = cache._cache.get_client(None, write=True)
    client.set("_kombu.binding.x", "1")
    cache.set("ours", 1)
    cache.clear()
    assert client.get("_kombu.binding.x") == b"1"
    assert cache.get("ours") is None
    client.delete("_kombu.binding.x")


@pytest.mark.django_db
def test_health_names_each_part(client):
    for name in BEATING:
        health.beat(name, now=timezone.now())
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer.json() == {"status": "up", "parts": dict.fromkeys(PARTS, True)}


@pytest.mark.django_db
@pytest.mark.parametrize("silent", BEATING)
def test_health_is_down_when_a_worker_or_beat_is_silent(client, silent):
    for name in BEATING:
        health.beat(name, now=timezone.now() - timedelta(minutes=5 if name == silent else 0))
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {name: name != silent for name in PARTS}


@pytest.mark.django_db
def test_health_is_down_when_the_broker_is(client, settings):
    settings.REDIS_URL = NOBODY_LISTENS
    answer = client.get("/health/?of=broker")
    assert (answer.status_code, answer.json()) == (503, {"status": "down", "parts": {"broker": False}})


@pytest.mark.django_db
def test_health_is_down_when_records_can_not_be_written(client, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.RECORDS_DIR = tmp_path / "file" / "records"
    assert client.get("/health/?of=storage").status_code == 503


@pytest.mark.django_db
def test_health_of_some_parts_only(client):
    assert client.get("/health/?of=database&of=nonsense").json()["parts"] == {"database": True}


def test_health_changes_nothing(client, db):
    assert client.post("/health/").status_code == 405


def test_site_is_served_with_hashed_files(transactional_db, live_site):
    asking = http.client.HTTPConnection(live_site.url.removeprefix("http://"), timeout=20)
    asking.request("GET", "/")
    page = asking.getresponse()
    text = page.read().decode()
    assert page.status == 200
    style = next(part for part in text.split('"') if "for-patient." in part)
    asking.request("GET", style, headers={"Accept-Encoding": "br"})
    file = asking.getresponse()
    file.read()
    assert "immutable" in file.headers["Cache-Control"]
    assert file.headers["Content-Encoding"] == "br"
    assert file.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_tasks_are_acknowledged_late_and_given_out_again_only_after_the_longest():
    assert app.conf.task_acks_late
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_ignore_result
    assert all(entry["task"] in app.tasks or app.loader.import_default_modules() or entry["task"] in app.tasks
               for entry in app.conf.beat_schedule.values())  # fmt: skip


def test_health_is_quick(client, db):
    began = time.monotonic()
    json.loads(client.get("/health/").content)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "kind", ["text/plain; charset=rot13", "multipart/form-data; boundary=B; charset=hex", "a/b; c*=x''y"]
)
def test_s21_a_charset_that_is_none_breaks_no_page(transactional_db, live_site, kind):
    request = urllib.request.Request(f"{live_site.url}/?q=MARKER", headers={"Content-Type": kind})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200 and "Content-Security-Policy" in answer.headers


def test_s23_a_request_that_cannot_be_read_is_in_no_log(transactional_db, live_site):
    for line in (b"GET /records/send/MARKER-1 /x HTTP/1.1", b"GET /records/send/MARKER-2/ HTTP/9.9"):
        with socket.create_connection(("127.0.0.1", int(live_site.url.rsplit(":")[-1]))) as asking:
            asking.sendall(line + b"\r\nHost: 127.0.0.1\r\nMARKER 3: x\r\n\r\n")
            assert b" 400 " in asking.recv(100)
    assert "Invalid request" in live_site.words() and "MARKER" not in live_site.words()
