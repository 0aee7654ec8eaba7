"""Pictures of pages that somebody wants to see: rows that are claimed, drawn some at a time, and written once."""

import datetime as dt
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.db.models import F, Q

from referrals import storage
from referrals.models import PagePicture, Record
from referrals.records import decoder_client, passwords
from referrals.records.decoder import limits
from referrals.rules.claims import unheld

log = structlog.get_logger("referrals.records")
MOST_ATTEMPTS = 3
STALE_AFTER = dt.timedelta(minutes=2)  # longer than one round
PAGES_A_ROUND = 6
MOST_ROUNDS = 200
LARGEST_PAGE = 16 * limits.MIB


@dataclass(frozen=True)
class Drawn:
    key: object
    number: int
    scale: str
    width: int
    height: int


def have_drawn(record, numbers, scale, *, keep, still_mine=lambda: True):
    """Draw these pages into the storage; `keep(Drawn)` for each. What the decoder says of the file comes back."""
    left = set(numbers)

    def kept(meta, stream):
        told = [meta.get(name) for name in ("page", "width", "height")]
        if not all(type(number) is int and 0 < number < 100_000 for number in told) or told[0] not in left:
            raise decoder_client.Stuck
        left.discard(told[0])
        keep(Drawn(storage.put(stream).key, told[0], str(scale), told[1], told[2]))

    return decoder_client.run(
        "draw", record.key, password=passwords.of(record), on_blob=kept, largest_blob=LARGEST_PAGE,
        still_mine=still_mine, kind=record.kind, numbers=numbers, scale=str(scale),
    )  # fmt: skip


def waiting(*, now):
    """Keys of the records with pictures that nobody is drawing, the newest wish first."""
    wanted = PagePicture.objects.filter(_free(now)).order_by("-wanted_at")
    return dict.fromkeys(wanted.values_list("page__record__key", flat=True)[:500])


def draw(*, key, clock):
    """Draw what is wanted of a record until nothing is, the newest wish first. `clock` gives the time."""
    record = Record.objects.ready().filter(key=key).first()
    for _round in range(MOST_ROUNDS):
        pictures = _claim(record, clock()) if record else []
        if not pictures:
            return
        try:
            _draw(record, pictures)
        except decoder_client.Stuck:
            continue  # their attempts are counted: they come again, or are given up
        except storage.NotThere:
            log.error("drawing_lost", record=str(key))
            return
        except decoder_client.OUTAGES as error:
            log.error("drawing_waits", error=type(error).__name__)
            _free_again(pictures, counts=False)
            return
        finally:
            _free_again(pictures)


def _free(now):
    wanted = Q(key__isnull=True, wanted_at__isnull=False, attempts__lt=MOST_ATTEMPTS)
    return wanted & unheld(now, STALE_AFTER)


@transaction.atomic
def _claim(record, now):
    """Some pictures of one scale, in our hands."""
    free = PagePicture.objects.filter(_free(now), page__record=record).select_related("page")
    rows = list(
        free.select_for_update(of=("self",), skip_locked=True).order_by("-wanted_at", "pk")[
            : 4 * PAGES_A_ROUND
        ]
    )
    mine = [row for row in rows if row.scale == rows[0].scale][:PAGES_A_ROUND]
    if any(row.attempts for row in mine):  # one of them broke a round: each by itself now
        mine = mine[:1]
    PagePicture.objects.filter(pk__in=[row.pk for row in mine]).update(
        claimed_at=now, attempts=F("attempts") + 1
    )
    for row in mine:
        row.claimed_at = now
    return mine


def _draw(record, pictures):
    rows = {picture.page.number: picture for picture in pictures}

    def keep(drawn):
        mine = PagePicture.objects.filter(
            pk=rows[drawn.number].pk, claimed_at=rows[drawn.number].claimed_at, key=None
        )
        if not mine.update(key=drawn.key, width=drawn.width, height=drawn.height, claimed_at=None):
            storage.delete(drawn.key)

    have_drawn(record, list(rows), pictures[0].scale, keep=keep)


def _free_again(pictures, *, counts=True):
    """What wasn't drawn can be tried again at once."""
    changes = {} if counts else {"attempts": F("attempts") - 1}
    for picture in pictures:
        mine = PagePicture.objects.filter(pk=picture.pk, claimed_at=picture.claimed_at)
        mine.update(claimed_at=None, **changes)
