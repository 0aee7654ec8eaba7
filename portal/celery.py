"""The Celery application: the clock and the hands; the database is the queue."""

import logging
import os

import structlog
from celery import Celery, Task, signals
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

log = logging.getLogger(__name__)


class Nudge(Task):
    """A task is a nudge: what must happen is a row that the next beat finds as well.

    So a broker that is down is a line in the log and never an error on somebody's page.
    """

    def apply_async(self, *args, **kwargs):
        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError:
            log.warning("broker_is_away", extra={"task": self.name})
            return None


app = Celery("portal", task_cls=Nudge)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "referrals.intake",
        "referrals.keeping",
        "referrals.records",
        "referrals.storage",
        "referrals.review",
        "referrals.reminders",
        "referrals.sources",
        "content",
        "portal",
    ]
)


@signals.setup_logging.connect
def log_as_the_portal_does(**_):
    """With a receiver here Celery leaves logging to Django's settings."""


@signals.task_prerun.connect
def name_the_task(task_id, task, **_):
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)
