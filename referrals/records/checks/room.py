"""Whether a case may take what is in a packed folder."""

from django.conf import settings

from referrals.records import refusals
from referrals.records.room import room_of


def objection(case, contents):
    """Why what is in a packed folder can't be taken, as a code; '' where it can."""
    contents = contents if isinstance(contents, dict) else {}
    told = [contents.get(name) for name in ("files", "size", "largest")]
    if not all(type(number) is int for number in told):
        return refusals.UNREADABLE
    files, size, largest = told
    if largest > settings.MAX_FILE_BYTES:
        return refusals.TOO_LARGE_INSIDE
    may = room_of(case)
    return "" if files <= may.files and size <= may.size else refusals.NO_ROOM_INSIDE
