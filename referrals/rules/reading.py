"""Opening a record: written down for whoever asks who looked, and kept so that a reader finds their place."""

from django.db import transaction

from referrals.models import RecordReading
from referrals.rules import audit
from referrals.vocabulary import Act


@transaction.atomic
def note_opening(*, record, by, now, page=1):
    """A person opens a record: one audit event for each opening, one RecordReading for each reader.

    Returns the reading; `last_page` is where they are now.
    """
    reading, _new = RecordReading.objects.update_or_create(
        record=record,
        person=by,
        defaults={"last_at": now, "last_page": page},
        create_defaults={"first_at": now, "last_at": now, "last_page": page},
    )
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
