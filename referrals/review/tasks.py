"""What time does by itself: offers run out, and a reply nobody looked at lets the review go on."""

import datetime as dt

import structlog
from celery import shared_task
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from referrals.models import InfoRequest, Referral
from referrals.review import actions
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import InfoRequestStatus, ReferralStatus

log = structlog.get_logger("referrals.review")
GOES_ON_AFTER = dt.timedelta(hours=24)


@shared_task
def expire_offers():
    return expire_due(now=timezone.now())


@shared_task
def resume_reviews():
    return resume_answered(now=timezone.now())


def expire_due(*, now):
    """End each offer whose time is over. Safe to repeat and to run twice at once; returns how many ended."""
    return _each(Referral.objects.run_out(now=now), lambda row: actions.expire(referral=row, now=now))


def resume_answered(*, now):
    """Go on for the specialist a day after the answer came."""
    fresh = InfoRequest.objects.filter(referral=OuterRef("pk")).filter(
        Q(status=InfoRequestStatus.OPEN) | Q(answered_at__gt=now - GOES_ON_AFTER)
    )
    waiting = Referral.objects.filter(status=ReferralStatus.PAUSED).exclude(Exists(fresh))
    return _each(waiting, lambda row: actions.go_on(referral=row, by=None, now=now))


def _each(rows, act):
    """Each row in a transaction of its own: one that can't be done, or was done meanwhile, stops no other."""
    done = 0
    for row in rows.order_by("pk"):
        try:
            act(row)
            done += 1
        except StepNotPossible:
            continue
        except Exception:
            log.exception("row_failed", referral=str(row.key))
    return done
