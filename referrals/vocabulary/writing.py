"""Reminders and mails on their way."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary.labels import TwoLabels


class ReminderStatus(TwoLabels):
    PLANNED = "planned", _("Planned"), _("Planned")
    SENDING = "sending", _("Being sent"), _("Sending")
    SENT = "sent", _("Sent"), _("Sent")
    DROPPED = "dropped", _("Not needed"), _("Not needed")
    FAILED = "failed", _("Could not be delivered"), _("Could not be delivered")


class MailStatus(TextChoices):
    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be delivered")
