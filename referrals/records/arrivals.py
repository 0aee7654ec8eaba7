"""A file on its way in, piece by piece, over hours, tabs and devices.

The row says how many bytes are safely here and who may send the rest. One request at a time writes: it holds
the file in the storage from before it reads the row until after its last checkpoint is written, so that two
tabs, or a retry while the first request still hangs, never mix their bytes. Whoever comes second is told.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from referrals import storage
from referrals.models import Case, InfoItem, Record, Reminder, Upload
from referrals.records import actions, permits
from referrals.records.room import NoSpace, room_of
from referrals.rules import audit, catalogue, upload_links
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act, RecordType, UploadStatus, WayIn

CHECK_EVERY = dt.timedelta(seconds=1)
LEFT_AFTER = dt.timedelta(hours=1)  # of silence
LOOKED_AT = ("status", "clinic_id", "patient__is_active", "patient__email")


class Over(Exception):
    """The upload was cancelled or has expired: nothing more can come."""


class Done(Exception):
    """All of it is here, and a record."""


class Elsewhere(Exception):
    """So many bytes are here, not as many as the sender thinks."""

    def __init__(self, offset):
        super().__init__(offset)
        self.offset = offset


@dataclass(frozen=True)
class Announced:
    """What the sender says of a file before its bytes travel."""

    name: str
    size: int
    folder: str = ""
    mark: str = ""
    type: str = RecordType.OTHER
    item: InfoItem | None = None
    way_in: str = WayIn.PORTAL


@transaction.atomic
def begin(*, case, file, by=None, link=None, now):
    """Room for a file. One that its sender began and left, known again by its mark, goes on where it stopped.

    Raises storage.TooLarge, storage.NoRoom, NoSpace, PermissionDenied or StepNotPossible.
    """
    case = permits.held(case, by=by, link=link, now=now)
    if file.mark and (left := _left_behind(case, file, by, link, now)):
        return left
    if file.size > settings.MAX_FILE_BYTES:
        raise storage.TooLarge
    if not room_of(case).takes(file.size):
        raise NoSpace
    with storage.Arriving.begin() as arriving:
        offset, tail = arriving.checkpoint()
        return Upload.objects.create(
            case=case, by=by, link=link, info_item=file.item, name=file.name, folder=file.folder,
            type=file.type, way_in=file.way_in, mark=file.mark, size=file.size, offset=offset, tail=tail,
            file_key=arriving.key, started_at=now, touched_at=now, expires_at=_kept_until(link, now),
        )  # fmt: skip


class Receiving:
    """One request's hold on an upload: `write` pieces, `keep` them now and then, `close`.

    Raises Over, Done, Elsewhere, storage.Busy, and what `permits.still_allowed` raises.
    """

    def __init__(self, *, upload, at, now):
        with transaction.atomic():  # the row first, then the file: nobody who holds the file is overtaken
            row = Upload.objects.select_for_update().get(pk=upload.pk)
            _must_go_on(row, now)
            if row.offset != at:
                raise Elsewhere(row.offset)
            if row.status == UploadStatus.DONE:
                raise Done
            self.upload, self.safe = row, row.offset
            self.check(now)
            self.arriving = storage.Arriving(row.file_key, row.offset, bytes(row.tail))

    @property
    def offset(self):
        return self.arriving.offset

    def check(self, now):
        """Access taken away ends a running upload."""
        case = Case.objects.select_related("patient").only(*LOOKED_AT).filter(pk=self.upload.case_id).first()
        permits.still_allowed(case, by=self.upload.by_id, link=self.upload.link, now=now)
        self.checked_at = now

    def write(self, piece):
        self.arriving.write(piece)

    def keep(self, now):
        """All that came is safe, and said so in the row."""
        if now - self.checked_at >= CHECK_EVERY:
            self.check(now)
        offset, tail = self.arriving.checkpoint()
        values = {
            "offset": offset, "tail": tail, "touched_at": now,
            "expires_at": _kept_until(self.upload.link, now),
        }  # fmt: skip
        if not Upload.objects.open().filter(pk=self.upload.pk, offset=self.safe).update(**values):
            raise Over
        self.safe = self.upload.offset = offset
        self.upload.tail, self.upload.expires_at = tail, values["expires_at"]

    def forget(self):
        """Not what was meant: back to what was safe."""
        self.arriving.rewind()

    def finish(self, now):
        """The last byte is here: the file becomes a record. Safe to repeat."""
        stored = self.arriving.finish()
        return _become_record(self.upload, stored, now)

    def close(self):
        self.arriving.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@transaction.atomic
def _become_record(upload, stored, now):
    case = permits.held(upload.case, by=upload.by, link=upload.link, now=now)
    row = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if row.status == UploadStatus.DONE:
        return row
    _must_go_on(row, now)
    record = Record.objects.create(
        key=stored.key, case=case, info_item_id=row.info_item_id, added_by_id=row.by_id or upload.link.made_by_id,
        added_at=now, name=row.name, folder=row.folder, size=stored.size, type=row.type, way_in=row.way_in,
    )  # fmt: skip
    row.record, row.status, row.tail, row.touched_at = record, UploadStatus.DONE, b"", now
    row.save(update_fields=["record", "status", "tail", "touched_at"])
    actions.arrived(case, [record], by=upload.by, link=upload.link, now=now)
    return row


@transaction.atomic
def stop(*, upload, by=None, now):
    """The sender doesn't want it any more: what came is destroyed. `by` is None for a link's sender."""
    row = _with_its_case(upload.pk, upload.case_id)
    if row.status == UploadStatus.DONE:
        raise StepNotPossible
    if row.status == UploadStatus.OPEN:
        _end(row, UploadStatus.CANCELLED, by, now)
        catalogue.plan(row.case, now=now)
    return row


@transaction.atomic
def close_link(*, link, by, now):
    """Nothing more comes by it; what was not whole yet is destroyed, so that it takes up no room."""
    upload_links.close(link=link, by=by, now=now)
    for upload in link.uploads.open():
        stop(upload=upload, by=by, now=now)


def expire(*, now):
    """Give up what nobody goes on with, and finish what is whole but was cut off before it was a record."""
    for upload in Upload.objects.open().filter(offset=F("size")).select_related("case", "by", "link")[:500]:
        finish_whole(upload, now)
    ended = 0
    over = Upload.objects.open().filter(expires_at__lte=now).order_by("pk").values_list("pk", "case_id")
    for pk, case in over[:500]:
        with transaction.atomic():
            row = _with_its_case(pk, case)
            if row.status == UploadStatus.OPEN and row.expires_at <= now:
                _end(row, UploadStatus.EXPIRED, None, now)
                catalogue.plan(row.case, now=now)
                ended += 1
    return ended


def plan_warnings(*, now):
    """Have a mail planned for what was left: by the clock, as pieces that come must not wait for the ledger."""
    planned = Reminder.objects.filter(
        case=OuterRef("case"), rule="P25", planned_at__gt=OuterRef("touched_at")
    )
    left = Upload.objects.open().filter(link=None, by=F("case__patient"), touched_at__lt=now - LEFT_AFTER)
    for case in Case.objects.filter(uploads__in=left.exclude(Exists(planned))).distinct().order_by("pk"):
        with transaction.atomic():
            held = Case.objects.select_for_update(of=("self",)).select_related("clinic", "patient")
            catalogue.plan(held.get(pk=case.pk), now=now)


def finish_whole(upload, now):
    """Where a process died between the last byte and the record. What isn't allowed any more waits and expires."""
    try:
        with Receiving(upload=upload, at=upload.size, now=now) as receiving:
            receiving.finish(now)
    except (Over, Done, Elsewhere, PermissionDenied, StepNotPossible, storage.Busy, storage.NoRoom):
        pass


def _with_its_case(pk, case):
    """The row, held; its case first, as everybody does who plans mails."""
    Case.objects.select_for_update().get(pk=case)
    return Upload.objects.select_for_update(of=("self",)).select_related("case").get(pk=pk)


def _end(row, status, by, now):
    row.status, row.tail, row.touched_at = status, b"", now
    row.save(update_fields=["status", "tail", "touched_at"])
    storage.delete(row.file_key)
    audit.record(
        Act.STOP_UPLOAD, by=by, now=now, case=row.case, subject_kind="upload", subject_key=row.key,
        detail={"status": str(status)},
    )  # fmt: skip


def _left_behind(case, file, by, link, now):
    found = case.uploads.open().filter(by=by, link=link, name=file.name, folder=file.folder, size=file.size)
    found = found.filter(mark=file.mark, way_in=file.way_in, expires_at__gt=now)
    return found.select_related("case", "by", "link").order_by("-touched_at", "-pk").first()


def _must_go_on(row, now):
    if row.status in (UploadStatus.CANCELLED, UploadStatus.EXPIRED) or (
        row.status == UploadStatus.OPEN and row.expires_at <= now
    ):
        raise Over


def _kept_until(link, now):
    until = now + dt.timedelta(days=settings.UPLOAD_DAYS)
    return min(until, link.expires_at) if link else until
