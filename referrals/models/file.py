"""What the storage keeps: a key of its own for each file, and uploads on their way."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import RecordType, UploadStatus, WayIn

PERSON = settings.AUTH_USER_MODEL


class StoredFile(models.Model):
    """The row that makes encrypted bytes readable: without it the file under `key` is noise.

    `wrapped_key` is the file's own AES-256 key, wrapped by the ring's key `ring_key` with `key` as associated
    data. Written by `referrals.storage` alone; to delete it is to destroy the file.
    """

    key = models.UUIDField(unique=True, editable=False)
    wrapped_key = models.BinaryField()
    ring_key = models.CharField(max_length=40, db_index=True)
    size = models.PositiveBigIntegerField()  # bytes, before encryption
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("stored file")


class Upload(models.Model):
    """A file on its way in (tus 1.0): so many bytes are here, the rest may come until `expires_at`."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.CASCADE, related_name="uploads")
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    info_item = models.ForeignKey(
        "referrals.InfoItem", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=255)
    folder = models.CharField(max_length=500, blank=True)
    type = models.CharField(max_length=20, choices=RecordType, default=RecordType.OTHER)
    way_in = models.CharField(max_length=10, choices=WayIn, default=WayIn.PORTAL)
    size = models.PositiveBigIntegerField()  # bytes, as announced
    offset = models.PositiveBigIntegerField(default=0)  # bytes that are safely here
    file_key = models.UUIDField(unique=True)  # under which the storage keeps them
    tail = models.BinaryField(default=bytes, blank=True)  # less than a frame, encrypted with the file's key
    status = models.CharField(max_length=10, choices=UploadStatus, default=UploadStatus.OPEN)
    record = models.ForeignKey(
        "referrals.Record", models.SET_NULL, null=True, blank=True, related_name="uploads"
    )
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("upload")
        indexes = [
            models.Index(fields=["case", "started_at"], name="upload_of_case"),
            models.Index(fields=["expires_at"], condition=Q(status="open"), name="upload_to_expire"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_is_not_empty"),
            models.CheckConstraint(condition=Q(offset__lte=F("size")), name="upload_within_its_size"),
            models.CheckConstraint(
                condition=~Q(status=UploadStatus.DONE) | Q(offset=F("size")), name="upload_done_is_whole"
            ),
        ]
