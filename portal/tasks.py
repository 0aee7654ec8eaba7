"""The roof's own tasks."""

import time

from celery import current_app, shared_task, signals
from django.db import connection
from django.utils import timezone

from portal import health

EVERY = 20  # seconds between two signs of life


@shared_task
def heartbeat():
    """Sent by beat: it is alive."""
    health.beat(health.BEAT, now=timezone.now())


@signals.worker_ready.connect
def first_beat(**_):
    """Beat, which starts last, has until the first silence."""
    heartbeat()


class Pulse:
    """A worker says for the queues it serves that it is there, however long its tasks take."""

    last = float("-inf")

    @classmethod
    def felt(cls, **_):
        now = time.monotonic()
        if now - cls.last < EVERY:
            return
        cls.last = now
        try:
            for name in current_app.amqp.queues.consume_from:
                health.beat(name, now=timezone.now())
        finally:
            connection.close()


signals.heartbeat_sent.connect(Pulse.felt, weak=False)
