"""The worker's part: a nudge for each new file, and what beat asks for in case a nudge was lost."""

from celery import shared_task
from django.utils import timezone

from referrals.records import arrivals, checks, machine_reading, picturing
from referrals.records.pack import actions as packs
from referrals.records.pack import making
from referrals.rules.nudges import BEHIND

FEW = 10  # files of a case that are checked before the many of another


@shared_task
def check_record(*, key):
    checks.check(key=key, clock=timezone.now)


@shared_task
def check_waiting_records():
    for key, turn in checks.in_turn(now=timezone.now()).values_list("key", "turn")[:100]:
        check_record.apply_async(kwargs={"key": str(key)}, priority=BEHIND if turn > FEW else 0)


@shared_task
def draw_pages(*, key):
    picturing.draw(key=key, clock=timezone.now)


@shared_task
def draw_waiting_pages():
    for key in picturing.waiting(now=timezone.now()):
        draw_pages.delay(key=str(key))


@shared_task
def read_pages(*, key):
    if machine_reading.read(key=key, clock=timezone.now):
        _read_behind(key)


@shared_task
def read_waiting_pages():
    for key in machine_reading.waiting(now=timezone.now())[:20]:
        _read_behind(str(key))


def _read_behind(key):
    """A book of scans takes hours: whatever is to be checked goes before its next page."""
    read_pages.apply_async(kwargs={"key": key}, priority=BEHIND)


@shared_task
def compare_records():
    checks.compare_all(now=timezone.now())


@shared_task
def make_pack(*, key):
    making.make(key=key, clock=timezone.now)


@shared_task
def make_waiting_packs():
    for key in making.waiting(now=timezone.now())[:20]:
        make_pack.delay(key=str(key))


@shared_task
def end_packs():
    packs.end_those_over(now=timezone.now())


@shared_task
def expire_uploads():
    now = timezone.now()
    arrivals.expire(now=now)
    arrivals.plan_warnings(now=now)
