"""The second step: no virus. With no scanner configured the record says that nobody looked.

What a document carries inside is shown to the scanner file by file, too. A file that the scanner itself breaks
over is not shown to it for ever: all others would wait.
"""

from contextlib import contextmanager

from django.db import connection

from referrals.records import decoder_client, passwords, refusals, scanner
from referrals.records.checks import claims, locking
from referrals.records.decoder import limits
from referrals.vocabulary import FileKind, RecordStatus, VirusScan

SUSPECTS = 0x5CA2  # the number of a lock in the database
CARRY = frozenset({FileKind.PDF, FileKind.CCDA, FileKind.FHIR})
LONGEST_LOOK = 10 * 60  # seconds, for all that one document carries


class SomebodyElse(Exception):
    """Another file is looked at over which the scanner broke before."""


def scan(work):
    if not scanner.is_there():
        return work.move(RecordStatus.SCANNED, scan=VirusScan.NOT_SCANNED)
    try:
        with _alone(work):
            found, code = scanner.scan(work.record.key, still_mine=work.renew), refusals.VIRUS
            if not found:
                found, code = _found_inside(work), refusals.VIRUS_INSIDE
    except scanner.Broke:
        if work.record.attempts >= claims.MOST_ATTEMPTS:
            return _go_round(work)
        return work.hold(refusals.SCANNER_AWAY, counts=True)
    except (scanner.Away, SomebodyElse):
        return work.hold(refusals.SCANNER_AWAY)
    except scanner.TooLarge:
        return _go_round(work)
    if found:
        locking.lock_away(work, code, found)
    else:
        work.move(RecordStatus.SCANNED, scan=VirusScan.CLEAN)


@contextmanager
def _alone(work):
    """Files over which the scanner broke are looked at one by one: those that were merely near it clear themselves."""
    if work.record.attempts == 1:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SUSPECTS])
        if not cursor.fetchone()[0]:
            raise SomebodyElse
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SUSPECTS])


def _found_inside(work):
    """The same of what it carries; TooLarge where that can't be said."""
    record, found = work.record, []
    if record.kind not in CARRY:
        return ""

    def look(_meta, stream):
        if not found and (name := scanner.scan_stream(stream, still_mine=work.renew)):
            found.append(name)

    try:
        answer = decoder_client.run(
            "carried", record.key, password=passwords.of(record), still_mine=work.renew, on_blob=look,
            seconds=LONGEST_LOOK, work_seconds=limits.SECONDS, most_blobs=limits.MOST_CARRIED, kind=record.kind,
        )  # fmt: skip
    except decoder_client.Stuck:
        if record.attempts < claims.MOST_ATTEMPTS:
            raise
        raise scanner.TooLarge from None
    if not found and answer.get("refusal"):
        raise scanner.TooLarge
    return found[0] if found else ""


def _go_round(work):
    """Of a packed folder what is inside is scanned piece by piece, and itself not handed out. Others wait for staff."""
    if work.record.kind == FileKind.ARCHIVE:
        work.move(RecordStatus.SCANNED, scan=VirusScan.NOT_SCANNED)
    else:
        work.hold(refusals.TOO_LARGE_TO_SCAN)
