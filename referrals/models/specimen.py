"""Slides and blocks on their way from a lab to us and back."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.models.source import RecordSource
from referrals.vocabulary import SpecimenKind, SpecimenStatus

PERSON = settings.AUTH_USER_MODEL


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
