"""One file, as many steps on as it gets."""

import structlog
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from referrals import storage
from referrals.models import Record
from referrals.records import decoder_client, refusals
from referrals.records.checks import claims, drawing, finishing, identifying, joining, scanning, unpacking
from referrals.vocabulary import FileKind, RecordStatus

log = structlog.get_logger("referrals.records")


def waiting(*, now):
    """Keys of the files that nobody is checking, as `in_turn`."""
    return in_turn(now=now).values_list("key", flat=True)


def in_turn(*, now):
    """The files that nobody is checking: the first of each case (`turn` 1), then the second of each, and so on, so
    that one letter never waits behind somebody's disc. Those that wait for something come after the new ones."""
    new_first = F("claimed_at").asc(nulls_first=True)
    turn = Window(RowNumber(), partition_by="case_id", order_by=[new_first, "added_at", "pk"])
    free = Record.objects.filter(claims.free(now)).annotate(turn=turn)
    return free.order_by(new_first, "turn", "added_at", "pk")


def check(*, key, clock):
    """Check one file, if it still waits. `clock` gives the time, as this may take minutes."""
    work = claims.claim(key, clock)
    if work is None:
        return
    try:
        if work.record.attempts > claims.MOST_ATTEMPTS:
            work.hold(refusals.BROKE_OFF)  # who had it was killed, which need not be its fault
        while work.at is not None and work.record.status in STEPS:
            _step(work)
    except claims.Lost:
        log.info("claim_lost", record=str(key))


def _step(work):
    """Ends with the file at its next status, or out of our hands."""
    try:
        STEPS[work.record.status](work)
    except (storage.NotThere, decoder_client.Stuck) as error:
        if work.record.attempts < claims.MOST_ATTEMPTS:
            work.give_back()
        elif isinstance(error, storage.NotThere):
            log.error("record_lost", record=str(work.record.key))
            work.stop(RecordStatus.REFUSED, refusals.LOST)
        else:
            work.stop(RecordStatus.REFUSED, refusals.UNREADABLE)
    except decoder_client.OUTAGES as error:
        log.error("check_waits", error=type(error).__name__)
        work.give_back(counts=False)


def _make(work):
    MAKES.get(work.record.kind, drawing.draw)(work)


MAKES = {
    FileKind.ARCHIVE: unpacking.unpack,
    FileKind.DICOM: joining.join,
    FileKind.CCDA: unpacking.take_out,
    FileKind.FHIR: unpacking.take_out,
}
STEPS = {
    RecordStatus.RECEIVED: identifying.identify,
    RecordStatus.IDENTIFIED: scanning.scan,
    RecordStatus.SCANNED: _make,
    RecordStatus.RENDERED: finishing.finish,
}
