"""Whoever waits for a page or a code never waits for a long check: real workers, one for each queue."""

import os
import shlex
import time
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from portal import queues, tasks
from portal.celery import app
from portal.embedded.process import wait_until
from referrals.models import Heartbeat, OutgoingMail, PagePicture, Record
from referrals.records import tasks as records_tasks
from referrals.rules import outbox
from referrals.viewer import pictures
from tests import build
from tests.processes import celery
from tests.referrals.records import samples
from tests.referrals.records.test_worker import gate, those_who_wait

SECONDS = 20


@pytest.fixture(scope="module")
def workers(process_environment):
    """The processes of the demo, each with all it can do at once."""
    found = {}
    for name in queues.ALL:
        is_ready = lambda it, name=name: f"{name}@" in it.words() and is_at_work(name)  # noqa: E731
        found[name] = celery(f"worker-{name}", queues.worker(name), process_environment, ready=is_ready)
        found[name].start()
    yield found
    for each in found.values():
        each.stop()


def is_at_work(name):
    return any(node.startswith(f"{name}@") for each in app.control.ping(timeout=1) or () for node in each)


@pytest.fixture
def checks_are_stuck(workers, transactional_db, clinic, ana, settings):
    """Every process of the checks' worker waits in the middle of a file, and more files stand behind."""
    settings.RECORDS_DIR = os.environ["RECORDS_DIR"]
    draft = build.make_draft(ana)
    files = [samples.store(draft, b"words %d" % n, f"{n}.txt") for n in range(4)]
    Record.objects.update(sha256="")
    with gate("NEW.status = 'identified'"):
        for record in files:
            records_tasks.check_record.delay(key=str(record.key))
        assert wait_until(lambda: len(those_who_wait()) == 2, 60, 0.05), workers["checks"].words()[-2000:]
        yield draft
    assert wait_until(lambda: not Record.objects.exclude(status="ready").exists(), 90, 0.1)


def test_a_page_is_drawn_while_all_checks_are_busy(checks_are_stuck, workers):
    book = samples.store(
        checks_are_stuck, samples.pdf(3), "book.pdf", kind="pdf", status="ready", checked_at=build.real_now(),
        page_count=3,
    )  # fmt: skip
    for number in (1, 2, 3):
        book.pages.create(number=number, width=612, height=792)
    began = time.monotonic()
    assert pictures.picture_of(book, 1, "normal", now=build.real_now()).key is None
    drawn = PagePicture.objects.drawn().filter(page__record=book)
    assert wait_until(drawn.exists, SECONDS, 0.05), workers["drawing"].words()[-2000:]
    assert time.monotonic() - began < SECONDS
    assert len(those_who_wait()) == 2


def test_a_code_goes_out_while_all_checks_are_busy(checks_are_stuck, smtp_catcher):
    smtp_catcher.clear()
    outbox.post(to="ana@fernhollow.example", subject="Your code", text="123456", now=build.real_now())
    (mail,) = smtp_catcher.wait_for(1, SECONDS)
    assert mail["subject"] == "Your code"
    assert wait_until(lambda: OutgoingMail.objects.get().status == "sent", SECONDS)


def test_a_busy_worker_is_up_and_one_that_is_gone_is_not(workers, transactional_db, checks_are_stuck, client):
    Heartbeat.objects.exclude(name="beat").delete()
    tasks.heartbeat.delay()
    assert wait_until(lambda: Heartbeat.objects.count() == 4, 60, 0.2)
    assert client.get("/health/").status_code == 200
    Heartbeat.objects.filter(name="checks").delete()
    answer = client.get("/health/?of=drawing&of=mail&of=checks&of=beat")
    assert answer.json()["parts"] == {"drawing": True, "mail": True, "checks": False, "beat": True}


def test_each_task_has_one_queue_and_a_worker():
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    assert set(queues.ROUTES) <= set(ours)
    found = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}
    assert set(found.values()) == set(queues.ALL) == set(queues.WORKERS)
    assert found["referrals.records.tasks.check_record"] == "checks"
    assert {queue.name for queue in app.amqp.queues.consume_from.values()} == set(queues.ALL)


def test_compose_starts_each_worker_as_the_demo_does():
    services = yaml.safe_load((Path(settings.BASE_DIR) / "docker-compose.yml").read_text())["services"]
    for name in queues.ALL:
        words = shlex.split(services[name]["command"])
        assert tuple(words) == ("celery", "--app", "portal", *queues.worker(name))
        assert f"--destination {name}@$$HOSTNAME" in services[name]["healthcheck"]["test"][-1]
