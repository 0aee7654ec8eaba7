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


class UploadLinkQuerySet(models.QuerySet):
    def open(self, *, now):
        return self.filter(closed_at__isnull=True, expires_at__gt=now)


class UploadLink(models.Model):
    """A way in for who holds records and has no account: upload alone, for one case, for a while.

    Only the hash of its token is kept; `label` is who it was made for, as the maker calls them.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.CASCADE, related_name="upload_links")
    source = models.ForeignKey(
        "referrals.RecordSource", models.SET_NULL, null=True, blank=True, related_name="upload_links"
    )  # what comes by it is theirs
    label = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)  # when a file last came by it
    file_count = models.PositiveIntegerField(default=0)  # that came by it
    byte_count = models.PositiveBigIntegerField(default=0)

    objects = UploadLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link for records")
        indexes = [models.Index(fields=["case", "made_at"], name="upload_link_of_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="upload_link_expires_after_it_was_made"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="upload_link_says_for_whom"),
        ]

    def __str__(self):
        return str(self.key)


class UploadQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=UploadStatus.OPEN)


class Upload(models.Model):
    """A file on its way in (tus 1.0): so many bytes are here, the rest may come until `expires_at`."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.CASCADE, related_name="uploads")
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    link = models.ForeignKey(UploadLink, models.PROTECT, null=True, blank=True, related_name="uploads")
    info_item = models.ForeignKey(
        "referrals.InfoItem", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=255)
    folder = models.CharField(max_length=500, blank=True)
    type = models.CharField(max_length=20, choices=RecordType, default=RecordType.OTHER)
    way_in = models.CharField(max_length=10, choices=WayIn, default=WayIn.PORTAL)
    mark = models.CharField(max_length=64, blank=True)  # by which a browser knows the same file again
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

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        indexes = [
            models.Index(fields=["case", "started_at"], name="upload_of_case"),
            models.Index(fields=["expires_at"], condition=Q(status="open"), name="upload_to_expire"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False, link__isnull=True) | Q(by__isnull=True, link__isnull=False),
                name="upload_has_one_sender",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_is_not_empty"),
            models.CheckConstraint(condition=Q(offset__lte=F("size")), name="upload_within_its_size"),
            models.CheckConstraint(
                condition=~Q(status=UploadStatus.DONE) | Q(offset=F("size")), name="upload_done_is_whole"
            ),
        ]
