"""What goes out, and what people may change about it."""

import datetime as dt
import logging
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from referrals.models import OutgoingMail, Reminder, ReminderPreference
from referrals.reminders import checks, mails, posting
from referrals.rules import access, audit, catalogue, clocks
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act, MailStatus, ReminderStatus

log = logging.getLogger(__name__)
SNOOZES = (1, 3, 7)  # days


# --- what goes out --------------------------------------------------------------------------------


def send_due(*, now, most=posting.BATCH):
    """Claim a batch of due reminders and settle each. How many were claimed; 0 also when the server is away."""
    return _run(Reminder, _settle_reminder, now, most)


def deliver_mail(*, now, most=posting.BATCH):
    """The same for other mail that waits: addresses to verify, invitations."""
    return _run(OutgoingMail, _settle_mail, now, most)


def _run(model, settle, now, most):
    posting.release_stuck(model, now=now)
    claimed = posting.claim(model, now=now, most=most)
    with posting.Postman() as postman:
        for pk in claimed:
            try:
                settle(pk, postman, now)
            except posting.ServerAway as away:
                _put_back(model, claimed, str(away), now)
                return 0
            except Exception as error:
                _failed(model, pk, error, now)
    return len(claimed)


@transaction.atomic
def _settle_reminder(pk, postman, now):
    reminder = _claimed(Reminder, pk).select_related("case__clinic", "case__patient", "recipient").first()
    if reminder is None:
        return
    verdict = checks.verdict(reminder, now=now)
    if verdict.drop:
        _write(reminder, status=ReminderStatus.DROPPED, why_dropped=verdict.drop, ended_at=now)
    elif verdict.until:
        _write(
            reminder, status=ReminderStatus.PLANNED, due_at=verdict.until, claimed_at=None,
            attempts=reminder.attempts - 1,
        )  # fmt: skip
    else:
        mail = mails.mail_for(reminder, now=now)
        postman.call()
        _write(reminder, status=ReminderStatus.SENT, sent_at=now, ended_at=now, last_error="")
        audit.record(
            Act.REMINDER_SENT, by=None, now=now, case=reminder.case, subject_kind="reminder", subject_key=reminder.key,
            detail={"rule": reminder.rule, "step": reminder.step, "to": reminder.recipient_id},
        )  # fmt: skip
        postman.send(mail)


@transaction.atomic
def _settle_mail(pk, postman, now):
    waiting = _claimed(OutgoingMail, pk).first()
    if waiting is None:
        return
    mail = mails.message(
        to=waiting.to, subject=waiting.subject, text=waiting.text, html=waiting.html,
        headers={"Message-ID": mails.message_id(waiting.key), "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    postman.call()
    _write(waiting, status=MailStatus.SENT, sent_at=now, text="", html="", last_error="")
    postman.send(mail)


def _claimed(model, pk):
    """Still ours: whoever comes second waits here, and then finds it settled."""
    return model.objects.select_for_update(of=("self",)).filter(pk=pk, status=posting.SENDING)


def _write(row, **values):
    type(row).objects.filter(pk=row.pk).update(**values)


@transaction.atomic
def _put_back(model, claimed, why, now):
    """The server is away: everything that was claimed waits, each as long as it has tried."""
    for row in (
        model.objects.select_for_update().filter(pk__in=claimed, status=posting.SENDING).order_by("pk")
    ):
        _wait_or_give_up(row, why, now)
    log.warning("mail_server_is_away", extra={"count": len(claimed)})


@transaction.atomic
def _failed(model, pk, error, now):
    row = model.objects.select_for_update().filter(pk=pk, status=posting.SENDING).first()
    if row is None:
        return
    log.warning("mail_not_sent", exc_info=error)
    if posting.is_refused_for_good(error):
        _give_up(row, posting.name_of(error), now)
    else:
        _wait_or_give_up(row, posting.name_of(error), now)


def _wait_or_give_up(row, why, now):
    if posting.has_given_up(row.attempts):
        _give_up(row, why, now)
    else:
        due = now + posting.wait_after(row.attempts)
        _write(row, status=posting.PLANNED, due_at=due, claimed_at=None, last_error=why)


def _give_up(row, why, now):
    ended = {"ended_at": now} if isinstance(row, Reminder) else {"text": "", "html": ""}
    _write(row, status=ReminderStatus.FAILED, last_error=why, **ended)


# --- what people change ---------------------------------------------------------------------------


@transaction.atomic
def skip(*, reminder, by, now):
    """Staff leave one planned reminder out."""
    if not access.is_staff_for(by, reminder.case):
        raise PermissionDenied(_("Only the care team can skip a reminder."))
    skipped = Reminder.objects.filter(pk=reminder.pk, status=ReminderStatus.PLANNED).update(
        status=ReminderStatus.DROPPED, why_dropped=checks.SKIPPED, ended_at=now
    )
    if not skipped:
        raise StepNotPossible(_("This reminder has gone out, or is no longer planned."))
    audit.record(
        Act.REMINDER_SETTING, by=by, now=now, case=reminder.case, subject_kind="reminder",
        subject_key=reminder.key, detail={"skip": reminder.rule, "step": reminder.step},
    )  # fmt: skip


def _kind_to_change(rule):
    kind = catalogue.RULES.get(rule)
    if kind is None or not kind.may_be_stopped:
        raise ValueError(f"{rule!r} is no kind that can be stopped or put off")


def _change(person, rule, now, **values):
    _kind_to_change(rule)
    ReminderPreference.objects.update_or_create(person=person, rule=rule, defaults=values)
    audit.record(
        Act.REMINDER_SETTING, by=person, now=now, subject_kind="person", subject_key=person.pk,
        detail={"rule": rule, "change": sorted(name for name, value in values.items() if value)},
    )  # fmt: skip


@transaction.atomic
def stop(*, person, rule, now):
    """No more reminders of this kind to this person."""
    _change(person, rule, now, stopped_at=now)


@transaction.atomic
def start_again(*, person, rule, now):
    """Reminders of this kind come again, at the moments their rule gives."""
    _change(person, rule, now, stopped_at=None, snoozed_until=None)
    Reminder.objects.planned().filter(
        recipient=person, rule=rule, due_at__gt=F("ruled_at"), attempts=0
    ).update(due_at=F("ruled_at"))


@transaction.atomic
def snooze(*, person, rule, days, now):
    """Put this kind off by 1, 3 or 7 days; near the decision date it comes the day before that at the latest.

    Gives back until when.
    """
    if days not in SNOOZES:
        raise ValueError(f"{days} days is no choice")
    until = now + dt.timedelta(days=days)
    _change(person, rule, now, snoozed_until=until, stopped_at=None)
    put_off = partial(_put_off, rule=rule, until=until, now=now)
    moments = [put_off(row) for row in _planned_for(person, rule)]
    return min((moment for moment in moments if moment), default=until)


def _planned_for(person, rule):
    return (
        Reminder.objects.planned()
        .filter(recipient=person, rule=rule)
        .select_related("case__clinic", "case__patient", "recipient")
        .order_by("due_at", "pk")
    )


def _put_off(reminder, *, rule, until, now):
    last = checks.latest_snooze(reminder.case) if catalogue.RULES[rule].is_for_patients else None
    until = until if last is None else min(until, max(last, now))
    asked = catalogue.asked_for(reminder)
    if asked is None or catalogue.RULES[rule].tells_news(reminder.step) or reminder.due_at >= until:
        return None
    due = clocks.next_open(until, asked.hours) if asked.hours else until
    Reminder.objects.filter(pk=reminder.pk, status=ReminderStatus.PLANNED).update(due_at=due)
    return due
