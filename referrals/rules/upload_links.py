"""Links by which somebody without an account sends records for one case: made, found, closed.

The token is told once, to whoever makes the link; only its hash is kept. It opens one page, which takes files
and shows nothing of the case.
"""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from referrals.models import Case, Record, UploadLink
from referrals.rules import access, audit, sources
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import WORKING, Act, CaseStatus

DAYS = (7, 14, 30)  # how long a link may hold
MOST_OPEN = 20  # at once, for one case
TAKING = WORKING | {CaseStatus.DRAFT}


def hashed(token):
    """Only this is kept of a link's token: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(token):
    return settings.PUBLIC_URL + reverse("records:send", args=[token])


def may_make(person, case):
    """The patient, and the clinic's staff for them."""
    return access.is_patient_of(person, case) or access.is_staff_for(person, case)


@transaction.atomic
def make(*, case, label, days, by, now, source=None):
    """Returns (link, address); the address holds the only copy of the token. What comes by it is the source's."""
    case = Case.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=case.pk)
    if not may_make(by, case):
        raise PermissionDenied(_("Only the person who asks, or the clinic’s staff, can make such a link."))
    if case.status not in TAKING:
        raise StepNotPossible(_("Files can’t be added to this request any more."))
    if case.upload_links.open(now=now).count() >= MOST_OPEN:
        raise StepNotPossible(_("There are many open links. Close one that is not needed any more first."))
    token = secrets.token_urlsafe(32)
    link = UploadLink.objects.create(
        case=case, label=label, source=source, token_hash=hashed(token), made_by=by, made_at=now,
        expires_at=now + dt.timedelta(days=days),
    )  # fmt: skip
    _note(Act.MAKE_LINK, link, by, now)
    return link, address_of(token)


@transaction.atomic
def close(*, link, by, now):
    """From the next byte on it takes nothing; what came by it stays."""
    if not may_make(by, link.case):
        raise PermissionDenied(_("Only the person who asks, or the clinic’s staff, can close this link."))
    if not UploadLink.objects.open(now=now).filter(pk=link.pk).update(closed_at=now):
        raise StepNotPossible(_("This link is closed already."))
    _note(Act.CLOSE_LINK, link, by, now)


def of_token(token, *, now):
    """The open link behind a token, with its case; None where there is none (any more)."""
    found = UploadLink.objects.open(now=now).filter(token_hash=hashed(token), case__status__in=TAKING)
    return (
        found.filter(made_by__is_active=True)
        .select_related("case__clinic", "case__patient", "made_by", "source")
        .first()
    )


def note_arrival(*, link, records, now):
    """Files came by it; in the transaction that makes them records, with the case held."""
    size = sum(record.size for record in records)
    UploadLink.objects.filter(pk=link.pk).update(
        used_at=now, file_count=F("file_count") + len(records), byte_count=F("byte_count") + size
    )
    if link.source_id is not None:
        Record.objects.filter(pk__in=[record.pk for record in records]).update(source=link.source_id)
        sources.record_came(source=link.source, record=records[0], by=None, now=now)


def _note(act, link, by, now):
    audit.record(act, by=by, now=now, case=link.case, subject_kind="upload_link", subject_key=link.key)
