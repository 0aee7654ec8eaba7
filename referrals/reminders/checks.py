"""Asked once more, just before a reminder goes: does it still go, and now? Everything is read anew."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from referrals.models import Reminder, ReminderPreference
from referrals.rules import access, catalogue, clocks, occasions
from referrals.vocabulary import ReminderStatus

# Why one was dropped (Reminder.why_dropped), besides catalogue.NOT_NEEDED.
GONE = "recipient_gone"
NO_LONGER_THEIRS = "not_theirs"
SUPERSEDED = "superseded"
STOPPED = "stopped"
SKIPPED = "skipped"

# The kinds that share a patient's one reminder a day, the one that matters most first.
CAPPED = ("P9", "P2", "P10", "P7", "P8", "P11", "P1", "P3")
A_MOMENT = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Verdict:
    """`drop` says why it never goes; `until` puts it off. Neither: it goes now."""

    drop: str = ""
    until: dt.datetime | None = None


GO = Verdict()


def verdict(reminder, *, now):
    """What becomes of a claimed reminder. Runs in the transaction that sends it."""
    asked = catalogue.asked_for(reminder)
    if asked is None:
        return Verdict(drop=catalogue.NOT_NEEDED)
    if not reminder.recipient.is_active or not reminder.recipient.email:
        return Verdict(drop=GONE)
    if not _may_still_see_it(reminder):
        return Verdict(drop=NO_LONGER_THEIRS)
    rule = catalogue.RULES[reminder.rule]
    is_news = rule.tells_news(reminder.step)
    wish = _wish_of(reminder, rule)
    is_stopped = bool(wish and wish.stopped_at)
    if _a_later_one_is_due(reminder, asked, now) and not (is_news and is_stopped):
        return Verdict(drop=SUPERSEDED)
    if not is_news:
        if is_stopped:
            return Verdict(drop=STOPPED)
        until = snoozed_until(wish, reminder.case)
        if until and until > now:
            return Verdict(until=_in_hours(until, asked.hours))
    if asked.hours and not clocks.is_open(now, asked.hours):
        return Verdict(until=clocks.next_open(now, asked.hours))
    if rule.id in CAPPED and not is_news:
        return _under_the_cap(reminder, asked.hours, now)
    return GO


def _wish_of(reminder, rule):
    if not rule.may_be_stopped:
        return None
    return ReminderPreference.objects.filter(person_id=reminder.recipient_id, rule=rule.id).first()


def _in_hours(moment, hours):
    return clocks.next_open(moment, hours) if hours else moment


def _may_still_see_it(reminder):
    if catalogue.RULES[reminder.rule].is_for_patients:
        return access.is_patient_of(reminder.recipient, reminder.case)
    if catalogue.RULES[reminder.rule].is_for_staff:
        return access.is_staff_for(reminder.recipient, reminder.case)
    return (
        access.visible_referrals(reminder.recipient)
        .filter(case_id=reminder.case_id, specialist_id=reminder.recipient_id)
        .exists()
    )


def _a_later_one_is_due(reminder, asked, now):
    """After an outage only the latest step of a rule goes out."""
    live = (ReminderStatus.PLANNED, ReminderStatus.SENDING, ReminderStatus.SENT)
    due = Reminder.objects.filter(
        case_id=reminder.case_id, rule=reminder.rule, recipient_id=reminder.recipient_id,
        status__in=live, due_at__lte=now,
    ).values_list("occasion", "step")  # fmt: skip
    later = {(occasion, step) for _rule, occasion, step, _recipient in asked.later}
    return bool(later) and not later.isdisjoint(due)


def snoozed_until(wish, case):
    """Until when a wish puts reminders about this case off: never past the eve of the decision date (K0)."""
    if wish is None or wish.snoozed_until is None:
        return None
    last = latest_snooze(case)
    return wish.snoozed_until if last is None else min(wish.snoozed_until, last)


def latest_snooze(case):
    """The opening on the day before the decision date; None where there is no date."""
    if case.decide_by_on is None:
        return None
    hours = clocks.patient_urgent_hours(occasions.zone_of(case.patient, case.clinic))
    return clocks.at_opening(case.decide_by_on - clocks.DAY, hours)


def _under_the_cap(reminder, hours, now):
    """At most one reminder a local day to one patient, all kinds and cases together."""
    if not _only_one_at_a_time(reminder.recipient_id) or _one_that_matters_more_is_due(reminder, now):
        return Verdict(until=now + A_MOMENT)
    today = clocks.today(now, hours.zone)
    midnight = dt.datetime.combine(today, dt.time(), hours.zone)
    tomorrow = hours.opening_on(today + clocks.DAY)
    sent = Reminder.objects.filter(
        recipient_id=reminder.recipient_id, rule__in=CAPPED, sent_at__gte=midnight, status=ReminderStatus.SENT
    )
    reminders = [
        row for row in sent.only("rule", "step") if not catalogue.RULES[row.rule].tells_news(row.step)
    ]
    return Verdict(until=clocks.next_open(tomorrow, hours)) if reminders else GO


def _one_that_matters_more_is_due(reminder, now):
    """It has a minute to go or to be dropped; then the cap decides."""
    return Reminder.objects.filter(
        recipient_id=reminder.recipient_id, rule__in=CAPPED[: CAPPED.index(reminder.rule)],
        status__in=(ReminderStatus.PLANNED, ReminderStatus.SENDING), due_at__lte=now,
    ).exists()  # fmt: skip


def _only_one_at_a_time(person_id):
    """Two dispatchers never weigh the cap of one person at once: the lock holds until the mail is written down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('reminders.cap'), %s)", [person_id])
        return cursor.fetchone()[0]
