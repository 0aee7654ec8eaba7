"""Rows that workers claim by writing down when: whose claim still holds."""

from django.db.models import Q


def unheld(now, lasts, *, field="claimed_at"):
    """Rows that nobody has in hand: never claimed, or so long ago that whoever did it is dead. A claim from the time
    to come was made by a clock that has been put right since."""
    return Q((field, None)) | Q((f"{field}__lt", now - lasts)) | Q((f"{field}__gt", now + lasts))
