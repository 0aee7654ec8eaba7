"""What each reminder waits for: a function per rule looks at a case as it stands and names who owes what, and the
moments to say so. Nothing is named once the rule's stop condition holds.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import F, Min

from referrals.models import Person
from referrals.rules import clocks, retention
from referrals.vocabulary import (
    ENDED,
    STOPPED,
    WORKING,
    AskedOf,
    CaseStatus,
    ConsentStatus,
    InfoRequestStatus,
    PlaceStatus,
    RecordStatus,
    ReferralStatus,
    Situation,
    Urgency,
    WayIn,
)

HOUR, DAY = clocks.HOUR, clocks.DAY
LONG_WAITS = frozenset(
    {Situation.SURGERY, Situation.CANCER, Situation.UNCLEAR, Situation.NOT_WORKING, Situation.CHILD}
)


@dataclass(frozen=True)
class Occasion:
    """One thing somebody owes: to whom we write, the moments, and the hours in which we may."""

    recipient: Person
    key: str
    moments: tuple  # of (step, due)
    hours: clocks.Hours | None  # None: at once, at any hour


def zone_of(person, clinic):
    """The zone a person lives in, as far as we know."""
    return ZoneInfo(person.zone or clinic.zone)


def patient_hours(case, *, urgent=False):
    zone = zone_of(case.patient, case.clinic)
    return clocks.patient_urgent_hours(zone) if urgent else clocks.patient_hours(zone)


def _specialist(referral):
    return clocks.specialist_hours(zone_of(referral.specialist, referral.case.clinic), referral.case.urgency)


def draft_ends_at(case):
    """When a silent draft is closed."""
    return case.edited_at + case.clinic.draft_days * DAY


def draft_unfinished(case):
    """The nudges come once; each silence that would end the draft has its two warnings."""
    if case.status != CaseStatus.DRAFT:
        return
    hours, kept = patient_hours(case), case.clinic.draft_days
    nudges = tuple((f"{n}d", case.edited_at + n * DAY) for n in (1, 3, 7) if n < kept - 7)
    yield Occasion(case.patient, "", nudges, hours)
    end = draft_ends_at(case)
    warnings = tuple((f"kept-{n}d", end - n * DAY) for n in (7, 2) if n < kept)
    until = clocks.today(end, zone_of(case.patient, case.clinic)).isoformat()
    yield Occasion(case.patient, until, warnings, hours)


def decision_near(case):
    if case.status == CaseStatus.DRAFT and case.decide_by_on:
        hours = patient_hours(case, urgent=True)
        moments = tuple((f"{n}d", clocks.at_opening(case.decide_by_on - n * DAY, hours)) for n in (10, 5, 2))
        yield Occasion(case.patient, case.decide_by_on.isoformat(), moments, hours)


def hold_a_place(case):
    waits = case.situation in LONG_WAITS and case.status in WORKING | {CaseStatus.DRAFT}
    if not waits or case.held_places.exclude(status=PlaceStatus.CANCELLED).exists():
        return
    zone, hours = zone_of(case.patient, case.clinic), patient_hours(case)
    soon = clocks.days_until(case.decide_by_on, case.created_at, zone)
    days = (1, 4) if soon is not None and soon < 30 else (1,)
    moments = tuple(
        (f"{n}d", due)
        for n in days
        if (due := case.created_at + n * DAY)
        and (soon is None or clocks.today(clocks.next_open(due, hours), zone) <= case.decide_by_on)
    )
    yield Occasion(case.patient, "", moments, hours)


def we_need_something(case):
    urgent = case.urgency == Urgency.URGENT
    later = (
        {"4h": 4 * HOUR, "24h": DAY, "48h": 2 * DAY} if urgent else {f"{n}d": n * DAY for n in (1, 3, 5, 7)}
    )
    for request in case.info_requests.filter(status=InfoRequestStatus.OPEN, asked_of=AskedOf.PATIENT):
        moments = (
            ("asked", request.asked_at),
            *((step, request.asked_at + span) for step, span in later.items()),
        )
        yield Occasion(case.patient, request.key.hex, moments, patient_hours(case, urgent=urgent))
    if case.status == CaseStatus.RECORDS_PENDING:
        for asked in case.go_withouts.filter(status=ConsentStatus.OPEN):
            moments = (
                ("asked", asked.asked_at),
                *((step, asked.asked_at + span) for step, span in later.items()),
            )
            yield Occasion(case.patient, asked.key.hex, moments, patient_hours(case, urgent=urgent))


def file_stopped(case):
    """From the first file that stopped and is still here; who is on the page sees it there, so not within the hour.

    What is locked away is for staff: the patient is told and not reminded.
    """
    if case.status not in WORKING | {CaseStatus.DRAFT}:
        return
    stopped = case.records.filter(status__in=STOPPED, way_in=WayIn.PORTAL, checked_at__isnull=False)
    found = list(stopped.order_by("checked_at", "pk").values_list("status", "checked_at"))
    if not found:
        return
    first = found[0][1]
    moments = (("found", first + HOUR), ("24h", first + DAY), ("72h", first + 3 * DAY))
    if all(status == RecordStatus.QUARANTINED for status, _at in found):
        moments = moments[:1]
    day = clocks.today(first, zone_of(case.patient, case.clinic)).isoformat()
    yield Occasion(case.patient, day, moments, patient_hours(case))


UPLOAD_KEPT = 3 * DAY  # left when we write: enough for a week-end
TOGETHER = DAY


def upload_unfinished(case):
    """What the patient began to send and left. Each piece that comes sets another end, and so another occasion.

    Written to so early that a Sunday may lie in between; where uploads are kept for a few days only, on any day.
    """
    if case.status not in WORKING | {CaseStatus.DRAFT}:
        return
    left = case.uploads.open().filter(by_id=case.patient_id, link=None, offset__lt=F("size"))
    end = None
    for expires_at, touched_at in left.order_by("expires_at").values_list("expires_at", "touched_at"):
        if end and expires_at <= end + TOGETHER:
            continue
        end, kept = expires_at, expires_at - touched_at
        before = min(UPLOAD_KEPT, kept * 3 / 4)
        hours = patient_hours(case, urgent=before < UPLOAD_KEPT)
        key = clocks.minute(end)
        yield Occasion(case.patient, key, (("left", clocks.next_open(end - before, hours)),), hours)


def opinion_ready(case):
    if case.status == CaseStatus.DELIVERED and case.opened_at is None:
        yield Occasion(case.patient, "first", (("ready", case.delivered_at),), None)
        moments = (("1d", case.delivered_at + DAY), ("3d", case.delivered_at + 3 * DAY))
        yield Occasion(case.patient, "again", moments, patient_hours(case, urgent=True))


def offer_waits(case):
    for referral in case.referrals.filter(status=ReferralStatus.OFFERED).select_related(
        "specialist", "case__clinic"
    ):
        yield Occasion(
            referral.specialist, referral.key.hex, (("offer", referral.offered_at),), _specialist(referral)
        )


def review_due(case):
    if case.status != CaseStatus.IN_REVIEW or case.review_due_at is None:
        return
    for referral in case.referrals.filter(status=ReferralStatus.IN_REVIEW).select_related(
        "specialist", "case__clinic"
    ):
        due, begun = case.review_due_at, referral.answered_at
        half = begun + (due - begun) / 2
        day_before = (("24h", due - DAY),) if due - DAY > half else ()
        moments = (("half", half), *day_before, ("due", due))
        yield Occasion(referral.specialist, referral.key.hex, moments, _specialist(referral))


def received(case):
    if case.submitted_at and case.status in WORKING:
        yield Occasion(case.patient, "", (("sent", case.submitted_at),), None)


def declined(case):
    if case.status == CaseStatus.DECLINED and case.ended_at:
        yield Occasion(case.patient, "", (("declined", case.ended_at),), patient_hours(case, urgent=True))


def files_end(case):
    """The earliest of the last days; a hold stops the deleting, so there is nothing to warn of."""
    if case.status not in ENDED or case.legal_holds.filter(lifted_at__isnull=True).exists():
        return
    first = case.records.aggregate(first=Min("keep_until_on"))["first"]
    if first:
        hours = patient_hours(case)
        moments = tuple((f"{n}d", clocks.at_opening(first - n * DAY, hours)) for n in retention.WARN_DAYS)
        yield Occasion(case.patient, first.isoformat(), moments, hours)
