"""A packed folder becomes its files: each a record of its own, in the folder where it lay.

How far that has come is in the row, `contents["next"]`, written together with each file's record; so a worker
that takes over goes on at the next file. At the end the folder's own bytes go: all that counts is in its files.
"""

from django.conf import settings
from django.db import IntegrityError, transaction

from referrals import storage
from referrals.models import Case, Record
from referrals.records import decoder_client, passwords, refusals
from referrals.records.checks import locking
from referrals.records.decoder import limits
from referrals.records.names import shown_name
from referrals.records.room import room_of
from referrals.rules import audit
from referrals.rules.nudges import nudge
from referrals.vocabulary import Act, RecordStatus

FILES_A_STEP, BYTES_A_STEP = 100, 256 * limits.MIB
SLOWEST_STEP = 30 * 60  # seconds; a large file locked the old way takes long
LONGEST_FOLDER = 500
CHECK = "referrals.records.tasks.check_record"


class Full(Exception):
    """The case may take no more, though there was room when the folder was listed."""


class Infected(Exception):
    """A document inside is here already, and locked away."""


def unpack(work):
    """Of a packed folder nothing stays but its files."""
    try:
        is_out = _take_out(work, "members", is_disc=bool(work.record.contents.get("is_disc")))
    except Full:
        return work.stop(RecordStatus.REFUSED, refusals.NO_ROOM_INSIDE)
    if is_out:
        with transaction.atomic():
            work.move(RecordStatus.RENDERED)
            storage.delete(work.record.key)


def take_out(work):
    """The documents inside a health summary become records beside it, as far as there is room for them."""
    try:
        is_out = not work.record.contents.get("files") or _take_out(work, "enclosed", kind=work.record.kind)
    except Full:
        is_out = True
    except Infected:
        return locking.lock_away(work, refusals.VIRUS_INSIDE)
    if is_out:
        work.move(RecordStatus.RENDERED)


def _take_out(work, job, **more):
    """Whether all that is inside has been handed out; else the work was stopped, with a reason."""
    record = work.record
    password = passwords.of(record)
    while (first := record.contents.get("next", 0)) is not None:
        answer = decoder_client.run(
            job, record.key, password=password, still_mine=work.renew, seconds=SLOWEST_STEP,
            largest_blob=settings.MAX_FILE_BYTES, on_blob=lambda meta, stream: _take(work, meta, stream),
            first=first, most_files=FILES_A_STEP, most_bytes=BYTES_A_STEP, **more,
        )  # fmt: skip
        if answer.get("refusal"):
            work.stop(RecordStatus.REFUSED, answer["refusal"])
            return False
        _go_on(work, answer, first)
    return True


def _go_on(work, answer, first):
    """At the file it named, behind a broken one, or not at all."""
    contents, after, broken = dict(work.record.contents), answer.get("next"), answer.get("broken")
    if broken is not None:
        contents["broken"] = contents.get("broken", 0) + 1
        after = broken + 1 if type(broken) is int else broken
    if after is not None and (type(after) is not int or not first < after <= limits.MOST_MEMBERS):
        raise decoder_client.Stuck
    work.keep(contents=contents | {"next": after}, attempts=1)


def _take(work, meta, stream):
    """One file of the folder; its bytes go again where it did not become a record."""
    number, name, folder = (meta.get(part) for part in ("number", "name", "folder"))
    if type(number) is not int or not isinstance(name, str) or not isinstance(folder, str):
        raise decoder_client.Stuck
    if not work.record.contents.get("next", 0) <= number < limits.MOST_MEMBERS:
        raise decoder_client.Stuck
    try:
        stored = storage.put(stream, limit=settings.MAX_FILE_BYTES)
    except storage.TooLarge:  # larger than it said
        raise decoder_client.Stuck from None
    try:
        is_kept = stored.size and _become_a_record(work, number, name, folder, stored)
    except BaseException:
        storage.delete(stored.key)
        raise
    if not is_kept:
        storage.delete(stored.key)


@transaction.atomic
def _become_a_record(work, number, name, folder, stored):
    """False where the case has these very bytes."""
    packed, contents = work.record, work.record.contents | {"next": number + 1}
    case = Case.objects.select_for_update().get(pk=packed.case_id)
    if not room_of(case).takes(stored.size):
        raise Full
    try:
        with transaction.atomic():
            record = Record.objects.create(
                key=stored.key, case=case, info_item_id=packed.info_item_id, added_by_id=packed.added_by_id,
                added_at=packed.added_at, name=shown_name(name), size=stored.size, sha256=stored.sha256,
                folder=_place(packed, folder), way_in=packed.way_in, type=packed.type,
                contents={"depth": contents.get("depth", 0) + 1},
            )  # fmt: skip
    except IntegrityError:
        twin = case.records.kept().get(sha256=stored.sha256)
        if packed.kind in locking.KEPT_WHOLE and twin.status == RecordStatus.QUARANTINED:
            raise Infected from None
        work.keep(contents=contents | {"same": contents.get("same", 0) + 1} | _held(packed, twin), attempts=1)
        return False
    work.keep(contents=contents | _held(packed, record), attempts=1)
    audit.record(
        Act.ADD_RECORD, by=None, now=work.at, case=case, subject_kind="record", subject_key=record.key,
        detail={"from": str(packed.key)},
    )  # fmt: skip
    nudge(CHECK, key=str(record.key), behind=True)
    return True


def _held(packed, record):
    """A summary's own bytes hold this file: with it they are locked away."""
    if packed.kind not in locking.KEPT_WHOLE:
        return {}
    return {"holds": [*packed.contents.get("holds", ()), str(record.key)]}


def _place(packed, folder):
    """Below the folder's own place and name, without odd characters."""
    parts = [
        part for part in (*packed.folder.split("/"), packed.name, *folder.split("/")) if part.strip(". ")
    ]
    return "/".join(shown_name(part) for part in parts)[:LONGEST_FOLDER]
