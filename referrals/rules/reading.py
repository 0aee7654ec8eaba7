"""Opening a record: written down for whoever asks who looked, and kept so that a reader finds their place."""

import datetime as dt

from django.db import transaction

from referrals.models import RecordReading
from referrals.rules import audit
from referrals.vocabulary import Act

SITTING = dt.timedelta(minutes=30)


@transaction.atomic
def note_opening(*, record, by, now, page=1):
    """A person opens a record: one audit event for each opening, one RecordReading for each reader.

    Going to another page of it while they read on is no opening of its own. Returns the reading; `last_page`
    is where they are now.
    """
    reading, is_first = RecordReading.objects.select_for_update().get_or_create(
        record=record, person=by, defaults={"first_at": now, "last_at": now, "last_page": page}
    )
    is_turning = not is_first and now - reading.last_at < SITTING and reading.last_page != page
    if not is_first:
        reading.last_at, reading.last_page = now, page
        reading.save(update_fields=["last_at", "last_page"])
    if not is_turning:
        audit.record(
            Act.OPEN_RECORD,
            by=by,
            now=now,
            case=record.case,
            subject_kind="record",
            subject_key=record.key,
            detail={"page": page},
        )
    return reading


def page_of(record, text):
    """The page that an address asks for, the nearest there is; 1 where it names none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
    last = 1 if record.is_study else max(record.page_count, 1)
    return min(max(number, 1), last)
