"""Records to carry along: one PDF with an index and all documents, beside the images as they came."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import PackStatus


class CarryPackQuerySet(models.QuerySet):
    def to_make(self):
        return self.filter(status=PackStatus.PLANNED)

    def over(self, *, now):
        return self.filter(expires_at__lte=now)


class CarryPack(models.Model):
    """A copy of a case's records for a visit in person; the PDF lies in the storage under `file_key` for some days.

    It is a copy: when one of its records is deleted, it goes with it (`rules.erasure`).
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="packs")
    records = models.ManyToManyField("referrals.Record", through="PackedRecord", related_name="packs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=PackStatus, default=PackStatus.PLANNED)
    file_key = models.UUIDField(unique=True, null=True, blank=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes of the PDF
    page_count = models.PositiveIntegerField(default=0)  # of records in the PDF, its index left out
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = CarryPackQuerySet.as_manager()

    class Meta:
        verbose_name = _("carry pack")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(status="planned"), name="pack_to_make"),
            models.Index(fields=["expires_at"], name="pack_to_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=PackStatus.READY) | Q(file_key__isnull=False, size__gt=0),
                name="pack_ready_has_its_file",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="planned"), name="pack_one_is_made_at_a_time"
            ),
        ]


class PackedRecord(models.Model):
    """Where a record is in a pack: on so many pages of the PDF from `first_page` (1 is the first after the index)."""

    pack = models.ForeignKey(CarryPack, models.CASCADE, related_name="entries")
    record = models.ForeignKey("referrals.Record", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # in the order of the index, from 1
    first_page = models.PositiveIntegerField(default=0)  # 0: it is not in the PDF
    page_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("record in a pack")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "record"], name="packed_once"),
            models.UniqueConstraint(fields=["pack", "number"], name="packed_in_an_order"),
        ]
