"""Opening a record: written down for whoever asks who looked, and kept so that a reader finds their place."""

import datetime as dt

from django.db import IntegrityError, transaction

from referrals.models import RecordReading
from referrals.rules import audit
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act

SITTING = dt.timedelta(minutes=30)


@transaction.atomic
def note_opening(*, record, by, now, page=1):
    """A person opens a record: one audit event for each opening, one RecordReading for each reader.

    Other pages of it, and the same one again, are no openings of their own while the person reads on: within
    half an hour, and with no other record of the case between. Returns the reading; `last_page` is where
    they are now.
    """
    try:
        reading, is_first = RecordReading.objects.select_for_update().get_or_create(
            record=record, person=by, defaults={"first_at": now, "last_at": now, "last_page": page}
        )
    except IntegrityError:  # they opened it twice at once, and the first reading went with the record
        raise StepNotPossible from None
    reads_on = not is_first and _reads_on(reading, record, by, now)
    if not is_first:
        reading.last_at, reading.last_page = now, page
        reading.save(update_fields=["last_at", "last_page"])
    if not reads_on:
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


def _reads_on(reading, record, by, now):
    if now - reading.last_at >= SITTING:
        return False
    others = RecordReading.objects.filter(person=by, record__case=record.case_id, last_at__gt=reading.last_at)
    return not others.exists()


def page_of(record, text):
    """The page that an address asks for, the nearest there is; 1 where it names none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
    last = 1 if record.is_study else max(record.page_count, 1)
    return min(max(number, 1), last)
