"""The second step: no virus. With no scanner configured the record says that nobody looked."""

from referrals.records import refusals, scanner
from referrals.vocabulary import FileKind, RecordStatus, VirusScan


def scan(work):
    if not scanner.is_there():
        return work.move(RecordStatus.SCANNED, scan=VirusScan.NOT_SCANNED)
    try:
        found = scanner.scan(work.record.key, still_mine=work.renew)
    except scanner.Away:
        return work.hold(refusals.SCANNER_AWAY)
    except scanner.TooLarge:
        if (
            work.record.kind == FileKind.ARCHIVE
        ):  # what is inside is scanned piece by piece, and this not handed out
            return work.move(RecordStatus.SCANNED, scan=VirusScan.NOT_SCANNED)
        return work.hold(refusals.TOO_LARGE_TO_SCAN)
    if found:
        work.stop(RecordStatus.QUARANTINED, refusals.VIRUS, {"found": found}, scan=VirusScan.INFECTED)
    else:
        work.move(RecordStatus.SCANNED, scan=VirusScan.CLEAN)
