"""Pins: regions of a page or a picture that an opinion can quote."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL
WHOLE = 1000  # thousandths of the page's width or height


class Citation(models.Model):
    """A region a specialist marked: on a page of a document, or on a frame of a study's file.

    Numbers count up for each author and case and never change, so that `[2]` in a text stays what it was.
    `version` is set at the signature of an opinion that quotes it; from then on nothing of it changes, and
    whoever reads that opinion sees it.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.CASCADE, related_name="citations")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    record = models.ForeignKey("referrals.Record", models.CASCADE, related_name="citations")
    page = models.PositiveIntegerField(null=True, blank=True)
    instance = models.ForeignKey(
        "referrals.Instance", models.CASCADE, null=True, blank=True, related_name="citations"
    )
    frame = models.PositiveIntegerField(null=True, blank=True)  # of its file, from 1
    image = models.PositiveIntegerField(null=True, blank=True)  # of its series, as the viewer counts, from 1
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    quote = models.CharField(max_length=600, blank=True)  # the page's words under the region
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    version = models.ForeignKey(
        "referrals.OpinionVersion", models.PROTECT, null=True, blank=True, related_name="citations"
    )

    class Meta:
        verbose_name = _("pin")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "by", "number"], name="pin_number_once"),
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0, x__lte=WHOLE - F("width"), y__lte=WHOLE - F("height")),
                name="pin_lies_on_the_page",
            ),
            models.CheckConstraint(
                condition=Q(page__gt=0, instance__isnull=True, frame__isnull=True)
                | Q(page__isnull=True, instance__isnull=False, frame__gt=0),
                name="pin_on_a_page_or_a_frame",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_pin_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__version__isnull=False),
            )
        ]

    def __str__(self):
        return str(self.key)

    @property
    def region(self):
        return [self.x, self.y, self.width, self.height]
