"""How long records are kept: the law's table, what stops deletion, and a certificate of each deletion."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import EraseReason, RecordClass

PERSON = settings.AUTH_USER_MODEL


class RetentionRule(models.Model):
    """How long a class of records is kept after a request has ended, where a clinic is (LAW.md, Retention)."""

    clinic = models.ForeignKey("referrals.Clinic", models.CASCADE, related_name="retention_rules")
    record_class = models.CharField(_("kind of record"), max_length=12, choices=RecordClass)
    years = models.PositiveSmallIntegerField(_("years after the end"))
    minors_until = models.PositiveSmallIntegerField(
        _("of a child: at least until this age"), null=True, blank=True
    )
    basis = models.CharField(_("which law says so"), max_length=200)
    checked_on = models.DateField(_("last compared with the law"), null=True, blank=True)

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering = ["clinic", "record_class"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "record_class"], name="retention_rule_once"),
            models.CheckConstraint(
                condition=Q(minors_until__isnull=True) | Q(minors_until__gte=18, minors_until__lte=40),
                name="retention_age_is_grown_up",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="retention_rule_names_its_law"),
        ]

    def __str__(self):
        return f"{self.get_record_class_display()}, {self.years}"


class LegalHold(models.Model):
    """While it stands nothing of a case is deleted, by whomever."""

    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("legal hold")
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at__isnull=True), name="legal_hold_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="legal_hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | (Q(lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="legal_hold_lifted_by_somebody",
            ),
        ]


class Erasure(models.Model):
    """The certificate of a deletion: what it was, by its sum and size, and why it went. Never altered."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="erasures")
    record_key = models.UUIDField()
    kind = models.CharField(max_length=10, blank=True)
    type = models.CharField(max_length=20, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    added_at = models.DateTimeField()
    record_class = models.CharField(max_length=12, choices=RecordClass)
    keep_until_on = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=20, choices=EraseReason)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+"
    )  # nobody: the night
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("certificate of deletion")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["case", "-at"], name="erasure_of_case")]
        triggers = [pgtrigger.Protect(name="erasure_is_final", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason=EraseReason.TIME_OVER) | Q(by__isnull=False), name="erasure_has_an_author"
            )
        ]

    @property
    def reason_for_patient(self):
        return EraseReason(self.reason).for_patient
