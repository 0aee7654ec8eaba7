"""The night's part."""

from celery import shared_task
from django.utils import timezone

from referrals.keeping import actions, papers


@shared_task
def keep_and_delete():
    now = timezone.now()
    actions.set_last_days(now=now)
    actions.delete_what_is_over(now=now)
    papers.delete_those_over(now=now)
