"""When things are due: pure functions of a moment, an urgency and a calendar (docs/case.md).

Moments are aware datetimes and come back in UTC. A business day (bd) is a working day of the clinic's
calendar; holidays are not known yet. Nothing here asks what time it is.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from referrals.vocabulary import Urgency

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SECOND_CLICK = dt.timedelta(minutes=1)  # the very same again within it is meant once
MONDAY_TO_SATURDAY = frozenset(range(6))
ANY_DAY = frozenset(range(7))

ACKNOWLEDGE = {Urgency.URGENT: 4 * HOUR, Urgency.SOON: 1, Urgency.ROUTINE: 1}  # K1; a number: business days
TRIAGE = {Urgency.URGENT: 1, Urgency.SOON: 2, Urgency.ROUTINE: 3}  # K2
ANSWER = {Urgency.URGENT: 2 * DAY, Urgency.SOON: 5 * DAY, Urgency.ROUTINE: 7 * DAY}  # K4
OFFER = {Urgency.URGENT: 4 * HOUR, Urgency.SOON: 12 * HOUR, Urgency.ROUTINE: 24 * HOUR}  # K5
REVIEW = {Urgency.URGENT: 24 * HOUR, Urgency.SOON: 48 * HOUR, Urgency.ROUTINE: 5}  # K6
ROUTE = {Urgency.URGENT: dt.timedelta(minutes=30), Urgency.SOON: 4 * HOUR, Urgency.ROUTINE: 4 * HOUR}  # S3
ANSWER_BY_LAW = 30  # K3: calendar days of a source (45 CFR 164.524(b)(2)), and of the one extension at most
CHASE_AFTER = (5, 12, 20, 28, 31)  # days since a source was asked; then each week
URGENT_WITHIN, SOON_WITHIN = 5, 14  # days until the decision


@dataclass(frozen=True)
class Hours:
    """On which days (Monday 0), from when to when, in which zone something is open."""

    zone: ZoneInfo
    days: frozenset
    opens: dt.time
    closes: dt.time

    def opening_on(self, day):
        return dt.datetime.combine(day, self.opens, self.zone)

    def closing_on(self, day):
        return dt.datetime.combine(day, self.closes, self.zone)


def clinic_hours(clinic):
    """A clinic's working hours."""
    return Hours(ZoneInfo(clinic.zone), frozenset(clinic.working_days), clinic.opens_at, clinic.closes_at)


def patient_hours(zone):
    """QP: routine mail to a patient, 9:00 to 19:00, Monday to Saturday, in their zone."""
    return Hours(zone, MONDAY_TO_SATURDAY, dt.time(9), dt.time(19))


def patient_urgent_hours(zone):
    """QU: urgent mail to a patient, 8:00 to 21:00 on any day, in their zone."""
    return Hours(zone, ANY_DAY, dt.time(8), dt.time(21))


def specialist_hours(zone, urgency):
    """QD: 7:00 to 21:00; on any day when it is urgent, else Monday to Saturday."""
    return Hours(zone, ANY_DAY if urgency == Urgency.URGENT else MONDAY_TO_SATURDAY, dt.time(7), dt.time(21))


def latest_today(now):
    """The day it is where the day comes first (UTC+14): no calendar on earth is ahead of it."""
    return (now + 14 * HOUR).astimezone(dt.UTC).date()


def _utc(moment):
    return moment.astimezone(dt.UTC)


def is_open(moment, hours):
    local = moment.astimezone(hours.zone)
    return local.weekday() in hours.days and hours.opens <= local.time().replace(tzinfo=None) < hours.closes


def next_open(moment, hours):
    """The moment itself where it falls into the hours, else their next opening."""
    if is_open(moment, hours):
        return _utc(moment)
    day = moment.astimezone(hours.zone).date()
    while day.weekday() not in hours.days or hours.opening_on(day) < moment:
        day += DAY
    return _utc(hours.opening_on(day))


def add_business_days(start, number, hours):
    """The same time of day `number` working days on; what begins outside the hours begins at the next opening."""
    local = next_open(start, hours).astimezone(hours.zone)
    day = local.date()
    for _n in range(number):
        day += DAY
        while day.weekday() not in hours.days:
            day += DAY
    return _utc(dt.datetime.combine(day, local.time(), hours.zone))


def add_open_time(start, length, hours):
    """Where a span ends that runs only while the hours are open."""
    moment = next_open(start, hours)
    while True:
        closing = hours.closing_on(moment.astimezone(hours.zone).date())
        if moment + length <= closing:
            return _utc(moment + length)
        length -= closing - moment
        moment = next_open(closing, hours)


def _after(start, span, hours):
    return add_business_days(start, span, hours) if isinstance(span, int) else _utc(start + span)


def acknowledge_due(submitted_at, urgency, hours):
    """K1: until when a person must have taken the case in hand. 4 h / 1 bd / 1 bd."""
    return _after(submitted_at, ACKNOWLEDGE[urgency], hours)


def triage_due(submitted_at, urgency, hours):
    """K2: until when the clinic must have said yes or no. 1 bd / 2 bd / 3 bd."""
    return _after(submitted_at, TRIAGE[urgency], hours)


def answer_due(asked_at, urgency):
    """K4: until when we hope for the patient's answer. 2 / 5 / 7 days."""
    return _utc(asked_at + ANSWER[urgency])


def offer_due(offered_at, urgency, hours):
    """K5: until when a specialist must answer. 4 h / 12 h / 24 h; routine time runs in working hours only."""
    if urgency == Urgency.ROUTINE:
        return add_open_time(offered_at, OFFER[urgency], hours)
    return _utc(offered_at + OFFER[urgency])


def review_due(accepted_at, urgency, hours):
    """K6: until when the opinion must be signed. 24 h / 48 h / 5 bd."""
    return _after(accepted_at, REVIEW[urgency], hours)


def route_due(accepted_at, urgency, hours):
    """S3: until when an accepted case must have been offered. 30 min / 4 h / 4 h of open time."""
    if urgency == Urgency.URGENT:
        return _utc(accepted_at + ROUTE[urgency])
    return add_open_time(accepted_at, ROUTE[urgency], hours)


def resumed(due_at, paused_at, now):
    """A due date moved on by as long as its clock stood still."""
    if due_at is None or paused_at is None:
        return due_at
    return due_at + max(now - paused_at, dt.timedelta(0))


def today(now, zone):
    return now.astimezone(zone).date()


def minute(moment):
    """A moment in a few letters, as UTC; `moment_of` reads it."""
    return _utc(moment).isoformat(timespec="minutes")


def moment_of(text):
    """A moment as an address carries it, in UTC; None for what isn't one, or lies beyond all calendars."""
    try:
        moment = dt.datetime.fromisoformat(text)
        return moment.astimezone(dt.UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def days_until(day, now, zone):
    """K0: whole days from today (in the zone) to a day; negative once it has passed. None without a day."""
    return None if day is None else (day - today(now, zone)).days


def age_on(day, born_on):
    """Whole years on a day; None without a date of birth."""
    if born_on is None:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def proposed_urgency(decide_by_on, now, zone):
    """What the decision date alone suggests; a triage clinician has the last word."""
    days = days_until(decide_by_on, now, zone)
    if days is None or days > SOON_WITHIN:
        return Urgency.ROUTINE
    return Urgency.URGENT if days <= URGENT_WITHIN else Urgency.SOON


def at_opening(day, hours):
    """The first open moment on or after a day."""
    return next_open(dt.datetime.combine(day, hours.opens, hours.zone), hours)


def end_of_day(day, hours):
    """The last moment of a day, in the zone of the hours."""
    return _utc(dt.datetime.combine(day + DAY, dt.time(), hours.zone)) - dt.timedelta(seconds=1)


def source_due(asked_on):
    """K3: the last day by which who holds records must act."""
    return asked_on + ANSWER_BY_LAW * DAY


def extended_due(first_due_on, extra_days):
    """The same day after their one extension, which is of 1 to 30 days."""
    if not 1 <= extra_days <= ANSWER_BY_LAW:
        raise ValueError(f"{extra_days} days are no extension the law knows")
    return first_due_on + extra_days * DAY


def next_chase(asked_on, after):
    """The first day after `after` on which to ask a source again: 5, 12, 20, 28, 31 days on, then each week."""
    for days in CHASE_AFTER:
        if asked_on + days * DAY > after:
            return asked_on + days * DAY
    last = asked_on + CHASE_AFTER[-1] * DAY
    weeks = (after - last).days // 7 + 1
    return last + weeks * 7 * DAY
