"""Who is reminded of what, when, and what stops it: the rules as data, and `plan`, which keeps the ledger.

A rule looks at a case as it stands and names the occasions that are open: who owes what, and the moments
to say so. `plan` writes rows for them and drops rows nobody needs any more; it runs in the transaction of
each act and may be run again at any time. The `reminders` room sends and shows; it holds no rule.
(REMINDERS.md 4.1 to 4.4; N1 and N2 are plain news: we have it, we can't help.)
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from referrals.models import Person, Reminder
from referrals.rules import clocks
from referrals.rules.nudges import nudge
from referrals.vocabulary import (
    STOPPED,
    WORKING,
    AskedOf,
    CaseStatus,
    InfoRequestStatus,
    PlaceStatus,
    RecordStatus,
    ReferralStatus,
    ReminderStatus,
    Situation,
    Urgency,
    WayIn,
)

HOUR, DAY = clocks.HOUR, clocks.DAY
LONG_WAITS = frozenset(
    {Situation.SURGERY, Situation.CANCER, Situation.UNCLEAR, Situation.NOT_WORKING, Situation.CHILD}
)
NOT_NEEDED = "not_needed"
SEND_DUE = "referrals.reminders.tasks.send_due"


@dataclass(frozen=True)
class Occasion:
    """One thing somebody owes: to whom we write, the moments, and the hours in which we may."""

    recipient: Person
    key: str
    moments: tuple  # of (step, due)
    hours: clocks.Hours | None  # None: at once, at any hour


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`occasions(case)` is empty once the rule's stop condition holds.

    What is news (a whole rule, or its first step) is never capped, stopped or put off; the rest reminds.
    `last` is the step after which a person takes over.
    """

    id: str
    label: Any  # what staff read in the ledger
    stops: Any  # "stops when …"
    occasions: Callable
    is_news: bool = False
    news: frozenset = frozenset()  # steps
    last: frozenset = frozenset()  # steps

    @property
    def is_for_patients(self):
        return not self.id.startswith("D")

    @property
    def may_be_stopped(self):
        return not self.is_news

    def tells_news(self, step):
        return self.is_news or step in self.news


def zone_of(person, clinic):
    """The zone a person lives in, as far as we know."""
    return ZoneInfo(person.zone or clinic.zone)


def _patient(case, *, urgent=False):
    zone = zone_of(case.patient, case.clinic)
    return clocks.patient_urgent_hours(zone) if urgent else clocks.patient_hours(zone)


def _specialist(referral):
    return clocks.specialist_hours(zone_of(referral.specialist, referral.case.clinic), referral.case.urgency)


def draft_ends_at(case):
    """When a silent draft is closed."""
    return case.edited_at + case.clinic.draft_days * DAY


def _draft_unfinished(case):
    """The nudges come once; each silence that would end the draft has its two warnings."""
    if case.status != CaseStatus.DRAFT:
        return
    hours, kept = _patient(case), case.clinic.draft_days
    nudges = tuple((f"{n}d", case.edited_at + n * DAY) for n in (1, 3, 7) if n < kept - 7)
    yield Occasion(case.patient, "", nudges, hours)
    end = draft_ends_at(case)
    warnings = tuple((f"kept-{n}d", end - n * DAY) for n in (7, 2) if n < kept)
    until = clocks.today(end, zone_of(case.patient, case.clinic)).isoformat()
    yield Occasion(case.patient, until, warnings, hours)


def _decision_near(case):
    if case.status == CaseStatus.DRAFT and case.decide_by_on:
        hours = _patient(case, urgent=True)
        moments = tuple((f"{n}d", clocks.at_opening(case.decide_by_on - n * DAY, hours)) for n in (10, 5, 2))
        yield Occasion(case.patient, case.decide_by_on.isoformat(), moments, hours)


def _hold_a_place(case):
    waits = case.situation in LONG_WAITS and case.status in WORKING | {CaseStatus.DRAFT}
    if not waits or case.held_places.exclude(status=PlaceStatus.CANCELLED).exists():
        return
    zone, hours = zone_of(case.patient, case.clinic), _patient(case)
    soon = clocks.days_until(case.decide_by_on, case.created_at, zone)
    days = (1, 4) if soon is not None and soon < 30 else (1,)
    moments = tuple(
        (f"{n}d", due)
        for n in days
        if (due := case.created_at + n * DAY)
        and (soon is None or clocks.today(clocks.next_open(due, hours), zone) <= case.decide_by_on)
    )
    yield Occasion(case.patient, "", moments, hours)


def _we_need_something(case):
    urgent = case.urgency == Urgency.URGENT
    later = (
        {"4h": 4 * HOUR, "24h": DAY, "48h": 2 * DAY} if urgent else {f"{n}d": n * DAY for n in (1, 3, 5, 7)}
    )
    for request in case.info_requests.filter(status=InfoRequestStatus.OPEN, asked_of=AskedOf.PATIENT):
        moments = (
            ("asked", request.asked_at),
            *((step, request.asked_at + span) for step, span in later.items()),
        )
        yield Occasion(case.patient, request.key.hex, moments, _patient(case, urgent=urgent))


def _file_stopped(case):
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
    yield Occasion(case.patient, day, moments, _patient(case))


def _opinion_ready(case):
    if case.status == CaseStatus.DELIVERED and case.opened_at is None:
        yield Occasion(case.patient, "first", (("ready", case.delivered_at),), None)
        moments = (("1d", case.delivered_at + DAY), ("3d", case.delivered_at + 3 * DAY))
        yield Occasion(case.patient, "again", moments, _patient(case, urgent=True))


def _offer_waits(case):
    for referral in case.referrals.filter(status=ReferralStatus.OFFERED).select_related(
        "specialist", "case__clinic"
    ):
        yield Occasion(
            referral.specialist, referral.key.hex, (("offer", referral.offered_at),), _specialist(referral)
        )


def _review_due(case):
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


def _received(case):
    if case.submitted_at and case.status in WORKING:
        yield Occasion(case.patient, "", (("sent", case.submitted_at),), None)


def _declined(case):
    if case.status == CaseStatus.DECLINED and case.ended_at:
        yield Occasion(case.patient, "", (("declined", case.ended_at),), _patient(case, urgent=True))


RULES = {
    rule.id: rule
    for rule in (
        Rule(id="P1", label=_("Draft unfinished"), stops=_("sent, or taken back"), occasions=_draft_unfinished, last=frozenset({"kept-2d"})),
        Rule(id="P2", label=_("Decision date near, not sent"), stops=_("sent, or the date moved"), occasions=_decision_near, last=frozenset({"2d"})),
        Rule(id="P3", label=_("Hold a place elsewhere"), stops=_("a place is held, or no thanks"), occasions=_hold_a_place),
        Rule(id="P9", label=_("We need something from the patient"), stops=_("answered, or not needed"), occasions=_we_need_something, news=frozenset({"asked"}), last=frozenset({"7d", "48h"})),
        Rule(id="P10", label=_("A file stopped in its checks"), stops=_("opened, replaced or removed"), occasions=_file_stopped, news=frozenset({"found"}), last=frozenset({"72h"})),
        Rule(id="P14", label=_("Opinion ready"), stops=_("the patient opened it"), occasions=_opinion_ready, is_news=True, last=frozenset({"3d"})),
        Rule(id="D1", label=_("Offer to answer"), stops=_("the specialist answered"), occasions=_offer_waits, is_news=True),
        Rule(id="D3", label=_("Review due"), stops=_("signed, or waiting for an answer"), occasions=_review_due, last=frozenset({"due"})),
        Rule(id="N1", label=_("We have the request"), stops=_("once only"), occasions=_received, is_news=True),
        Rule(id="N2", label=_("We can’t take the request"), stops=_("once only"), occasions=_declined, is_news=True),
    )
}  # fmt: skip


def _due(occasion, due):
    return due if occasion.hours is None else clocks.next_open(due, occasion.hours)


def wanted(case):
    """All steps the rules ask for as the case stands: {(rule, occasion, step, recipient id): (due as ruled, due in hours)}."""
    return {
        (rule.id, occasion.key, step, occasion.recipient.pk): (due, _due(occasion, due))
        for rule in RULES.values()
        for occasion in rule.occasions(case)
        for step, due in occasion.moments
    }


def identity(reminder):
    return (reminder.rule, reminder.occasion, reminder.step, reminder.recipient_id)


@dataclass(frozen=True)
class Ask:
    """What a rule says of one step now: still asked for, in which hours, and which steps come after it."""

    hours: clocks.Hours | None
    later: tuple  # identities of its steps that are due after this one


def asked_for(reminder):
    """Looked up anew just before a reminder goes out; None where its rule no longer asks for it."""
    rule = RULES.get(reminder.rule)
    steps = [
        ((rule.id, occasion.key, step, occasion.recipient.pk), due, occasion.hours)
        for occasion in (rule.occasions(reminder.case) if rule else ())
        for step, due in occasion.moments
    ]
    own = identity(reminder)
    for name, due, hours in steps:
        if name == own:
            return Ask(
                hours, tuple(other for other, when, _hours in steps if when > due and other[3] == own[3])
            )
    return None


def is_wanted(reminder):
    """Whether its rule still asks for this very step."""
    return asked_for(reminder) is not None


def plan(case, *, now):
    """Bring the ledger of a case in line with its rules. What is past when first planned is not written."""
    want = wanted(case)
    rows = {identity(row): row for row in Reminder.objects.filter(case=case)}
    new = {
        name: due
        for name, due in want.items()
        if name not in rows and due[0] >= now - dt.timedelta(minutes=1)
    }
    _carry_over(rows, want, new)
    Reminder.objects.bulk_create(
        [
            Reminder(
                case=case, rule=rule, occasion=occasion, step=step, recipient_id=recipient,
                ruled_at=due, due_at=due, planned_at=now,
            )
            for (rule, occasion, step, recipient), (_ruled, due) in new.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if any(due <= now for _ruled, due in new.values()):
        nudge(SEND_DUE)
    for name, row in rows.items():
        _bring_in_line(row, want.get(name), now)


def _carry_over(rows, want, new):
    """A planned step whose occasion has a new name (a date was moved) keeps its row."""
    planned = {
        (row.rule, row.step, row.recipient_id): row
        for name, row in rows.items()
        if row.status == ReminderStatus.PLANNED and name not in want
    }
    for name in list(new):
        rule, occasion, step, recipient = name
        if row := planned.get((rule, step, recipient)):
            due = new.pop(name)[1]
            rows.pop(identity(row))
            Reminder.objects.filter(pk=row.pk, status=ReminderStatus.PLANNED).update(
                occasion=occasion, ruled_at=due, due_at=due
            )


def _bring_in_line(row, want, now):
    planned = Reminder.objects.filter(pk=row.pk, status=ReminderStatus.PLANNED)
    if want is None:
        if row.status == ReminderStatus.PLANNED:
            planned.update(status=ReminderStatus.DROPPED, why_dropped=NOT_NEEDED, ended_at=now)
    elif row.status == ReminderStatus.DROPPED and row.why_dropped == NOT_NEEDED and want[1] > now:
        Reminder.objects.filter(pk=row.pk, status=ReminderStatus.DROPPED).update(
            status=ReminderStatus.PLANNED, why_dropped="", ended_at=None, ruled_at=want[1], due_at=want[1]
        )
    elif row.status == ReminderStatus.PLANNED and row.ruled_at != want[1]:
        planned.update(ruled_at=want[1], due_at=want[1])
