"""The worker's part: a nudge for each new file, and what beat asks for in case a nudge was lost."""

from celery import shared_task
from django.utils import timezone

from referrals.records import arrivals, checks


@shared_task
def check_record(*, key):
    checks.check(key=key, clock=timezone.now)


@shared_task
def check_waiting_records():
    for key in checks.waiting(now=timezone.now())[:100]:
        check_record.delay(key=str(key))


@shared_task
def compare_records():
    checks.compare_all(now=timezone.now())


@shared_task
def expire_uploads():
    arrivals.expire(now=timezone.now())
