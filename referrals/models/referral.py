"""The referral: the case offered to one specialist."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import LIVE_REFERRAL, READING_REFERRAL, OfferDeclineReason, ReferralStatus

PERSON = settings.AUTH_USER_MODEL


class ReferralQuerySet(models.QuerySet):
    def live(self):
        return self.filter(status__in=LIVE_REFERRAL)

    def offered(self):
        return self.filter(status=ReferralStatus.OFFERED)

    def reading(self):
        return self.filter(status__in=READING_REFERRAL)

    def run_out(self, *, now):
        return self.offered().filter(expires_at__lte=now)


class Referral(models.Model):
    """One specialist asked to read one case (FHIR child Task, partOf the coordinating Task)."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="referrals")
    specialist = models.ForeignKey(PERSON, models.PROTECT, related_name="referrals")
    status = models.CharField(max_length=20, choices=ReferralStatus, default=ReferralStatus.PREPARED)
    offered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)  # from staff to the specialist
    offered_at = models.DateTimeField(null=True, blank=True)  # K5 starts
    expires_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)  # what was promised with the offer
    answered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)  # the specialist first opened the reading room
    no_conflict_declared_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=20, choices=OfferDeclineReason, blank=True)
    decline_note = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        indexes = [
            models.Index(fields=["specialist", "status"], name="referral_of_specialist"),
            models.Index(
                fields=["expires_at"], condition=Q(status="offered"), name="referral_offers_by_expiry"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ReferralStatus.values), name="referral_status_known"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=sorted(LIVE_REFERRAL)),
                name="referral_one_live_per_case",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReferralStatus.OFFERED)
                | (Q(expires_at__isnull=False) & Q(expires_at__gt=F("offered_at"))),
                name="referral_offer_runs_out",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[*sorted(READING_REFERRAL), ReferralStatus.SIGNED])
                | Q(no_conflict_declared_at__isnull=False),
                name="referral_read_after_declaration",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReferralStatus.DECLINED) | ~Q(decline_reason=""),
                name="referral_declined_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.case_id} → {self.specialist_id}"
