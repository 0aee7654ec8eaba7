"""What a study holds: its series, and the files of each (DICOM PS3.3; FHIR ImagingStudy.series.instance)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


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


class Instance(models.Model):
    """One DICOM file of a series; its bytes lie in the storage under `key`, as they came.

    Frames are served as stored values without decoding anything in a web process: each is `frame_bytes` long
    and they follow each other from `frame_offset`, in the original (where its pixels are plain, little-endian)
    or in `frames_key`, which a worker wrote once from compressed pixels. `look` says how to show them:
    rows, columns, samples, bits (8 or 16, per sample), signed, slope, intercept, photometric, windows
    [[centre, width, name], …], spacing [row mm, column mm] or null, spacing_from, thickness, position [x, y, z],
    orientation [6 numbers], laterality, taken_at.
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
    problem = models.CharField(max_length=30, blank=True)  # why its pictures can't be shown: a code

    class Meta:
        verbose_name = _("image file")
        ordering = ["position", "number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "uid"], name="instance_once_a_series"),
            models.CheckConstraint(
                condition=Q(frame_count=0) | ~Q(problem="") | Q(frame_bytes__gt=0),
                name="instance_frames_have_a_size",
            ),
        ]
