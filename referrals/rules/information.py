"""Asking for exact items and taking the answers: for triage, which asks first, and the specialist, who may later."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, InfoItem, InfoRequest
from referrals.rules import access, audit, catalogue
from referrals.rules.roads import CASE
from referrals.rules.workflow import StepNotPossible, take
from referrals.vocabulary import Act, InfoRequestStatus, ItemStatus


@transaction.atomic
def open_request(*, case, asked_of, items, by, now, text="", referral=None):
    """Write down what is asked, item by item. The case's own step (`ask`, `clarify`) is taken by the caller first."""
    request = InfoRequest.objects.create(
        case=case, referral=referral, asked_by=by, asked_of=asked_of, text=text,
        asked_at=now, due_at=case.answer_due_at or now,
    )  # fmt: skip
    InfoItem.objects.bulk_create(
        [InfoItem(request=request, position=n, text=item) for n, item in enumerate(items, 1)]
    )
    audit.record(
        Act.ASK, by=by, now=now, case=case, subject_kind="info_request", subject_key=request.key,
        detail={"of": asked_of, "items": len(items)},
    )  # fmt: skip
    catalogue.plan(case, now=now)
    return request


@transaction.atomic
def answer_item(*, item, by, now, text="", status=ItemStatus.ANSWERED):
    """Answer one item, or waive it. A later answer replaces the earlier one while the request is open.

    The same words again leave the answer whose it was.
    """
    Case.objects.select_for_update().get(info_requests=item.request_id)  # as every step does
    item.refresh_from_db(fields=["answer", "status"])
    request = InfoRequest.objects.select_related("case").get(pk=item.request_id)
    _check_answerer(request, by)
    if request.status != InfoRequestStatus.OPEN:
        raise StepNotPossible
    if (item.answer, item.status) == (text, status):
        return item
    item.answer, item.status, item.answered_by, item.answered_at = text, status, by, now
    item.save(update_fields=["answer", "status", "answered_by", "answered_at"])
    audit.record(
        Act.EDIT, by=by, now=now, case=request.case, subject_kind="info_request", subject_key=request.key,
        detail={"item": item.position, "to": status},
    )  # fmt: skip
    return item


@transaction.atomic
def send_answer(*, request, by, now):
    """Close the request and give the ball back: to triage at once, to a specialist once they accept the reply.

    Raises StepNotPossible while an item is open or when the request is no longer open.
    """
    case = request.case
    _check_answerer(request, by)
    if request.referral_id is None:
        take(CASE, "answer", case, by=by, now=now)
    _close(request, now)
    audit.record(Act.ANSWER, by=by, now=now, case=case, subject_kind="info_request", subject_key=request.key)
    catalogue.plan(case, now=now)
    return request


@transaction.atomic
def take_back(*, request, by, now, why):
    """What was asked is no longer needed: its open items are waived with the reason, and triage goes on.

    For requests of the care team; what a specialist asked is theirs to answer or to wait for.
    """
    case = request.case
    for item in request.items.filter(status=ItemStatus.OPEN):
        answer_item(item=item, by=by, now=now, text=why, status=ItemStatus.WAIVED)
    take(CASE, "unask", case, by=by, now=now, note=why)
    _end(request, status=InfoRequestStatus.CLOSED, closed_at=now)
    audit.record(
        Act.ASK, by=by, now=now, case=case, subject_kind="info_request", subject_key=request.key,
        detail={"taken_back": True},
    )  # fmt: skip
    catalogue.plan(case, now=now)
    return request


def _check_answerer(request, by):
    if not access.may_answer(by, request):
        raise PermissionDenied(_("This is not yours to do."))


def _close(request, now):
    if request.items.filter(status=ItemStatus.OPEN).exists():
        raise StepNotPossible(_("Something that was asked for is still open"))
    _end(request, status=InfoRequestStatus.ANSWERED, answered_at=now)


def _end(request, **fields):
    if not InfoRequest.objects.filter(pk=request.pk, status=InfoRequestStatus.OPEN).update(**fields):
        raise StepNotPossible
    request.refresh_from_db()
