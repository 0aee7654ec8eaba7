"""What the clock does for the public pages."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from content import self_check


@shared_task
def forget_self_checks():
    self_check.forget(before=timezone.now() - timedelta(days=self_check.KEPT_DAYS))
