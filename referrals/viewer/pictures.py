"""A page as a picture: there, or wanted. What is wanted is a row that a worker finds, nudged or not."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q

from referrals.models import PagePicture, RecordPage
from referrals.rules.nudges import nudge
from referrals.vocabulary import PAGED, PageScale

MOST_ATTEMPTS = 3
ASKED_AGAIN_AFTER = dt.timedelta(seconds=5)
# How many pages before and after the one that is looked at are drawn with it.
AHEAD = {PageScale.THUMB: (2, 12), PageScale.NORMAL: (1, 3), PageScale.SHARP: (0, 0)}
DRAW = "referrals.records.tasks.draw_pages"


@dataclass(frozen=True)
class Picture:
    """How it stands: `key` names it in the storage; without one it is being drawn, or `is_lost` for good."""

    key: object
    width: int
    height: int
    is_lost: bool = False


def picture_of(record, number, scale, *, now):
    """The picture of a page, which is wanted from now on; None where there is no such page."""
    page = RecordPage.objects.filter(record=record, number=number).defer("text", "folded", "words").first()
    if page is None:
        return None
    drawn = page.pictures.filter(scale=scale).first()
    if drawn and drawn.key:
        return Picture(drawn.key, drawn.width, drawn.height)
    if record.kind not in PAGED or (drawn and drawn.attempts >= MOST_ATTEMPTS):
        return Picture(None, page.width, page.height, is_lost=True)
    if drawn is None or drawn.wanted_at is None or now - drawn.wanted_at > ASKED_AGAIN_AFTER:
        want(record, number, scale, now=now)
    return Picture(None, page.width, page.height)


def want(record, number, scale, *, now):
    """Have a page drawn, and those around it; the nearer to it, the sooner."""
    before, after = AHEAD[scale]
    near = record.pages.filter(number__range=(number - before, number + after))
    PagePicture.objects.bulk_create(
        [
            PagePicture(page_id=pk, scale=scale, wanted_at=_moment(now, n - number))
            for pk, n in near.values_list("pk", "number")
        ],
        ignore_conflicts=True,
    )
    undrawn = PagePicture.objects.filter(page__record=record, scale=scale, key=None, page__number=number)
    undrawn.filter(Q(wanted_at=None) | Q(wanted_at__lt=now)).update(wanted_at=now)
    nudge(DRAW, key=str(record.key))


def _moment(now, distance):
    return now - dt.timedelta(seconds=abs(distance))


def drawn_numbers(record, numbers, scale):
    """Of these pages, those that are drawn at a scale."""
    drawn = PagePicture.objects.drawn().filter(page__record=record, scale=scale, page__number__in=numbers)
    return set(drawn.values_list(F("page__number"), flat=True))


def blank(width, height):
    """A sheet of the right size, where the picture is on its way."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><rect width="100%" height="100%" fill="#f4f3ee"/></svg>'
    ).encode()
