"""The roof's own tasks."""

from celery import shared_task, signals
from django.utils import timezone

from portal import health


@shared_task
def heartbeat():
    health.beat(now=timezone.now())


@signals.worker_ready.connect
def first_beat(**_):
    """A worker that has just started says so at once; from then on beat asks."""
    health.beat(now=timezone.now())
