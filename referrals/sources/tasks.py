"""The worker's part: a nudge for each letter, and what beat asks for in case a nudge was lost."""

from celery import shared_task
from django.utils import timezone

from referrals.sources import papers, signing


@shared_task
def make_letter(*, key):
    papers.make(key=key, now=timezone.now())


@shared_task
def make_waiting_letters():
    for key in papers.waiting(now=timezone.now())[:100]:
        papers.make(key=key, now=timezone.now())


@shared_task
def end_authorisations():
    now = timezone.now()
    for authorisation in signing.those_over(now=now):
        signing.run_out(authorisation=authorisation, now=now)
