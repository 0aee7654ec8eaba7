"""The Celery application: the clock and the hands; the database is the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["referrals.reminders", "referrals.records", "referrals.oversight", "portal"])
