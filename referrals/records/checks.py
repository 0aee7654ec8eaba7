"""What a worker does with a file that came in, and what the night does with all of them.

The row is the queue: a worker claims it by a conditional update, renews the claim between steps, and writes
the outcome only while the claim is still its own. A claim that grew stale (its worker died) is free again.
"""

import datetime as dt
from dataclasses import dataclass, field

import structlog
from django.db import transaction
from django.db.models import F, Q

from referrals import storage
from referrals.models import PagePicture, Record, RecordPage
from referrals.records import kinds, refusals, rendering
from referrals.rules import audit, catalogue, checklists
from referrals.vocabulary import Act, FileKind, PageScale, RecordStatus

log = structlog.get_logger("referrals.records")
MOST_ATTEMPTS = 3
STALE_AFTER = dt.timedelta(minutes=2)  # longer than a step
LEFTOVER_AFTER = dt.timedelta(days=1)


# --- one file ---------------------------------------------------------------------------------------


def waiting(*, now):
    """Keys of the files that nobody is checking."""
    return Record.objects.filter(_free(now)).order_by("added_at", "pk").values_list("key", flat=True)


def check(*, key, clock):
    """Check one file, if it still waits. `clock` gives the time, as this may take minutes."""
    record, claim = _claim(key, clock)
    if record is None:
        return
    if record.attempts > MOST_ATTEMPTS:
        _finish(record, claim, rendering.Found(refusal=refusals.UNREADABLE), now=clock())
        return
    try:
        found = rendering.examine(record.key, still_mine=lambda: claim.renew(clock()))
    except storage.NotThere:
        found = rendering.Found(refusal=refusals.LOST)
    except rendering.Stuck:
        if record.attempts >= MOST_ATTEMPTS:
            found = rendering.Found(refusal=refusals.UNREADABLE)
        else:
            claim.give_back()
            return
    except (
        storage.NoRoom,
        storage.Away,
    ) as why:  # not the file's fault: it waits, and the attempt doesn't count
        log.error("disk_full" if isinstance(why, storage.NoRoom) else "store_away")
        claim.give_back(attempts=F("attempts") - 1)
        return
    _finish(record, claim, found, now=clock())


class Claim:
    """Our hold on a row."""

    def __init__(self, pk, at):
        self.pk, self.at = pk, at

    @property
    def rows(self):
        return Record.objects.filter(pk=self.pk, status=RecordStatus.RECEIVED, claimed_at=self.at)

    def renew(self, now):
        held = bool(self.rows.update(claimed_at=now))
        self.at = now
        return held

    def give_back(self, **changes):
        self.rows.update(claimed_at=None, **changes)


def _free(now):
    unclaimed = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - STALE_AFTER)
    return Q(status=RecordStatus.RECEIVED) & unclaimed


def _claim(key, clock):
    now = clock()
    if not Record.objects.filter(_free(now), key=key).update(claimed_at=now, attempts=F("attempts") + 1):
        return None, None
    record = Record.objects.select_related("case__clinic", "case__patient").get(key=key)
    return record, Claim(record.pk, now)


def _finish(record, claim, found, *, now):
    """Write the outcome, once; the pages of a check that came too late go away again."""
    if not found.refusal and not kinds.name_fits(found.kind, record.name):
        found.refusal = refusals.NAME_LIES
    if found.refusal:
        rendering.discard(found)
    try:
        is_ours = _write(record, claim, found, now)
    except BaseException:
        rendering.discard(found)
        raise
    if not is_ours:
        rendering.discard(found)


@transaction.atomic
def _write(record, claim, found, now):
    outcome = {
        "status": RecordStatus.REFUSED if found.refusal else RecordStatus.READY,
        "refusal": found.refusal[:30],
        "kind": found.kind if found.kind in FileKind.values else "",
        "claimed_at": None,
        "checked_at": now,
    }
    if not found.refusal:
        dated_on = dt.date.fromisoformat(found.dated_on) if found.dated_on else None
        outcome |= {"page_count": found.page_count, "text": found.text, "study": found.study}
        outcome |= {"dated_on": record.dated_on or dated_on}
    if not claim.rows.update(**outcome):
        return False
    pages = RecordPage.objects.bulk_create(
        RecordPage(record=record, number=page.number, width=page.width, height=page.height)
        for page in found.pages
    )
    PagePicture.objects.bulk_create(
        PagePicture(page=row, scale=PageScale.NORMAL, key=page.key, width=page.width, height=page.height)
        for row, page in zip(pages, found.pages, strict=True)
    )
    if found.refusal:  # what we can't show to anybody we don't keep
        transaction.on_commit(lambda: storage.delete(record.key))
        checklists.went(record.case, record.type)
    audit.record(
        Act.RECORD_CHECKED, by=None, now=now, case=record.case, subject_kind="record", subject_key=record.key,
        detail={"status": outcome["status"], "kind": outcome["kind"], "refusal": outcome["refusal"]},
    )  # fmt: skip
    catalogue.plan(record.case, now=now)
    return True


# --- all files, every night -------------------------------------------------------------------------


@dataclass
class Report:
    looked_at: int = 0
    lost: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    swept: int = 0

    @property
    def is_clean(self):
        return not self.lost and not self.changed


def compare_all(*, now):
    """Compare every file's bytes with the sum taken when they came, and sweep up what belongs to nobody."""
    report = Report()
    kept = Record.objects.kept().select_related("case").order_by("pk")
    for record in kept.iterator(chunk_size=200):
        report.looked_at += 1
        if what := _amiss(record):
            getattr(report, what).append(str(record.key))
            log.error(f"record_{what}", record=str(record.key))
            audit.record(
                Act.RECORD_CHECKED, by=None, now=now, case=record.case, subject_kind="record",
                subject_key=record.key, detail={"found": what},
            )  # fmt: skip
    drawn = PagePicture.objects.drawn().select_related("page__record").order_by("pk")
    for picture in drawn.iterator(chunk_size=500):
        try:
            storage.size(picture.key)
        except storage.NotThere:
            report.lost.append(f"{picture.page.record.key}/{picture.page.number}")
            log.error("page_lost", record=str(picture.page.record.key))
    report.swept = _sweep(now)
    return report


def _amiss(record):
    try:
        is_whole = storage.size(record.key) == record.size and storage.sha256(record.key) == record.sha256
    except storage.Damaged:
        return "changed"
    except (storage.NotThere, OSError):
        return "lost"
    return "" if is_whole else "changed"


def _sweep(now):
    """Files a day old that no row knows: their process died between the bytes and the row."""
    before = now - LEFTOVER_AFTER
    swept = storage.sweep_incoming(before)
    for key in storage.keys_before(before):
        known = Record.objects.kept().filter(key=key).exists() or PagePicture.objects.filter(key=key).exists()
        if not known:
            storage.delete(key)
            swept += 1
    return swept
