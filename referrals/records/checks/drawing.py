"""The third step: all pages with their sizes and what they say, and the first ones as pictures.

The other pictures are drawn when somebody wants them (`picturing`). Pages that make the decoder hang, crash
or run out of its limits stay without words or picture; the others are kept.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from referrals import storage
from referrals.models import PagePicture, RecordPage
from referrals.records import decoder_client, passwords, picturing
from referrals.records.checks import claims
from referrals.records.decoder import limits
from referrals.vocabulary import PAGED, PageScale, RecordStatus

PAGES_A_STEP = 50
FIRST = {PageScale.NORMAL: 3, PageScale.THUMB: 24}  # pages drawn before anybody asks
SECOND_TRY = 20  # where none of the first can be drawn


@dataclass(frozen=True)
class Leaf:
    number: int
    width: int
    height: int
    text: str = ""
    words: tuple = ()


def draw(work):
    """Pictures that were drawn in vain, as the row was no longer ours, go away again."""
    drawn = []
    try:
        leaves, dated_on = _leaves(work) if work.record.kind in PAGED else ({}, "")
        refusal = _draw_first(work, drawn)
        if refusal:
            _discard(drawn)
            return work.stop(RecordStatus.REFUSED, refusal)
        _write(work, leaves, drawn, dated_on)
    except BaseException:
        _discard(drawn)
        raise


# --- sizes and words --------------------------------------------------------------------------------


def _leaves(work):
    """({number: Leaf}, a day the text names or '')."""
    record, found, dated_on = work.record, {}, ""
    for first in range(1, min(record.page_count, limits.MOST_PAGES) + 1, PAGES_A_STEP):
        last = min(first + PAGES_A_STEP - 1, record.page_count, limits.MOST_PAGES)
        try:
            told = decoder_client.run(
                "leaves", record.key, password=passwords.of(record), still_mine=work.renew,
                kind=record.kind, first=first, last=last,
            )  # fmt: skip
        except decoder_client.Stuck:
            told = {}
        found |= _believed(told, first, last)
        dated_on = dated_on or (told.get("dated_on") if isinstance(told.get("dated_on"), str) else "") or ""
        if not work.renew():
            raise claims.Lost
    return found, dated_on


def _believed(told, first, last):
    """Each of the pages asked for, as it was told or, where that is nonsense, as a sheet without words."""
    leaves = {number: Leaf(number, 850, 1100) for number in range(first, last + 1)}
    for each in told.get("pages") or ():
        if isinstance(each, list) and len(each) == 5 and each[0] in leaves and _is_leaf(*each[1:]):
            leaves[each[0]] = Leaf(*each[:3], each[3][: limits.MOST_CHARACTERS], each[4][: limits.MOST_WORDS])
    return leaves


def _is_leaf(width, height, text, words):
    return (
        all(type(side) is int and 0 < side < 100_000 for side in (width, height))
        and isinstance(text, str)
        and isinstance(words, list)
        and all(is_word(word) for word in words)
    )


def is_word(word):
    return (
        isinstance(word, list)
        and len(word) == 5
        and all(type(n) is int and 0 <= n <= 1000 for n in word[:4])
        and isinstance(word[4], str)
        and len(word[4]) <= 1000
    )


# --- pictures ---------------------------------------------------------------------------------------


def _draw_first(work, drawn):
    """The refusal of a file of which no page can be drawn; else ''."""
    record = work.record
    count = min(record.page_count, limits.MOST_PAGES)
    if not count:
        return ""
    first = list(range(1, min(count, FIRST[PageScale.NORMAL]) + 1))
    refusal = _draw_some(work, drawn, first, PageScale.NORMAL)
    if refusal and (others := list(range(len(first) + 1, min(count, SECOND_TRY) + 1))):
        refusal = _draw_some(work, drawn, others, PageScale.NORMAL)
    if not refusal and record.kind in PAGED:
        _draw_some(work, drawn, list(range(1, min(count, FIRST[PageScale.THUMB]) + 1)), PageScale.THUMB)
    return refusal


def _draw_some(work, drawn, numbers, scale):
    before = len(drawn)
    try:
        answer = picturing.have_drawn(work.record, numbers, scale, keep=drawn.append, still_mine=work.renew)
    except decoder_client.Stuck:
        if not drawn:
            raise
        answer = {}
    if not work.renew():
        raise claims.Lost
    return answer.get("refusal", "") if len(drawn) == before else ""


def _discard(drawn):
    for picture in drawn:
        storage.delete(picture.key)


@transaction.atomic
def _write(work, leaves, drawn, dated_on):
    for picture in drawn:  # a study's first picture is its only page
        leaves.setdefault(picture.number, Leaf(picture.number, picture.width, picture.height))
    work.move(RecordStatus.RENDERED, **_dated(work.record, dated_on))
    rows = RecordPage.objects.bulk_create(
        [
            RecordPage(
                record=work.record,
                number=leaf.number,
                width=leaf.width,
                height=leaf.height,
                text=leaf.text,
                words=list(leaf.words),
            )  # fmt: skip
            for leaf in leaves.values()
        ],
        batch_size=200,
    )
    pages = {row.number: row for row in rows}
    PagePicture.objects.bulk_create(
        PagePicture(
            page=pages[each.number], scale=each.scale, key=each.key, width=each.width, height=each.height
        )
        for each in drawn
    )


def _dated(record, dated_on):
    """What the text says stands before what the file's maker wrote into it; a person's word before both."""
    try:
        day = dt.date.fromisoformat(dated_on)
    except ValueError:
        return {}
    return {} if record.dated_by_hand else {"dated_on": day}
