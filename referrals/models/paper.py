"""What was signed and written to get records: forms, letters, and the patient's yes to going on without."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.models.source import RecordSource
from referrals.vocabulary import (
    AuthorisationElement,
    AuthorisationStatus,
    ConsentStatus,
    LetterKind,
    LetterStatus,
    RecordType,
)

PERSON = settings.AUTH_USER_MODEL


class Authorisation(models.Model):
    """A signed release of records (45 CFR 164.508; FHIR Consent). Its words are never altered.

    It holds until `expires_on`, or where that is empty until `days_after_delivery` days after the opinion.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(RecordSource, models.PROTECT, related_name="authorisations")
    text = models.TextField()  # exactly what was on the screen
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=AuthorisationStatus, default=AuthorisationStatus.SIGNED)
    signed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    signed_name = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    signed_from = models.GenericIPAddressField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    days_after_delivery = models.PositiveSmallIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # revoked or run out

    class Meta:
        verbose_name = _("authorisation")
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(status="signed"), name="authorisation_one_that_holds"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=False, days_after_delivery__isnull=True)
                | Q(expires_on__isnull=True, days_after_delivery__isnull=False),
                name="authorisation_ends_by_a_day_or_an_event",
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(sha256="") & ~Q(signed_name=""), name="authorisation_is_signed"
            ),
            models.CheckConstraint(
                condition=Q(status=AuthorisationStatus.SIGNED) | Q(ended_at__isnull=False),
                name="authorisation_ended_has_its_moment",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="authorisation_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="authorisation_words_are_final",
                operation=pgtrigger.UpdateOf(
                    "text", "sha256", "signed_by_id", "signed_name", "signed_at", "signed_from", "source_id"
                ),
            ),
        ]


class AuthorisationPart(models.Model):
    """One element that the law asks for, as it was signed."""

    authorisation = models.ForeignKey(Authorisation, models.PROTECT, related_name="parts")
    element = models.CharField(max_length=15, choices=AuthorisationElement)
    text = models.TextField()

    class Meta:
        verbose_name = _("element of an authorisation")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["authorisation", "element"], name="authorisation_part_once"),
            models.CheckConstraint(condition=~Q(text=""), name="authorisation_part_says_something"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="authorisation_part_is_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class LetterQuerySet(models.QuerySet):
    def to_make(self):
        return self.filter(status=LetterStatus.PLANNED)


class Letter(models.Model):
    """A paper that goes out: its content first, the PDF once a worker has made it (`file_key` in the storage)."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="letters")
    source = models.ForeignKey(RecordSource, models.PROTECT, related_name="letters")
    authorisation = models.ForeignKey(
        Authorisation, models.PROTECT, null=True, blank=True, related_name="letters"
    )
    kind = models.CharField(max_length=15, choices=LetterKind)
    content = models.JSONField()  # the blocks, see sources.letters
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=LetterStatus, default=LetterStatus.PLANNED)
    file_key = models.UUIDField(unique=True, null=True, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        ordering = ["-written_at", "-pk"]
        indexes = [
            models.Index(fields=["written_at"], condition=Q(status="planned"), name="letter_to_make"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=LetterStatus.READY)
                | (Q(file_key__isnull=False, size__gt=0) & ~Q(sha256="")),
                name="letter_ready_has_its_file",
            ),
        ]


class GoWithout(models.Model):
    """Whether the patient agrees that the reading begins without some records."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="go_withouts")
    types = ArrayField(models.CharField(max_length=20, choices=RecordType))
    text = models.TextField()  # why, as the patient reads it
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ConsentStatus, default=ConsentStatus.OPEN)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)  # taken on the phone: what was said

    class Meta:
        verbose_name = _("consent to go without")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="open"), name="go_without_one_open_per_case"
            ),
            models.CheckConstraint(condition=~Q(types=[]), name="go_without_names_something"),
            models.CheckConstraint(
                condition=Q(status=ConsentStatus.OPEN) | Q(answered_at__isnull=False),
                name="go_without_answered_has_its_moment",
            ),
        ]
