"""The tests' settings with what people's browsers get: static files under hashed names, mail over SMTP."""

import os

from portal.settings import *  # noqa: F403
from portal.settings import CELERY_BEAT_SCHEDULE, STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "portal.static_files.HashedFiles"}}
STATIC_ROOT = os.environ["STATIC_ROOT"]
# A person waits for nothing longer than a beat: here the clock beats faster than on a clinic's day.
CELERY_BEAT_SCHEDULE = {
    name: {**row, "schedule": 5} if isinstance(row["schedule"], int) else row
    for name, row in CELERY_BEAT_SCHEDULE.items()
}
