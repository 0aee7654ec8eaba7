"""What the specialist's inbox shows, in a few statements however much there is."""

import datetime as dt
import statistics
from types import SimpleNamespace

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from referrals.models import Record, RecordReading, SpecialistProfile
from referrals.review import words
from referrals.review.reasons import reasons
from referrals.rules import clocks, opinion_parts
from referrals.rules.access import WINDOW_AFTER_SIGNING, visible_referrals
from referrals.vocabulary import READING_REFERRAL, AskedOf, FileKind, InfoRequestStatus, ReferralStatus

OFFERS, WRITING, WAITING = ReferralStatus.OFFERED, ReferralStatus.IN_REVIEW, ReferralStatus.PAUSED
NO = (ReferralStatus.DECLINED, ReferralStatus.EXPIRED)
GONE = (ReferralStatus.TAKEN_BACK, ReferralStatus.CANCELLED)
VIEWS = ("all", "offers", "writing", "waiting", "signed", "declined")
FEW, PAGE = 3, 25
GONE_FOR = dt.timedelta(days=14)


def profile_of(person):
    return SpecialistProfile.objects.select_related("specialty", "person").filter(person=person).first()


def own_referrals(person):
    """All that were ever offered to this specialist, with what a list says of them."""
    return (
        visible_referrals(person)
        .filter(specialist=person)
        .select_related("case__clinic", "case__patient", "case__first_opinion", "case__specialty", "opinion")
    )


def inbox(person, *, view, page, now):
    """Everything for one view of the inbox."""
    own = own_referrals(person)
    profile = profile_of(person)
    counts = own.aggregate(
        offers=Count("pk", filter=Q(status=OFFERS)),
        writing=Count("pk", filter=Q(status=WRITING)),
        waiting=Count("pk", filter=Q(status=WAITING)),
        signed=Count("pk", filter=Q(status=ReferralStatus.SIGNED)),
        declined=Count("pk", filter=Q(status__in=NO)),
    )
    counts["all"] = counts["offers"] + counts["writing"] + counts["waiting"]
    open_cases = counts["writing"] + counts["waiting"]
    live = [row_of(referral, now) for referral in _live(own)] if view not in ("signed", "declined") else []
    return {
        "profile": profile,
        "counts": counts,
        "offers": [
            offer_of(row.referral, profile, open_cases=open_cases, now=now)
            for row in live
            if row.referral.status == OFFERS and view in ("all", "offers")
        ],
        "writing": [row for row in live if row.referral.status == WRITING and view in ("all", "writing")],
        "waiting": [row for row in live if row.referral.status == WAITING and view in ("all", "waiting")],
        "ended": ended(own, view=view, page=page, now=now),
        "gone": [_ended_row(referral, now) for referral in _gone(own, now)] if view == "all" else [],
        "month": month(own, open_cases=open_cases, profile=profile, now=now),
    }


def _live(own):
    return (
        own.filter(status__in=[OFFERS, WRITING, WAITING])
        .prefetch_related("case__questions", "opinion__answers", "info_requests__items")
        .annotate(**record_counts())
        .order_by(F("case__review_due_at").asc(nulls_last=True), "expires_at", "pk")
    )


def record_counts():
    """Annotations of a referral: records, pages, scans, and how many its specialist has read."""
    of_case = Record.objects.ready().filter(case=OuterRef("case_id")).order_by().values("case")
    read = Exists(
        RecordReading.objects.filter(record=OuterRef("pk"), person=OuterRef(OuterRef("specialist_id")))
    )
    counts = {
        "record_count": of_case.annotate(n=Count("pk")),
        "page_total": of_case.exclude(kind=FileKind.DICOM).annotate(n=Sum("page_count")),
        "scan_count": of_case.filter(kind=FileKind.DICOM).annotate(n=Count("pk")),
        "read_count": of_case.filter(read).annotate(n=Count("pk")),
    }
    return {
        name: Coalesce(Subquery(query.values("n"), output_field=IntegerField()), 0)
        for name, query in counts.items()
    }


def row_of(referral, now):
    """A case that is read, as a line of the list."""
    case = referral.case
    opinion, questions = getattr(referral, "opinion", None), list(case.questions.all())
    parts = opinion_parts.parts_of(opinion, questions)
    due, tone = words.due(case.review_due_at, now)
    asked = max(referral.info_requests.all(), key=lambda request: request.asked_at, default=None)
    return SimpleNamespace(
        referral=referral, case=case, age=words.age_of(case, now), question=questions[0].text if questions else "",
        done=opinion_parts.done_count(parts), of=len(parts), due=due, due_tone=tone, asked=asked,
        is_answered=bool(asked and asked.status == InfoRequestStatus.ANSWERED),
        waits_for_patient=bool(asked and asked.asked_of == AskedOf.PATIENT),
    )  # fmt: skip


def offer_of(referral, profile, *, open_cases, now):
    """An offer, without a name and without a record."""
    case = referral.case
    question = next(iter(case.questions.all()), None)
    speaks_for, against = reasons(case, profile, open_cases=open_cases) if profile else ([], [])
    hours = clocks.clinic_hours(case.clinic)
    left = (referral.expires_at - now).total_seconds()
    return SimpleNamespace(
        referral=referral, case=case, title=words.anonymous(case, now),
        question=words.without_names(question.text, case) if question else "",
        more_questions=max(len(case.questions.all()) - 1, 0),
        reply_by=words.reply_by(referral.expires_at, now), is_over=left <= 0,
        tone="warn" if left < 12 * words.HOUR else "idle", speaks_for=speaks_for, against=against,
        due_at=referral.review_due_at or clocks.review_due(now, case.urgency, hours),
    )  # fmt: skip


def one_offer(person, referral, *, now):
    """An offer on a page of its own, or why it is gone."""
    if referral.status != OFFERS:
        return {
            "referral": referral,
            "gone": words.why_gone(referral),
            "title": words.anonymous(referral.case, now),
        }
    open_cases = own_referrals(person).filter(status__in=READING_REFERRAL).count()
    counted = own_referrals(person).annotate(**record_counts()).get(pk=referral.pk)
    return {"offer": offer_of(counted, profile_of(person), open_cases=open_cases, now=now)}


def ended(own, *, view, page, now):
    """Signed or declined ones in full on their own view; a few of the declined beside the others."""
    if view == "signed":
        rows = own.filter(status=ReferralStatus.SIGNED)
    else:
        rows = own.filter(status__in=NO)
    size = PAGE if view in ("signed", "declined") else FEW
    found = Paginator(rows.order_by("-ended_at", "-pk"), size).get_page(page if size == PAGE else 1)
    found.object_list = [_ended_row(referral, now) for referral in found.object_list]
    return found


def _gone(own, now):
    since = now - GONE_FOR
    return own.filter(status__in=GONE, ended_at__gt=since).order_by("-ended_at", "-pk")[:10]


def _ended_row(referral, now):
    in_window = bool(referral.ended_at and referral.ended_at > now - WINDOW_AFTER_SIGNING)
    return SimpleNamespace(
        referral=referral, title=words.anonymous(referral.case, now), why=words.why_gone(referral),
        is_readable=referral.status == ReferralStatus.SIGNED and in_window,
    )  # fmt: skip


def month(own, *, open_cases, profile, now):
    """This month in four numbers, in the reader's zone."""
    begins = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    signed = list(
        own.filter(status=ReferralStatus.SIGNED, ended_at__gte=begins).values_list(
            "answered_at", "ended_at", "case__review_due_at"
        )
    )
    days = [(end - begun).total_seconds() / 86400 for begun, end, _due in signed if begun]
    late_now = own.filter(
        status__in=READING_REFERRAL, case__review_due_at__lt=now, case__paused_at=None
    ).count()
    return {
        "open": open_cases,
        "most": profile.most_cases if profile else 0,
        "signed": len(signed),
        "median_days": max(round(statistics.median(days)), 1) if days else None,
        "late": late_now + sum(1 for _begun, end, due in signed if due and end > due),
    }
