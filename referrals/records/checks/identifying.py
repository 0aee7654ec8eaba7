"""The first step: the file's sum, whether it is here already, and what it is."""

import datetime as dt
import hashlib
import time

from django.db import IntegrityError, transaction
from django.db.models import Q

from referrals import storage
from referrals.models import Series, Upload
from referrals.records import decoder_client, kinds, passwords, refusals, studies
from referrals.records.checks import claims, room
from referrals.records.decoder import limits
from referrals.rules import checklists, completeness
from referrals.vocabulary import PAGED, Act, FileKind, RecordStatus, RecordType

PIECE = 1024**2
FACTS = {"page_count": int, "text": str, "study": dict, "summary": dict, "contents": dict}
DEEPEST = 2  # folders packed in packed folders
SLOWEST_LISTING = 20 * 1024**2  # bytes a second, of a packed folder that can only be read in order


def identify(work):
    record = work.record
    if not record.sha256 and not _sum_is_new(work):
        return _become_one(work)
    found = decoder_client.run(
        "identify", record.key, password=passwords.of(record), still_mine=work.renew,
        seconds=limits.SECONDS + record.size // SLOWEST_LISTING,
    )  # fmt: skip
    kind = found.get("kind") if found.get("kind") in FileKind.values else ""
    if kind:
        record.kind = kind
    code = found.get("refusal") or _objection(record, kind, found)
    if code == refusals.DICOMDIR and _came_with_others(record):
        return work.remove()
    if code == refusals.LOCKED and kind in kinds.OPENED_WITH_A_PASSWORD:
        wrong = record.password is not None
        code = refusals.WRONG_PASSWORD if wrong else refusals.PASSWORD
        return work.stop(RecordStatus.NEEDS_YOU, code, kind=kind, password=None)
    if code:
        return work.stop(RecordStatus.REFUSED, code, kind=kind)
    work.move(RecordStatus.IDENTIFIED, kind=kind, **_facts(record, found))


def _objection(record, kind, found):
    if not kind:
        return refusals.UNREADABLE
    if not kinds.name_fits(kind, record.name):
        return refusals.NAME_LIES
    if kind != FileKind.ARCHIVE:
        return ""
    if record.contents.get("depth", 0) >= DEEPEST:
        return refusals.NESTED_TOO_DEEP
    return room.objection(record.case, found.get("contents"))


def _facts(record, found):
    """What the decoder may tell, as far as it is of the right type."""
    facts = {name: found[name] for name, type_ in FACTS.items() if type(found.get(name)) is type_}
    facts["page_count"] = min(max(facts.get("page_count", 0), 0), 10**6)
    if "contents" in facts:
        facts["contents"] = record.contents | facts["contents"]
    try:
        day = dt.date.fromisoformat(found.get("dated_on") or "")
    except (TypeError, ValueError):
        day = None
    return facts | {"dated_on": record.dated_on or (None if _is_of_its_coming(record, day) else day)}


def _is_of_its_coming(record, day):
    """A page or photo that was made as it was handed in, or the day before: the day of the scanner alone."""
    return record.kind in PAGED and day is not None and day >= record.added_at.date() - dt.timedelta(days=1)


# --- the same file twice ----------------------------------------------------------------------------


def _sum_is_new(work):
    """Reckon the sum and write it. False where the case has these very bytes; the database is the judge."""
    digest, renewed = hashlib.sha256(), time.monotonic()
    with storage.open(work.record.key) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            if time.monotonic() - renewed > decoder_client.RENEW_EVERY:
                renewed = time.monotonic()
                if not work.renew():
                    raise claims.Lost
    sha256 = digest.hexdigest()
    case = work.record.case
    if _of_a_study(case, sha256).exists():
        work.record.sha256 = sha256
        return False
    case.records.filter(status=RecordStatus.REFUSED, sha256=sha256).exclude(pk=work.record.pk).delete()
    try:
        with transaction.atomic():
            work.keep(sha256=sha256)
    except IntegrityError:
        work.record.sha256 = sha256
        return False
    return True


@transaction.atomic
def _become_one(work):
    """This one goes; what pointed at it points at the one that was here. What was said of either is kept."""
    work.take_case()
    record = work.record
    twins = record.case.records.kept().select_for_update().exclude(pk=record.pk)
    twin = twins.filter(Q(sha256=record.sha256) | Q(pk__in=_of_a_study(record.case, record.sha256))).first()
    if twin is None:  # it was taken back at this very moment
        return work.give_back(counts=False)
    Upload.objects.filter(record=record).update(record=twin)
    if twin.info_item_id is None:
        twin.info_item_id = record.info_item_id
    if twin.type == RecordType.OTHER:
        twin.type = record.type
    twin.save(update_fields=["info_item", "type"])
    work.remove()
    checklists.went(record.case, record.type)
    completeness.came(record.case, twin.type, now=work.clock())
    work.tell(Act.REMOVE_RECORD, {"same_as": str(twin.key)})


def _of_a_study(case, sha256):
    """The study that has a file of these very bytes."""
    series = Series.objects.filter(instances__sha256=sha256, record__case=case)
    return series.exclude(record__status__in=studies.APART).values("record")


def _came_with_others(record):
    """The table of contents of a disc is of no use to anybody beside the disc's files."""
    here = Q(folder=record.folder) | Q(folder__startswith=f"{record.folder}/" if record.folder else "")
    return (
        record.case.records.filter(here).exclude(pk=record.pk).exclude(name=record.name).exists()
        or record.case.uploads.filter(here).exclude(name=record.name).exists()
    )
