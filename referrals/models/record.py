"""Records: what was handed in, its pages, what a study holds, and who read it."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.models.folding import FoldedField
from referrals.models.imaging import Instance
from referrals.vocabulary import (
    CHECKING,
    PAGED,
    STOPPED,
    ChecklistState,
    FileKind,
    PageScale,
    RecordStatus,
    RecordType,
    VirusScan,
    WayIn,
)

PERSON = settings.AUTH_USER_MODEL
LOST = "lost"  # refused, as the storage did not find it; its key is kept, and the night goes on looking
TOO_LARGE_TO_SCAN = "too_large_to_scan"  # waits, identified, for staff
BROKE_OFF = "broke_off"  # so does a file, at whatever step, whose workers were killed over it
WAITS_FOR_STAFF = (TOO_LARGE_TO_SCAN, BROKE_OFF)
LEFT_FOR, LEFT_UNTIL = dt.timedelta(days=3), dt.timedelta(days=14)  # since it stopped
UNPACKED = (RecordStatus.RENDERED, RecordStatus.READY)  # a packed folder's files were taken out


class RecordQuerySet(models.QuerySet):
    def ready(self):
        return self.filter(status=RecordStatus.READY)

    def waiting_for_check(self):
        return self.filter(status__in=CHECKING)

    def kept(self):
        """All but the refused."""
        return self.exclude(status=RecordStatus.REFUSED)

    def for_staff(self, *, now):
        """Where staff are to act (S7): locked away, waiting for their word, or stopped days ago and left."""
        left = Q(checked_at__lt=now - LEFT_FOR, checked_at__gt=now - LEFT_UNTIL)
        return self.filter(
            Q(status=RecordStatus.QUARANTINED)
            | Q(status=RecordStatus.IDENTIFIED, refusal=TOO_LARGE_TO_SCAN)
            | Q(status__in=CHECKING, refusal=BROKE_OFF)
            | Q(left, status__in=[RecordStatus.NEEDS_YOU, RecordStatus.REFUSED])
        )

    def with_bytes(self):
        """Those of which the storage has a file under their own key: not a folder whose files were taken out."""
        gone = Q(status=RecordStatus.REFUSED) & ~Q(refusal=LOST)
        return self.exclude(gone).exclude(kind=FileKind.ARCHIVE, status__in=UNPACKED)


class Record(models.Model):
    """An uploaded document, image or study (FHIR DocumentReference, ImagingStudy).

    A document's bytes lie in the storage under `key`; `sha256` is of the bytes as they came in, hexadecimal,
    and empty until the first check has reckoned it. A study (kind dicom, with a `study_uid`) holds several files,
    the instances of its series: `key` is that of the first that came, `size` is their sum, `sha256` is of their
    sorted sums, one a line, `page_count` is the number of its images, and `name` says in words what it is.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="records")
    info_item = models.ForeignKey(
        "referrals.InfoItem", models.SET_NULL, null=True, blank=True, related_name="records"
    )
    source = models.ForeignKey(
        "referrals.RecordSource", models.SET_NULL, null=True, blank=True, related_name="records"
    )  # who sent it, where we know
    added_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    name = models.CharField(max_length=255)  # as the patient's file was called, for show alone
    size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    folder = models.CharField(max_length=500, blank=True)  # where it lay: of a disc, or in a packed folder
    way_in = models.CharField(max_length=10, choices=WayIn, default=WayIn.PORTAL)
    kind = models.CharField(max_length=10, choices=FileKind, blank=True)
    type = models.CharField(max_length=20, choices=RecordType, default=RecordType.OTHER)
    status = models.CharField(max_length=12, choices=RecordStatus, default=RecordStatus.RECEIVED)
    scan = models.CharField(max_length=12, choices=VirusScan, default=VirusScan.NOT_SCANNED)
    refusal = models.CharField(
        max_length=30, blank=True
    )  # code of what stands against it, or what it waits for
    dated_on = models.DateField(null=True, blank=True)  # what the record itself says
    page_count = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)  # what DOCX and text files say
    study = models.JSONField(default=dict, blank=True)  # DICOM: patient, study, modality, date, part, images
    summary = models.JSONField(
        default=dict, blank=True
    )  # C-CDA, FHIR: the shape is in records.decoder.health
    study_uid = models.CharField(max_length=64, blank=True)  # DICOM Study Instance UID
    contents = models.JSONField(default=dict, blank=True)  # of a packed folder: files, left_out, next, …
    password = models.BinaryField(null=True, blank=True)  # opens a locked file; encrypted with its key
    dated_by_hand = models.BooleanField(default=False)  # `dated_on` was corrected by a person
    keep_until_on = models.DateField(null=True, blank=True)  # set once its request has ended
    claimed_at = models.DateTimeField(null=True, blank=True)  # a worker is checking it
    checked_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        indexes = [
            models.Index(fields=["case", "dated_on", "id"], name="record_of_case"),
            models.Index(
                fields=["added_at"], condition=Q(status__in=sorted(CHECKING)), name="record_to_check"
            ),
            models.Index(
                fields=["case"],
                condition=Q(status__in=sorted(STOPPED)) | Q(refusal=TOO_LARGE_TO_SCAN),
                name="record_that_stopped",
            ),
            models.Index(
                fields=["keep_until_on"], condition=Q(keep_until_on__isnull=False), name="record_by_end"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RecordStatus.values), name="record_status_known"),
            models.UniqueConstraint(
                fields=["case", "sha256"],
                condition=~Q(status=RecordStatus.REFUSED) & ~Q(sha256=""),
                name="record_once_per_case",
            ),
            models.UniqueConstraint(
                fields=["case", "study_uid"],
                condition=~Q(status__in=[RecordStatus.QUARANTINED, RecordStatus.REFUSED]) & ~Q(study_uid=""),
                name="record_one_per_study",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="record_is_not_empty"),
            models.CheckConstraint(
                condition=~Q(status=RecordStatus.READY) | ~Q(sha256=""), name="record_ready_has_its_sum"
            ),
            models.CheckConstraint(
                condition=~Q(status=RecordStatus.REFUSED) | ~Q(refusal=""), name="record_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status=RecordStatus.READY) | (~Q(kind="") & Q(checked_at__isnull=False)),
                name="record_ready_is_known",
            ),
        ]

    def __str__(self):
        return str(self.key)

    @property
    def has_bytes(self):
        """What `with_bytes` asks the database."""
        is_unpacked = self.kind == FileKind.ARCHIVE and self.status in UNPACKED
        return self.status != RecordStatus.REFUSED and not is_unpacked

    def picture_keys(self):
        """Under which the storage keeps what we drew of it."""
        return PagePicture.objects.drawn().filter(page__record=self).values_list("key", flat=True)

    def file_keys(self):
        """All keys under which the storage keeps something of it."""
        instances = Instance.objects.filter(series__record=self).values_list("key", "frames_key")
        keys = {self.key, *self.picture_keys()}.union(*instances)
        return keys - {None}

    @property
    def is_study(self):
        return bool(self.study_uid)


class RecordPageQuerySet(models.QuerySet):
    def to_read(self):
        """Pages without a text that no machine has tried to read yet."""
        scans = {"record__status": RecordStatus.READY, "record__kind__in": sorted(PAGED)}
        return self.filter(text="", machine_read_at=None, **scans)


class RecordPage(models.Model):
    """One page of a record: its size, what it says, and (as `pictures`) how we drew it.

    `words` is [[x, y, width, height, word], …] in reading order, each in thousandths of the page's width or
    height from the top left corner, for marking hits; `text` is the same as plain text, for finding them.
    """

    record = models.ForeignKey(Record, models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()  # from 1
    width = models.PositiveIntegerField()  # pixels at the normal scale
    height = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    words = models.JSONField(default=list, blank=True)
    folded = FoldedField()
    is_read_by_machine = models.BooleanField(default=False)  # the text is from OCR, not from the file
    machine_read_at = models.DateTimeField(null=True, blank=True)  # OCR was tried, whatever it found
    machine_claimed_at = models.DateTimeField(null=True, blank=True)
    machine_attempts = models.PositiveSmallIntegerField(default=0)

    objects = RecordPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["record", "number"], condition=Q(text="", machine_read_at=None), name="page_to_read"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="page_number_once"),
            models.CheckConstraint(
                condition=Q(number__gt=0, width__gt=0, height__gt=0), name="page_has_a_size"
            ),
        ]


class PagePictureQuerySet(models.QuerySet):
    def drawn(self):
        return self.filter(key__isnull=False)

    def to_draw(self):
        return self.filter(key__isnull=True, wanted_at__isnull=False)


class PagePicture(models.Model):
    """A page drawn at one scale: asked for (`wanted_at`) first, then there (`key` names it in the storage)."""

    page = models.ForeignKey(RecordPage, models.CASCADE, related_name="pictures")
    scale = models.CharField(max_length=10, choices=PageScale)
    key = models.UUIDField(unique=True, null=True, blank=True)
    width = models.PositiveIntegerField(default=0)  # pixels
    height = models.PositiveIntegerField(default=0)
    wanted_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = PagePictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture of a page")
        indexes = [
            models.Index(fields=["wanted_at"], condition=Q(key__isnull=True), name="picture_to_draw"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["page", "scale"], name="picture_once_a_scale"),
            models.CheckConstraint(
                condition=Q(key__isnull=True) | Q(width__gt=0, height__gt=0), name="picture_has_a_size"
            ),
        ]


class RecordReading(models.Model):
    """That a person has read a record: `read by you` in the reading room."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="readings")
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    last_page = models.PositiveIntegerField(default=1)
    turns = models.JSONField(default=dict, blank=True)  # page number -> quarter turns to the right, 1 to 3

    class Meta:
        verbose_name = _("reading")
        constraints = [models.UniqueConstraint(fields=["record", "person"], name="reading_once")]


class ChecklistItem(models.Model):
    """One kind of record that helps in this situation, and whether it is there."""

    case = models.ForeignKey("referrals.Case", models.CASCADE, related_name="checklist")
    type = models.CharField(max_length=20, choices=RecordType)
    state = models.CharField(max_length=20, choices=ChecklistState, default=ChecklistState.TO_COME)
    note = models.CharField(max_length=300, blank=True)  # the waiver, in a sentence

    class Meta:
        verbose_name = _("checklist item")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "type"], name="checklist_item_once"),
            models.CheckConstraint(
                condition=~Q(state=ChecklistState.WAIVED) | ~Q(note=""), name="checklist_waived_with_reason"
            ),
        ]
