"""The ledger of reminders, what people said about them, and mail that waits to go out."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import MailStatus, ReminderStatus

PERSON = settings.AUTH_USER_MODEL


class ReminderQuerySet(models.QuerySet):
    def planned(self):
        return self.filter(status=ReminderStatus.PLANNED)

    def due(self, *, now):
        return self.planned().filter(due_at__lte=now)

    def stuck(self, *, before):
        """Claimed by a worker that never came back."""
        return self.filter(status=ReminderStatus.SENDING, claimed_at__lt=before)


class Reminder(models.Model):
    """One step of one rule for one case and one person, once (REMINDERS.md 4.1).

    `occasion` tells two runs of a rule on one case apart: the second offer, the second question. `ruled_at` is
    the moment the rule gives; `due_at` is later where it was put off (quiet hours, a cap, a wish, a server away).
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="reminders")
    recipient = models.ForeignKey(PERSON, models.PROTECT, related_name="reminders")
    rule = models.CharField(max_length=4)
    occasion = models.CharField(max_length=40, blank=True)
    step = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=ReminderStatus, default=ReminderStatus.PLANNED)
    ruled_at = models.DateTimeField()
    due_at = models.DateTimeField()
    planned_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    why_dropped = models.CharField(max_length=30, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="planned"), name="reminder_due"),
            models.Index(fields=["claimed_at"], condition=Q(status="sending"), name="reminder_stuck"),
            models.Index(fields=["recipient", "sent_at"], name="reminder_sent_to"),
            models.Index(
                fields=["-ended_at", "-id"], condition=Q(status="failed"), name="reminder_not_delivered"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ReminderStatus.values), name="reminder_status_known"
            ),
            models.UniqueConstraint(
                fields=["case", "rule", "occasion", "step", "recipient"], name="reminder_once"
            ),
            models.CheckConstraint(
                condition=~Q(status=ReminderStatus.SENT) | Q(sent_at__isnull=False),
                name="reminder_sent_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReminderStatus.DROPPED) | ~Q(why_dropped=""),
                name="reminder_dropped_with_reason",
            ),
        ]


class ReminderPreference(models.Model):
    """One kind of reminder that a person stopped, or put off for a while."""

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="reminder_preferences")
    rule = models.CharField(max_length=4)
    stopped_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("wish about reminders")
        constraints = [models.UniqueConstraint(fields=["person", "rule"], name="reminder_preference_once")]


class OutgoingMail(models.Model):
    """A mail that is no reminder (verify an address, an invitation): kept until it has gone out.

    Its words may hold a single-use link, so they are emptied once it is sent.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=MailStatus, default=MailStatus.PLANNED)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(status="planned"), name="mail_due")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=MailStatus.SENT) | Q(sent_at__isnull=False, text="", html=""),
                name="mail_sent_is_emptied",
            )
        ]
