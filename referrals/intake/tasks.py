"""What beat asks of this room."""

from celery import shared_task
from django.utils import timezone

from referrals.intake import actions


@shared_task
def lapse_silent_drafts():
    actions.lapse_silent_drafts(now=timezone.now())
