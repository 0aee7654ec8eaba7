"""What we asked of someone, until when, and what came back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import AskedOf, InfoRequestStatus, ItemStatus

PERSON = settings.AUTH_USER_MODEL


class InfoRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=InfoRequestStatus.OPEN)


class InfoRequest(models.Model):
    """A list of exact items asked of the patient or of the care team (FHIR Task with owner patient)."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="info_requests")
    referral = models.ForeignKey(
        "referrals.Referral", models.PROTECT, null=True, blank=True, related_name="info_requests"
    )  # set when the specialist asks
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_of = models.CharField(max_length=10, choices=AskedOf)
    text = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=InfoRequestStatus, default=InfoRequestStatus.OPEN)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()  # K4
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = InfoRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("information request")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="open"), name="info_request_one_open_per_case"
            ),
            models.CheckConstraint(
                condition=~Q(status=InfoRequestStatus.ANSWERED) | Q(answered_at__isnull=False),
                name="info_request_answered_has_its_moment",
            ),
        ]


class InfoItem(models.Model):
    """One thing asked for: a sentence to write, or a record to add."""

    request = models.ForeignKey(InfoRequest, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=ItemStatus, default=ItemStatus.OPEN)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("item asked for")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="info_item_position_once"),
            models.CheckConstraint(condition=~Q(text=""), name="info_item_says_something"),
            models.CheckConstraint(
                condition=Q(status=ItemStatus.OPEN) | Q(answered_at__isnull=False),
                name="info_item_done_has_its_moment",
            ),
        ]
