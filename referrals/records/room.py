"""How much a case may still take; files on their way count as if they were here."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, Sum

from referrals.models import Instance


class NoSpace(Exception):
    """The case holds as much as it may."""


@dataclass(frozen=True)
class Room:
    files: int
    size: int

    def takes(self, size):
        return self.files > 0 and self.size >= size

    def less(self, size):
        return Room(self.files - 1, self.size - size)


def room_of(case):
    held = case.records.with_bytes().aggregate(
        files=Count("pk", filter=Q(study_uid="")),
        size=Sum("size"),  # a study's is the sum of its files'
    )
    images = Instance.objects.filter(series__record__case=case).count()
    coming = case.uploads.open().aggregate(files=Count("pk"), size=Sum("size"))
    files = held["files"] + images + coming["files"]
    size = (held["size"] or 0) + (coming["size"] or 0)
    return Room(max(settings.MAX_CASE_FILES - files, 0), max(settings.MAX_CASE_BYTES - size, 0))
