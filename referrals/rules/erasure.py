"""Deleting a record for good: its key first, so that not even a copy of its bytes can be read, then rows and bytes."""

from django.utils.translation import gettext_lazy as _

from referrals import storage
from referrals.models import Erasure, Record
from referrals.rules import audit
from referrals.vocabulary import Act

HELD = _("A legal hold is on this request. Nothing of it can be deleted.")


def delete(record):
    """In the caller's transaction: the keys and the row are gone with it, the bytes right after it. Held first, so
    that whoever reads it meanwhile gives way, and not the removal."""
    Record.objects.select_for_update().filter(pk=record.pk).first()
    keys = record.file_keys()
    for pack in record.packs.select_for_update():
        end_pack(pack)
    record.uploads.all().delete()
    record.delete()
    for key in keys:
        storage.delete(key)


def end_pack(pack):
    """A pack is a copy of records: its file is destroyed as theirs are."""
    pack.delete()
    if pack.file_key:
        storage.delete(pack.file_key)


def erase(record, *, record_class, reason, by, now, basis="", note=""):
    """Delete a record and keep a certificate of it."""
    case = record.case
    certificate = Erasure.objects.create(
        case=case, record_key=record.key, kind=record.kind, type=record.type, size=record.size,
        sha256=record.sha256, added_at=record.added_at, record_class=record_class,
        keep_until_on=record.keep_until_on, basis=basis, reason=reason, note=note, by=by, at=now,
    )  # fmt: skip
    audit.record(
        Act.ERASE_RECORD, by=by, now=now, case=case, subject_kind="record", subject_key=record.key,
        detail={"reason": str(reason), "certificate": str(certificate.key)},
    )  # fmt: skip
    delete(record)
    return certificate
