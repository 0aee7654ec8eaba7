"""What a study holds: its series, and the files of each (DICOM PS3.3; FHIR ImagingStudy.series.instance)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import ImageProblem, StudyFlag

PERSON = settings.AUTH_USER_MODEL


class Series(models.Model):
    """Pictures taken in one go."""

    record = models.ForeignKey("referrals.Record", models.CASCADE, related_name="series")
    uid = models.CharField(max_length=64)  # Series Instance UID
    number = models.IntegerField(null=True, blank=True)
    modality = models.CharField(max_length=16, blank=True)
    title = models.CharField(max_length=200, blank=True)
    body_part = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("series")
        ordering = ["number", "pk"]
        constraints = [models.UniqueConstraint(fields=["record", "uid"], name="series_once_a_study")]


class InstanceQuerySet(models.QuerySet):
    def shown(self):
        """All but the second copies of an image."""
        return self.exclude(problem=ImageProblem.COPY)

    def in_order(self):
        """As the slices lie in the body, else as they are numbered."""
        return self.order_by("series__number", "series__pk", "position", "number", "pk")


class Instance(models.Model):
    """One DICOM file of a series; its bytes lie in the storage under `key`, as they came.

    Frames are served as stored values without decoding anything in a web process: each is `frame_bytes` long
    and they follow each other from `frame_offset`, in the original (where its pixels are plain, little-endian)
    or in `frames_key`, which a worker wrote once from all others. `look` says how to show them:

    rows, columns, samples (1 grey, 3 red-green-blue mixed pixel by pixel), bits (8 or 16, per sample), stored (how
    many of them count, from the lowest: the rest is to be masked), signed, slope, intercept, photometric
    (MONOCHROME1, MONOCHROME2 or RGB), windows [[centre, width, name], …] of the values after slope and intercept, voi
    (SIGMOID, LINEAR_EXACT or '' for LINEAR: how a window's values become greys) and, where a table says it instead,
    curve (its 256 greys over the window), padding [lowest, highest] stored value that only fills the frame, or null,
    spacing [row mm, column mm] or null, spacing_from (patient, region: true of the body; detector, nominal: not),
    aspect (how much taller than wide a pixel is), thickness, position [x, y, z], orientation [6 numbers],
    laterality, taken_at, frame_time (ms) or null, lossy; where frames differ frame_positions [mm, …] along the
    stack and frame_scales [[slope, intercept], …]; broken [numbers from 0], frames that could not be decoded and
    are black.
    """

    series = models.ForeignKey(Series, models.CASCADE, related_name="instances")
    key = models.UUIDField(unique=True)
    uid = models.CharField(max_length=64)  # SOP Instance UID
    number = models.IntegerField(null=True, blank=True)
    position = models.FloatField(null=True, blank=True)  # mm along the series' normal: the order of slices
    name = models.CharField(max_length=255)
    folder = models.CharField(max_length=500, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    syntax = models.CharField(max_length=64, blank=True)  # Transfer Syntax UID
    frame_count = models.PositiveIntegerField(default=0)  # 0: it holds no pictures
    frames_key = models.UUIDField(unique=True, null=True, blank=True)
    frame_offset = models.PositiveBigIntegerField(default=0)
    frame_bytes = models.PositiveBigIntegerField(default=0)
    look = models.JSONField(default=dict, blank=True)
    problem = models.CharField(max_length=30, choices=ImageProblem, blank=True)  # why it isn't shown

    objects = InstanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("image file")
        ordering = ["position", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "uid"],
                condition=~Q(problem=ImageProblem.COPY),
                name="instance_once_a_series",
            ),
            models.UniqueConstraint(fields=["series", "sha256"], name="instance_bytes_once_a_series"),
            models.CheckConstraint(
                condition=Q(frame_count=0) | ~Q(problem="") | Q(frame_bytes__gt=0),
                name="instance_frames_have_a_size",
            ),
        ]


class FlagAnswer(models.Model):
    """Somebody looked at a flag on a study and said that it is right as it is."""

    record = models.ForeignKey("referrals.Record", models.CASCADE, related_name="flag_answers")
    flag = models.CharField(max_length=20, choices=StudyFlag)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer to a flag")
        constraints = [models.UniqueConstraint(fields=["record", "flag"], name="flag_answered_once")]
