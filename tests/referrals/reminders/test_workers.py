"""The engine on real workers: killed in mid-send, two at once, the broker gone and back. Each mail once."""

import datetime as dt
import threading
import time

import pytest
from django.db import connection
from django.utils import timezone
from kombu import Connection

from portal.embedded.process import wait_until
from portal.embedded.valkey import Valkey
from portal.environment import broker_address
from referrals.models import Reminder
from referrals.reminders import actions, tasks
from referrals.rules import catalogue
from tests.build import later, make_case, make_draft, make_person
from tests.processes import celery

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = ("worker", "--concurrency", "1", "--without-gossip", "--without-mingle")


@pytest.fixture(autouse=True)
def no_nudges(monkeypatch):
    """Other workers of this run stay out of these tests: they are told nothing, and have another broker."""
    monkeypatch.setattr(catalogue, "nudge", lambda task: None)


@pytest.fixture
def broker(tmp_path):
    with Valkey(tmp_path / "valkey", careless=True) as found:
        yield found


@pytest.fixture
def start(tmp_path, catcher, broker, process_environment):
    """Starts a process of Celery's on this test's broker and mail server; none is left behind."""
    started = []

    def begin(*what):
        env = process_environment | {
            "EMAIL_URL": f"smtp://127.0.0.1:{catcher.port}",
            "REDIS_URL": broker.url,
            "REMINDERS_EVERY": "1",
            "PORTAL_HOME": str(tmp_path),
        }
        process = celery(f"{tmp_path.name}-{len(started)}", what, env, ready=lambda _: True)
        process.start()
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.process.poll() is None:
            process.kill()


@pytest.fixture
def tick(broker):
    """What beat does once a minute."""

    def give():
        with Connection(broker_address(broker.url)) as to_broker:
            tasks.send_due.apply_async(connection=to_broker)

    return give


def wait_for(what, patience=90):
    assert wait_until(what, patience, 0.05)


def news(count):
    """So many patients to whom something is due this moment, at any hour."""
    now = timezone.now()
    return [make_case(make_person(f"patient{n}"), now=now) for n in range(count)]


def all_sent():
    return not Reminder.objects.filter(rule="N1").exclude(status="sent").exists()


def make_stale():
    """Eleven minutes go by for those who wait for a dead worker."""
    Reminder.objects.filter(status="sending").update(claimed_at=timezone.now() - dt.timedelta(minutes=11))


def test_r39_a_worker_killed_in_mid_send_sends_each_mail_once(clinic, catcher, start, tick):
    news(5)
    catcher.hold = True
    worker = start(*WORKER)
    tick()
    assert catcher.holding.wait(90)
    worker.kill()
    assert Reminder.objects.filter(rule="N1", status="sending").count() == 5
    assert catcher.mails == []
    catcher.hold = False
    catcher.free.set()
    make_stale()
    start(*WORKER)
    tick()
    wait_for(all_sent)
    keys = {f"<{row.key.hex}@127.0.0.1>" for row in Reminder.objects.filter(rule="N1")}
    assert sorted(catcher.ids) == sorted(keys)


def test_r39_a_worker_killed_at_any_moment_loses_nothing(clinic, catcher, start, tick):
    news(40)
    kills = 0
    for after in (4, 17):
        worker = start(*WORKER)
        tick()
        wait_for(lambda after=after: len(catcher.mails) >= after)
        worker.kill()
        kills += 1
        time.sleep(0.2)
        make_stale()
    start(*WORKER)
    tick()
    wait_for(all_sent)
    assert len(set(catcher.ids)) == 40
    # Between "accepted" and "written" lies the one gap of mail: such a mail has the same Message-ID.
    assert len(catcher.ids) - 40 <= kills


def in_threads(count, what):
    barrier = threading.Barrier(count)

    def run():
        barrier.wait()
        try:
            what()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_r39_two_dispatchers_at_once_double_nothing(clinic, catcher):
    news(30)
    now = timezone.now()

    def dispatch():
        while actions.send_due(now=now, most=4):
            pass

    in_threads(3, dispatch)
    assert all_sent()
    assert len(catcher.ids) == len(set(catcher.ids)) == 30


def test_two_dispatchers_keep_to_one_reminder_a_day(ana, catcher):
    for _n in range(4):
        catalogue.plan(make_draft(ana, situation="trust", decide_by_on=None), now=later())
    in_threads(4, lambda: actions.send_due(now=later(days=1), most=1))
    assert len(catcher.mails) <= 1
    for minute in range(1, 9):
        in_threads(2, lambda minute=minute: actions.send_due(now=later(days=1, minutes=minute), most=2))
    assert len(catcher.mails) == 1


def test_r41_while_the_broker_is_gone_the_ledger_is_kept_and_goes_out_when_it_is_back(
    clinic, catcher, start, broker, tmp_path
):
    start(*WORKER)
    start("beat", "--schedule", str(tmp_path / "beat"))
    news(1)
    wait_for(all_sent)
    broker.stop()
    night = make_case(make_person("night"), now=timezone.now())
    assert night.reminders.get(rule="N1").status == "planned"
    time.sleep(2)
    assert len(catcher.mails) == 1
    broker.start()
    wait_for(all_sent)
    assert len(catcher.ids) == len(set(catcher.ids)) == 2
