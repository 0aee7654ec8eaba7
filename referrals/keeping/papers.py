"""Letters and signed forms: kept six years, then the night deletes them, words and file."""

import structlog
from django.db import transaction
from django.db.models import Q

from referrals import storage
from referrals.models import Case, LegalHold, Letter
from referrals.rules import audit, retention
from referrals.vocabulary import ENDED, Act

log = structlog.get_logger("referrals.keeping")
MOST_A_NIGHT = 10_000


def delete_those_over(*, now):
    """Delete the letters whose time is over. Returns how many."""
    keys = list(_over(now).order_by("written_at", "pk").values_list("pk", flat=True)[:MOST_A_NIGHT])
    deleted = sum(_delete_one(key, now) for key in keys)
    if deleted:
        log.info("letters_deleted", count=deleted)
    return deleted


def _over(now):
    """Six years after the last of: it was written, the form behind it ended, its request ended."""
    before = retention.paperwork_before(now)
    form_is_over = (
        Q(authorisation=None)
        | Q(authorisation__ended_at__lt=before)
        | Q(authorisation__ended_at=None, authorisation__expires_on=None)
        | Q(authorisation__ended_at=None, authorisation__expires_on__lt=before)
    )
    ended = Q(case__status__in=ENDED, case__ended_at__lt=before, written_at__lt=before)
    held = Q(case__legal_holds__in=LegalHold.objects.filter(lifted_at=None))
    return Letter.objects.filter(ended & form_is_over).exclude(held)


@transaction.atomic
def _delete_one(pk, now):
    """Looked at once more under the lock."""
    case = Case.objects.select_for_update(of=("self",)).filter(letters__pk=pk).first()
    letter = _over(now).filter(pk=pk).first() if case and not case.is_held else None
    if letter is None:
        return 0
    audit.record(
        Act.ERASE_LETTER, by=None, now=now, case=case, subject_kind="letter", subject_key=letter.key,
        detail={"kind": letter.kind},
    )  # fmt: skip
    letter.delete()
    if letter.file_key:
        storage.delete(letter.file_key)
    return 1
