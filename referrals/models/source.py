"""Who holds records we have not got, and what was said to them."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import (
    SETTLED,
    WAITING,
    ContactKind,
    RecordType,
    Sensitivity,
    SourceKind,
    SourceRoute,
    SourceStatus,
)

PERSON = settings.AUTH_USER_MODEL
MOST_EXTRA_DAYS = 30


class RecordSourceQuerySet(models.QuerySet):
    def waiting(self):
        """Asked, and something is still to come."""
        return self.filter(status__in=WAITING)

    def to_send(self):
        """Nobody waits for an answer: the care team is to ask, or to ask again."""
        return self.filter(
            Q(status=SourceStatus.SIGNED)
            | Q(status=SourceStatus.UNREADABLE) & ~Q(route__in=["", SourceRoute.OWN_COPY])
            | Q(status=SourceStatus.IDENTIFIED, route=SourceRoute.TREATMENT)
        )

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
