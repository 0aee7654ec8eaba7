"""What a specialist does with a case before and beside writing, and what time does."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, InfoRequest, Referral, SpecialistProfile
from referrals.review.words import why_gone
from referrals.rules import audit, information, reading
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from referrals.vocabulary import READING_REFERRAL, Act, InfoRequestStatus, ItemStatus


@transaction.atomic
def accept(*, referral, by, now):
    """Take a case; the caller has had the tie denied. The reading and its clock begin."""
    try:
        take(REFERRAL, "accept", referral, by=by, now=now)
        take(CASE, "begin_review", referral.case, by=by, now=now)
    except IntegrityError:
        raise StepNotPossible from None
    except StepNotPossible as objection:
        raise StepNotPossible(why_gone(referral) or str(objection)) from None


@transaction.atomic
def decline(*, referral, by, now, reason, who=""):
    """Say no, with a coded reason and, if they like, who would be better."""
    try:
        take(
            REFERRAL, "decline", referral, by=by, now=now, reason=reason,
            changes={"decline_reason": reason, "decline_note": who},
        )  # fmt: skip
    except StepNotPossible as objection:
        raise StepNotPossible(why_gone(referral) or str(objection)) from None


@transaction.atomic
def ask(*, referral, asked_of, items, by, now):
    """Ask for more; the review's clock stands still until the answer is accepted."""
    _still_reading(referral)
    take(CASE, "clarify", referral.case, by=by, now=now)
    take(REFERRAL, "pause", referral, by=by, now=now)
    return information.open_request(
        case=referral.case, asked_of=asked_of, items=items, by=by, now=now, referral=referral
    )


@transaction.atomic
def go_on(*, referral, by, now, without=False):
    """Accept the reply and read on; `without` gives up what is still unanswered. `by` None is the system."""
    _still_reading(referral)
    if without:
        _close_questions(referral, by=by, now=now)
    elif referral.info_requests.open().exists():
        raise StepNotPossible(_("What you asked for is not answered yet"))
    take(CASE, "resume", referral.case, by=by, now=now)
    take(REFERRAL, "resume", referral, by=by, now=now)


@transaction.atomic
def give_back(*, referral, by, now, reason, note=""):
    """Give the case back for somebody else. The draft stays, for the lead to read."""
    _still_reading(referral)
    take(CASE, "reassign", referral.case, by=by, now=now, reason=reason, note=note)
    take(REFERRAL, "take_back", referral, by=by, now=now, reason=reason)


def _still_reading(referral):
    """The case is locked first, as in every step; what was signed or taken away meanwhile is said in words."""
    Case.objects.select_for_update().get(pk=referral.case_id)
    referral.refresh_from_db(fields=["status"])
    if referral.status not in READING_REFERRAL:
        raise StepNotPossible(why_gone(referral))


@transaction.atomic
def expire(*, referral, now):
    """No reply in time: the offer ends by itself and the case waits for the next specialist."""
    take(REFERRAL, "expire", referral, by=None, now=now)


@transaction.atomic
def set_limit(*, profile, by, now, most_cases, taking_cases):
    """How many cases at once, and whether new ones come at all."""
    profile.most_cases, profile.taking_cases = most_cases, taking_cases
    profile.save(update_fields=["most_cases", "taking_cases"])
    audit.record(
        Act.EDIT, by=by, now=now, subject_kind=SpecialistProfile._meta.model_name, subject_key=profile.pk,
        detail={"most_cases": most_cases, "taking_cases": taking_cases},
    )  # fmt: skip


@transaction.atomic
def enter(*, referral, by, now, record=None, page=1):
    """Come into the reading room, to a record or to what the patient asks. The first time is kept.

    Returns the reading of a record.
    """
    Referral.objects.filter(pk=referral.pk, opened_at=None).update(opened_at=now)
    if record is None:
        audit.record(Act.OPEN_CASE, by=by, now=now, case=referral.case)
        return None
    return reading.note_opening(record=record, by=by, now=now, page=page)


def _close_questions(referral, *, by, now):
    """What the specialist asked is no longer needed: open items are waived, answers stay."""
    for request in InfoRequest.objects.select_for_update().filter(
        referral=referral, status=InfoRequestStatus.OPEN
    ):
        request.items.filter(status=ItemStatus.OPEN).update(status=ItemStatus.WAIVED, answered_at=now)
        request.status, request.closed_at = InfoRequestStatus.CLOSED, now
        request.save(update_fields=["status", "closed_at"])
        audit.record(
            Act.ASK, by=by, now=now, case=referral.case, subject_kind="info_request",
            subject_key=request.key, detail={"taken_back": True},
        )  # fmt: skip
