"""What the night does with all files: every byte is compared with the sum taken when it came."""

import datetime as dt
from dataclasses import dataclass, field

import structlog
from django.db.models import Q

from referrals import storage
from referrals.models import CarryPack, Instance, Letter, PagePicture, Record, Upload
from referrals.rules import audit
from referrals.vocabulary import Act, RecordStatus

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
    kept = Record.objects.with_bytes().filter(study_uid="").select_related("case").order_by("pk")
    for record in kept.iterator(chunk_size=200):
        report.looked_at += 1
        if what := _amiss(record.key, record.size, record.sha256):
            _say(report, what, record, record.key, now)
    _compare_studies(report, now)
    _compare_letters(report, now)
    drawn = PagePicture.objects.drawn().select_related("page__record").order_by("pk")
    for picture in drawn.iterator(chunk_size=500):
        try:
            storage.size(picture.key)
        except storage.NotThere:
            report.lost.append(f"{picture.page.record.key}/{picture.page.number}")
            log.error("page_lost", record=str(picture.page.record.key))
    report.swept = _sweep(now)
    return report


def _compare_studies(report, now):
    """Each file of each study; of decoded frames, that they are there."""
    kept = Instance.objects.exclude(series__record__status=RecordStatus.REFUSED)
    kept = kept.select_related("series__record__case").defer("look").order_by("pk")
    for instance in kept.iterator(chunk_size=200):
        report.looked_at += 1
        what = _amiss(instance.key, instance.size, instance.sha256)
        if not what and instance.frames_key:
            what = _amiss(instance.frames_key, instance.frame_count * instance.frame_bytes, "")
        if what:
            _say(report, what, instance.series.record, instance.key, now)


def _compare_letters(report, now):
    for letter in (
        Letter.objects.exclude(file_key=None).select_related("case").defer("content").order_by("pk")
    ):
        report.looked_at += 1
        if what := _amiss(letter.file_key, letter.size, letter.sha256):
            getattr(report, what).append(str(letter.key))
            log.error(f"letter_{what}", letter=str(letter.key))
            audit.record(
                Act.RECORD_CHECKED, by=None, now=now, case=letter.case, subject_kind="letter",
                subject_key=letter.key, detail={"found": what},
            )  # fmt: skip


def _say(report, what, record, key, now):
    getattr(report, what).append(str(key))
    log.error(f"record_{what}", record=str(key))
    audit.record(
        Act.RECORD_CHECKED, by=None, now=now, case=record.case, subject_kind="record",
        subject_key=record.key, detail={"found": what} | ({} if key == record.key else {"file": str(key)}),
    )  # fmt: skip


def _amiss(key, size, sha256):
    try:
        if storage.size(key) != size:
            return "changed"
        is_whole = not sha256 or storage.sha256(key) == sha256  # '': not reckoned yet
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
        if not _is_known(key):
            storage.delete(key)
            swept += 1
    return swept


def _is_known(key):
    return (
        Upload.objects.open().filter(file_key=key).exists()  # before the records: it may become one meanwhile
        or Record.objects.with_bytes().filter(key=key).exists()
        or PagePicture.objects.filter(key=key).exists()
        or Instance.objects.filter(Q(key=key) | Q(frames_key=key)).exists()
        or Letter.objects.filter(file_key=key).exists()
        or CarryPack.objects.filter(file_key=key).exists()
    )
