"""What the night does with all files: every byte is compared with the sum taken when it came."""

import datetime as dt
from dataclasses import dataclass, field

import structlog

from referrals import storage
from referrals.models import PagePicture, Record
from referrals.rules import audit
from referrals.vocabulary import Act

log = structlog.get_logger("referrals.records")
LEFTOVER_AFTER = dt.timedelta(days=1)


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
    kept = Record.objects.with_bytes().select_related("case").order_by("pk")
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
        if storage.size(record.key) != record.size:
            return "changed"
        is_whole = not record.sha256 or storage.sha256(record.key) == record.sha256  # '': not reckoned yet
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
        known = (
            Record.objects.with_bytes().filter(key=key).exists()
            or PagePicture.objects.filter(key=key).exists()
        )
        if not known:
            storage.delete(key)
            swept += 1
    return swept
