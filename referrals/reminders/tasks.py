"""The clock wakes the engines up. Each tick goes on while there is work, and ends before it gets in its own way."""

import time

from celery import shared_task
from django.utils import timezone

from referrals.reminders import actions

SECONDS = 50


@shared_task
def send_due():
    _while_there_is_work(actions.send_due)


@shared_task
def deliver_mail():
    _while_there_is_work(actions.deliver_mail)


def _while_there_is_work(engine):
    began = time.monotonic()
    while engine(now=timezone.now()) and time.monotonic() - began < SECONDS:
        pass
