"""Who holds records we have not got, what was signed and written to get them, and slides on their way."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import (
    SETTLED,
    WAITING,
    AuthorisationElement,
    AuthorisationStatus,
    ConsentStatus,
    ContactKind,
    LetterKind,
    LetterStatus,
    RecordType,
    Sensitivity,
    SourceKind,
    SourceRoute,
    SourceStatus,
    SpecimenKind,
    SpecimenStatus,
)

PERSON = settings.AUTH_USER_MODEL
MOST_EXTRA_DAYS = 30


class RecordSourceQuerySet(models.QuerySet):
    def waiting(self):
        """Asked, and something is still to come."""
        return self.filter(status__in=WAITING)

    def unsettled(self):
        return self.exclude(status__in=SETTLED)


class RecordSource(models.Model):
    """Somebody who holds records (FHIR Task to the source). `status` is moved by `rules.sources` alone.

    Days count on the clinic's calendar: asked on `requested_on`, by law answered by `due_on` (K3), which one
    extension moves; `chase_on` is when somebody is to ask again.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="sources")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=SourceKind)
    phone = models.CharField(max_length=40, blank=True)
    fax = models.CharField(max_length=40, blank=True)
    address = models.TextField(max_length=500, blank=True)
    types = ArrayField(models.CharField(max_length=20, choices=RecordType))
    about_when = models.CharField(max_length=120, blank=True)  # "spring 2026", as people say it
    note = models.TextField(blank=True)
    sensitivity = models.CharField(max_length=12, choices=Sensitivity, blank=True)
    route = models.CharField(max_length=15, choices=SourceRoute, blank=True)
    status = models.CharField(max_length=20, choices=SourceStatus, default=SourceStatus.IDENTIFIED)
    why = models.CharField(max_length=300, blank=True)  # waived or not to be had: the reason
    added_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    routed_at = models.DateTimeField(null=True, blank=True)  # when a signature was first owed: P7
    requested_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    chase_on = models.DateField(null=True, blank=True)
    extra_days = models.PositiveSmallIntegerField(null=True, blank=True)  # the one extension
    extension_reason = models.CharField(max_length=300, blank=True)
    extended_on = models.DateField(null=True, blank=True)  # the day of their letter
    fee = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RecordSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source of records")
        verbose_name_plural = _("sources of records")
        ordering = ["added_at", "pk"]
        indexes = [
            models.Index(
                fields=["chase_on", "case"], condition=Q(status__in=sorted(WAITING)), name="source_to_chase"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SourceStatus.values), name="source_status_known"),
            models.CheckConstraint(condition=~Q(name=""), name="source_has_a_name"),
            models.CheckConstraint(condition=~Q(types=[]), name="source_holds_something"),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(WAITING))
                | (~Q(route="") & Q(requested_on__isnull=False, due_on__isnull=False)),
                name="source_asked_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(extra_days__isnull=True)
                | (Q(extra_days__gt=0, extra_days__lte=MOST_EXTRA_DAYS) & ~Q(extension_reason="")
                   & Q(extended_on__isnull=False)),
                name="source_extended_once_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[SourceStatus.UNAVAILABLE, SourceStatus.WAIVED]) | ~Q(why=""),
                name="source_given_up_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gt=F("requested_on")),
                name="source_due_after_it_was_asked",
            ),
        ]  # fmt: skip

    def __str__(self):
        return str(self.key)


class SourceContact(models.Model):
    """One line of what was said between us and a source."""

    source = models.ForeignKey(RecordSource, models.CASCADE, related_name="contacts")
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ContactKind)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("contact")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ContactKind.NO_REPLY) | ~Q(text=""), name="contact_says_something"
            )
        ]


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


class Specimen(models.Model):
    """Slides or blocks that go from a lab to us and back."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="specimens")
    source = models.ForeignKey(RecordSource, models.PROTECT, null=True, blank=True, related_name="specimens")
    kind = models.CharField(max_length=10, choices=SpecimenKind)
    label = models.CharField(max_length=200)  # as it is marked
    count = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=SpecimenStatus, default=SpecimenStatus.EXPECTED)
    moved_at = models.DateTimeField()  # when it came to where it is now
    added_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("slides or blocks")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SpecimenStatus.values), name="specimen_status_known"
            ),
            models.CheckConstraint(condition=Q(count__gt=0), name="specimen_is_something"),
            models.CheckConstraint(condition=~Q(label=""), name="specimen_has_a_label"),
        ]


class SpecimenMove(models.Model):
    """One step of its way: who says so, when it was, and how to trace it."""

    specimen = models.ForeignKey(Specimen, models.CASCADE, related_name="moves")
    status = models.CharField(max_length=10, choices=SpecimenStatus)
    on = models.DateField()
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)  # tracking number, who had it in hand

    class Meta:
        verbose_name = _("way of slides or blocks")
        ordering = ["at", "pk"]
        triggers = [pgtrigger.Protect(name="specimen_move_is_final", operation=pgtrigger.Update)]
