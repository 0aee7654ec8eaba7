"""The worker's part: documents get their pages counted, the index is set in front, and the decoder binds all of it.

A file that breaks the decoder breaks its own count alone and goes along as it came. Where even then they can't be
bound, after three tries, the PDF is the index alone, and every document lies beside it.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q

from referrals import storage
from referrals.models import CarryPack, PackedRecord
from referrals.records import decoder_client, passwords
from referrals.records.decoder import limits
from referrals.records.pack import index, texts
from referrals.records.pack.joined import Joined
from referrals.rules import erasure
from referrals.rules.claims import unheld
from referrals.typesetting import pdf_of
from referrals.vocabulary import PAGED, PackStatus

log = structlog.get_logger("referrals.records")
MOST_ATTEMPTS = 4
BINDS_UNTIL = 3  # the last try is for the index alone
STALE_AFTER = dt.timedelta(minutes=5)
MEMORY, SECONDS = 1024 * limits.MIB, 600
LARGEST = 8 * 1024 * limits.MIB
MOST_PAGES = 20_000


@dataclass
class Part:
    """Something to bind: `file` is a key of the storage, or a PDF of ours as bytes; None is bound nowhere."""

    name: str
    file: Any = None
    kind: str = "pdf"
    pages: int = 0
    first: int = 0  # the page it begins on, from 1
    password: str | None = field(default=None, repr=False)
    entry: PackedRecord | None = None

    @property
    def record(self):
        return self.entry.record


def waiting(*, now):
    return CarryPack.objects.filter(_free(now)).order_by("asked_at", "pk").values_list("key", flat=True)


def make(*, key, clock):
    """Make one pack; safe to repeat, and nothing once somebody else has it in hand. `clock` gives the time."""
    held = _claim(key, clock)
    if held is None:
        return
    try:
        _make(held)
    except decoder_client.OUTAGES as error:
        log.error("pack_waits", error=type(error).__name__)
        held.rows.update(claimed_at=None, attempts=F("attempts") - 1)
    except (decoder_client.Stuck, storage.NotThere) as error:
        log.warning("pack_not_made", pack=str(key), error=type(error).__name__)
        is_last = held.pack.attempts >= MOST_ATTEMPTS
        held.rows.update(claimed_at=None, **({"status": PackStatus.FAILED} if is_last else {}))


def _make(held):
    entries = held.pack.entries.select_related("record__source").defer("record__study")
    parts = [_part(held, entry) for entry in entries]
    page = 1
    for part in parts:
        part.first = page if part.pages else 0
        page += part.pages
    front = Part(str(index.TITLE), pdf_of(index.content_of(held.pack.case, parts, held.clock())))
    front.pages = _count(held, front)
    stored = _bind(held, [front, *(part for part in parts if part.pages)])
    if not _keep(held, stored, parts):
        storage.delete(stored.key)


def _part(held, entry):
    """With its pages counted: 0 of what is not bound."""
    record = entry.record
    part = Part(record.name, entry=entry)
    if held.pack.attempts > BINDS_UNTIL:
        return part
    if texts.is_text(record):
        part.file = _set(record, held.pack.case)
    elif record.kind in PAGED:
        part.file, part.kind = record.key, record.kind
    try:
        part.password = passwords.of(record) if part.kind == record.kind else None
        part.pages = _count(held, part) if part.file else 0
    except (decoder_client.Stuck, storage.NotThere) as error:
        log.warning("record_not_bound", record=str(record.key), error=type(error).__name__)
    return part


def _set(record, case):
    try:
        return pdf_of(texts.content_of(record, case))
    except Exception as error:  # typst's words may quote the record: the kind of error alone is logged
        log.warning("record_not_set", record=str(record.key), error=type(error).__name__)
        return None


def _count(held, part):
    with Joined([part.file]) as file:
        told = decoder_client.run_on(
            "count_to_bind", file, file.size, kind=part.kind, password=part.password, still_mine=held.renew
        )
    pages = told.get("pages")
    return pages if type(pages) is int and 0 < pages <= MOST_PAGES else 0


def _bind(held, parts):
    """The whole PDF in the storage."""
    title, reference, kept = parts[0].name, held.pack.case.reference, []
    try:
        with Joined([part.file for part in parts]) as joined:
            told = [
                {"start": start, "size": size, "kind": part.kind, "name": part.name, "pages": part.pages,
                 "password": part.password}
                for part, (start, size) in zip(parts, joined.places, strict=True)
            ]  # fmt: skip
            answer = decoder_client.run_on(
                "bind", joined, joined.size, parts=told, title=f"{title}, {reference}", foot=reference,
                on_blob=lambda _meta, stream: kept.append(storage.put(stream)), still_mine=held.renew,
                seconds=SECONDS, memory=MEMORY, largest_blob=LARGEST, most_blobs=1,
            )  # fmt: skip
        if answer.get("refusal") or not kept:
            raise decoder_client.Stuck
    except BaseException:
        for each in kept:
            storage.delete(each.key)
        raise
    return kept[0]


@transaction.atomic
def _keep(held, stored, parts):
    """Written while the pack is still ours; those made before it for this case go."""
    pack = held.rows.select_for_update().first()
    if pack is None:
        return False
    for older in pack.case.packs.exclude(pk=pack.pk).select_for_update():
        erasure.end_pack(older)
    for part in parts:
        part.entry.first_page, part.entry.page_count = part.first, part.pages
    PackedRecord.objects.bulk_update([part.entry for part in parts], ["first_page", "page_count"])
    held.rows.update(
        status=PackStatus.READY, file_key=stored.key, size=stored.size, claimed_at=None,
        page_count=sum(part.pages for part in parts),
    )  # fmt: skip
    return True


def _free(now):
    return Q(status=PackStatus.PLANNED) & unheld(now, STALE_AFTER)


def _claim(key, clock):
    now = clock()
    if not CarryPack.objects.filter(_free(now), key=key).update(claimed_at=now, attempts=F("attempts") + 1):
        return None
    pack = CarryPack.objects.select_related("case__clinic", "case__patient").filter(key=key).first()
    return _Held(pack, clock, now) if pack else None


class _Held:
    """A pack in our hands."""

    def __init__(self, pack, clock, at):
        self.pack, self.clock, self.at = pack, clock, at

    @property
    def rows(self):
        return CarryPack.objects.filter(pk=self.pack.pk, status=PackStatus.PLANNED, claimed_at=self.at)

    def renew(self):
        """Whether it is still ours, and then for longer."""
        now = self.clock()
        is_ours = bool(self.rows.update(claimed_at=now))
        self.at = now
        return is_ours
