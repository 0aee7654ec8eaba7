"""PDFs of letters, made by a worker: rows claimed by conditional update, the file kept by the storage."""

import datetime as dt
import io

import structlog
from django.db import transaction
from django.db.models import F

from referrals import storage
from referrals.models import Letter
from referrals.rules.claims import unheld
from referrals.sources import letters
from referrals.typesetting import pdf_of
from referrals.vocabulary import LetterStatus

log = structlog.get_logger("referrals.papers")
CLAIM_LASTS = dt.timedelta(minutes=5)
MOST_TRIES = 5


def waiting(*, now):
    """Keys of letters that no worker has in hand."""
    free = unheld(now, CLAIM_LASTS)
    return Letter.objects.to_make().filter(free).order_by("written_at", "pk").values_list("key", flat=True)


def make(*, key, now):
    """Make the PDF of one letter; safe to repeat, and nothing once somebody else has it or it was stopped."""
    free = Letter.objects.to_make().filter(unheld(now, CLAIM_LASTS), key=key)
    claimed = free.update(claimed_at=now, attempts=F("attempts") + 1)
    if not claimed:
        return
    letter = Letter.objects.select_related("authorisation").get(key=key)
    try:
        pdf = pdf_of(letter.content)
    except Exception as error:  # whatever typst says may quote what somebody wrote: its kind alone is logged
        log.warning("letter_not_made", error=type(error).__name__)
        _failed(letter, now)
        return
    stored = storage.put(io.BytesIO(pdf))
    if not _kept(letter, stored, now):
        storage.delete(stored.key)


@transaction.atomic
def _kept(letter, stored, now):
    """Written only while the claim is ours and nobody stopped it meanwhile."""
    held = Letter.objects.select_for_update(of=("self",)).select_related("authorisation").get(pk=letter.pk)
    if held.status != LetterStatus.PLANNED or held.claimed_at != now:
        return False
    if not letters.may_go_out(held):
        Letter.objects.filter(pk=held.pk).update(status=LetterStatus.STOPPED)
        return False
    Letter.objects.filter(pk=held.pk).update(
        status=LetterStatus.READY, file_key=stored.key, size=stored.size, sha256=stored.sha256
    )
    return True


def _failed(letter, now):
    row = Letter.objects.filter(pk=letter.pk, status=LetterStatus.PLANNED, claimed_at=now)
    if letter.attempts >= MOST_TRIES:
        row.update(status=LetterStatus.FAILED)
