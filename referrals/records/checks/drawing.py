"""The third step: the pages as pictures, some at a time.

Pages that make the decoder hang, crash or run out of its limits stay unseen; the others are kept.
"""

from dataclasses import dataclass

from django.db import transaction

from referrals import storage
from referrals.models import PagePicture, RecordPage
from referrals.records import decoder_client, passwords
from referrals.records.checks import claims
from referrals.records.decoder import limits
from referrals.vocabulary import PageScale, RecordStatus

PAGES_A_STEP = 20
LARGEST_PAGE = 16 * limits.MIB


@dataclass(frozen=True)
class Drawn:
    key: object
    number: int
    width: int
    height: int


def draw(work):
    """The pages that were drawn in vain, as the row was no longer ours, go away again."""
    drawn = []
    try:
        refusal = _draw_all(work, drawn)
        if refusal:
            _discard(drawn)
            return work.stop(RecordStatus.REFUSED, refusal)
        _write(work, drawn)
    except BaseException:
        _discard(drawn)
        raise


def _draw_all(work, drawn):
    record, refusal, stuck = work.record, "", None
    for first in range(1, min(record.page_count, limits.MOST_PAGES) + 1, PAGES_A_STEP):
        last = min(first + PAGES_A_STEP - 1, record.page_count)
        try:
            answer = decoder_client.run(
                "draw", record.key, password=passwords.of(record), still_mine=work.renew,
                largest_blob=LARGEST_PAGE, on_blob=lambda meta, stream: drawn.append(kept(meta, stream)),
                kind=record.kind, first=first, last=last,
            )  # fmt: skip
            refusal = answer.get("refusal") or refusal
        except decoder_client.Stuck as error:
            stuck = error
        if not work.renew():
            raise claims.Lost
    if stuck and not drawn:
        raise stuck
    return "" if drawn else refusal


def kept(meta, stream):
    told = [meta.get(name) for name in ("page", "width", "height")]
    if not all(type(number) is int and 0 < number < 100_000 for number in told):
        raise decoder_client.Stuck
    return Drawn(storage.put(stream).key, *told)


def _discard(drawn):
    for page in drawn:
        storage.delete(page.key)


@transaction.atomic
def _write(work, drawn):
    by_number = {page.number: page for page in drawn}
    if len(by_number) < len(drawn):
        raise decoder_client.Stuck
    work.move(RecordStatus.RENDERED)
    pages = RecordPage.objects.bulk_create(
        RecordPage(record=work.record, number=page.number, width=page.width, height=page.height)
        for page in drawn
    )
    PagePicture.objects.bulk_create(
        PagePicture(page=row, scale=PageScale.NORMAL, key=page.key, width=page.width, height=page.height)
        for row, page in zip(pages, drawn, strict=True)
    )
