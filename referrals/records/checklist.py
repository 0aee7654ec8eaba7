"""The checklist follows the files: a line with a file is here, one that lost its last file isn't any more."""

from referrals.vocabulary import ChecklistState, RecordStatus

GONE = (RecordStatus.REFUSED, RecordStatus.QUARANTINED)


def came(case, type):
    case.checklist.filter(type=type).update(state=ChecklistState.HAVE, note="")


def went(case, type):
    if not case.records.exclude(status__in=GONE).filter(type=type).exists():
        case.checklist.filter(type=type, state=ChecklistState.HAVE).update(state=ChecklistState.TO_COME)
