"""The second step: no virus. With no scanner configured the record says that nobody looked.

A file that the scanner itself breaks over is not shown to it for ever: all others would wait.
"""

from referrals.records import refusals, scanner
from referrals.records.checks import claims
from referrals.vocabulary import FileKind, RecordStatus, VirusScan


def scan(work):
    if not scanner.is_there():
        return work.move(RecordStatus.SCANNED, scan=VirusScan.NOT_SCANNED)
    try:
        found = scanner.scan(work.record.key, still_mine=work.renew)
    except scanner.Broke:
        if work.record.attempts >= claims.MOST_ATTEMPTS:
            return _go_round(work)
        return work.hold(refusals.SCANNER_AWAY, counts=True)
    except scanner.Away:
        return work.hold(refusals.SCANNER_AWAY)
    except scanner.TooLarge:
        return _go_round(work)
    if found:
        work.stop(RecordStatus.QUARANTINED, refusals.VIRUS, {"found": found}, scan=VirusScan.INFECTED)
    else:
        work.move(RecordStatus.SCANNED, scan=VirusScan.CLEAN)


def _go_round(work):
    """Of a packed folder what is inside is scanned piece by piece, and itself not handed out. Others wait for staff."""
    if work.record.kind == FileKind.ARCHIVE:
        work.move(RecordStatus.SCANNED, scan=VirusScan.NOT_SCANNED)
    else:
        work.hold(refusals.TOO_LARGE_TO_SCAN)
