"""Whether a case may take what is in a packed folder."""

from django.conf import settings
from django.db.models import Count, Sum

from referrals.records import refusals


def left(case):
    """(files, bytes) that a case may still take."""
    held = case.records.with_bytes().aggregate(files=Count("pk"), size=Sum("size"))
    files, size = settings.MAX_CASE_FILES - held["files"], settings.MAX_CASE_BYTES - (held["size"] or 0)
    return max(files, 0), max(size, 0)


def objection(case, contents):
    """Why what is in a packed folder can't be taken, as a code; '' where it can."""
    contents = contents if isinstance(contents, dict) else {}
    told = [contents.get(name) for name in ("files", "size", "largest")]
    if not all(type(number) is int for number in told):
        return refusals.UNREADABLE
    files, size, largest = told
    if largest > settings.MAX_FILE_BYTES:
        return refusals.TOO_LARGE_INSIDE
    may = left(case)
    return "" if files <= may[0] and size <= may[1] else refusals.NO_ROOM_INSIDE
