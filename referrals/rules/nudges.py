"""Telling a worker to look at the database now rather than at the next beat. A nudge that gets lost loses nothing."""

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger("referrals.nudges")


BEHIND = 6  # of a queue that serves 0 first


def nudge(task, *, behind=False, **keys):
    """Send a task by name once this transaction is written; `keys` are ids alone. A broker that is down is logged.

    `behind`: after those of its queue that aren't, as one of very many.
    """
    transaction.on_commit(lambda: _send(task, keys, {"priority": BEHIND} if behind else {}))


def _send(task, keys, options):
    try:
        current_app.send_task(task, kwargs=keys, **options)
    except Exception as error:  # whatever the broker's client raises, beat finds the row
        log.warning("nudge_lost", task=task, error=type(error).__name__)
