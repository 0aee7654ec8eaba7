"""The engine on real workers: killed in mid-send, two at once, the broker gone and back. Each mail once."""

import datetime as dt
import threading
import time

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from portal.embedded.valkey import Valkey
from referrals.models import Reminder
from referrals.reminders import actions, tasks
from referrals.rules import catalogue
from tests.build import later, make_case, make_draft, make_person
from tests.workers import Process, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail_url(catcher):
    return f"smtp://127.0.0.1:{catcher.port}"


@pytest.fixture
def start(tmp_path, mail_url):
    """Starts a process of Celery; none is left behind."""
    started = []

    def begin(*what, **environment):
        process = Process(*what, log=tmp_path / "celery.log", **{"EMAIL_URL": mail_url, **environment})
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()


WORKER = ("worker", "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip", "--without-mingle")


def news(count):
    """So many patients to whom something is due this moment, at any hour."""
    now = timezone.now()
    return [make_case(make_person(f"patient{n}"), now=now) for n in range(count)]


def all_sent():
    return not Reminder.objects.filter(rule="N1").exclude(status="sent").exists()


def make_stale():
    """Eleven minutes go by for those who wait for a dead worker."""
    Reminder.objects.filter(status="sending").update(claimed_at=timezone.now() - dt.timedelta(minutes=11))


def test_r39_a_worker_killed_in_mid_send_sends_each_mail_once(clinic, catcher, start):
    current_app.control.purge()
    news(5)
    catcher.hold = True
    worker = start(*WORKER)
    tasks.send_due.delay()
    assert catcher.holding.wait(60)
    worker.kill()
    assert Reminder.objects.filter(rule="N1", status="sending").count() == 5
    assert catcher.mails == []
    catcher.hold = False
    catcher.free.set()
    make_stale()
    start(*WORKER)
    tasks.send_due.delay()
    wait_for(all_sent, 60)
    keys = {f"<{row.key.hex}@127.0.0.1>" for row in Reminder.objects.filter(rule="N1")}
    assert sorted(catcher.ids) == sorted(keys)


def test_r39_a_worker_killed_at_any_moment_loses_nothing(clinic, catcher, start):
    current_app.control.purge()
    news(40)
    kills = 0
    for after in (4, 17):
        worker = start(*WORKER)
        tasks.send_due.delay()
        wait_for(lambda after=after: len(catcher.mails) >= after, 60)
        worker.kill()
        kills += 1
        time.sleep(0.2)
        make_stale()
    start(*WORKER)
    tasks.send_due.delay()
    wait_for(all_sent, 60)
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
    clinic, catcher, start, tmp_path
):
    with Valkey(tmp_path / "valkey", careless=True) as broker:
        where = {"REDIS_URL": broker.url, "REMINDERS_EVERY": "1", "PORTAL_HOME": str(tmp_path)}
        start(*WORKER, **where)
        start("beat", "--loglevel", "WARNING", "--schedule", str(tmp_path / "beat"), **where)
        news(1)
        wait_for(all_sent, 60)
        broker.stop()
        news_of_the_night = make_case(make_person("night"), now=timezone.now())
        assert news_of_the_night.reminders.get(rule="N1").status == "planned"
        time.sleep(2)
        assert len(catcher.mails) == 1
        broker.start()
        wait_for(all_sent, 90)
        assert len(catcher.ids) == len(set(catcher.ids)) == 2
