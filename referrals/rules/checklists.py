"""Which records help in which situation, and what must be there before a case can be sent."""

from django.utils.translation import gettext_lazy as _

from referrals.models import ChecklistItem
from referrals.rules import clocks
from referrals.vocabulary import (
    MISSING,
    WAITING,
    ChecklistState,
    Emergency,
    FileKind,
    RecordStatus,
    RecordType,
    Situation,
    Subject,
)

LETTER, REPORT, IMAGES = RecordType.LETTER, RecordType.IMAGING_REPORT, RecordType.IMAGES
PATHOLOGY, LAB, MEDICINES, PLAN = RecordType.PATHOLOGY, RecordType.LAB, RecordType.MEDICINES, RecordType.PLAN

# Files nobody can read.
GONE = (RecordStatus.REFUSED, RecordStatus.QUARANTINED)

HELPS = {
    Situation.SURGERY: (LETTER, REPORT, IMAGES, MEDICINES),
    Situation.CANCER: (LETTER, PATHOLOGY, REPORT, IMAGES, PLAN, MEDICINES),
    Situation.UNCLEAR: (LETTER, LAB, REPORT, MEDICINES),
    Situation.NOT_WORKING: (LETTER, PLAN, LAB, MEDICINES),
    Situation.CHILD: (LETTER, LAB, MEDICINES),
    Situation.TRUST: (LETTER, PLAN, MEDICINES),
}


def lay_out(case):
    """Give a case the checklist of its situation. Safe to repeat; lines the patient answered stay."""
    wanted = HELPS.get(case.situation, ())
    case.checklist.filter(state=ChecklistState.TO_COME).exclude(type__in=wanted).delete()
    there = set(case.checklist.values_list("type", flat=True))
    ChecklistItem.objects.bulk_create(
        [ChecklistItem(case=case, type=line) for line in wanted if line not in there], ignore_conflicts=True
    )


def _is_here(case, type):
    """A file that was checked; of a packed folder it is the files that count."""
    return case.records.ready().exclude(kind=FileKind.ARCHIVE).filter(type=type).exists()


def came(case, type):
    """A line with a file that can be read is here: what is being checked isn't yet."""
    if _is_here(case, type):
        case.checklist.filter(type=type).update(state=ChecklistState.HAVE, note="")


def went(case, type):
    """One that lost its last file isn't any more."""
    if not _is_here(case, type):
        case.checklist.filter(type=type, state=ChecklistState.HAVE).update(state=ChecklistState.TO_COME)


def missing_records(case):
    """Lines that are neither here nor waived."""
    return case.checklist.filter(state__in=MISSING)


def records_due(case, now):
    """K3 of a case: by when the next source must have answered; where none is asked, the next working day is ours."""
    hours = clocks.clinic_hours(case.clinic)
    days = case.sources.filter(status__in=WAITING).values_list("due_on", flat=True)
    return clocks.end_of_day(min(days), hours) if days else clocks.add_business_days(now, 1, hours)


def missing_before_sending(case):
    """What a draft still lacks: a list of (wizard step, sentence that mends it). Records may follow later."""
    return [(step, sentence) for step, sentence, lacks in _needs(case) if lacks]


def _needs(case):
    first = getattr(case, "first_opinion", None)
    child = case.subject == Subject.CHILD
    yield "what-happened", _("Choose what happened"), not case.situation
    for step in case.unfinished:
        yield step, _("Something you typed needs a look before it can be saved"), True
    own_name = "" if child else case.patient.name
    yield (
        "about",
        _("Enter the name of the person this is about"),
        not (case.subject_name.strip() or own_name.strip()),
    )
    yield "about", _("Enter the date of birth"), case.subject_born_on is None
    yield "about", _("Say why you may ask for this child"), child and not case.authority
    yield "about", _("Enter where you are, so that we know which law holds"), not case.located_in
    yield (
        "first-opinion",
        _("Say what the first doctor found, or that nobody knows yet"),
        not _tells(case, first),
    )
    yield (
        "dates",
        _("Enter the date by which you decide, or say that there is none"),
        not (case.decide_by_on or case.no_decision_date),
    )
    yield "questions", _("Write at least one question"), not case.questions.exists()
    yield "cost", _("Choose who is to pay"), not case.cover
    yield "check", _("Answer the question about warning signs"), not case.emergency
    yield "check", _("Get care now. Your request is kept"), case.emergency == Emergency.PRESENT
    yield (
        "check",
        _("Agree to the notice and to the reading of your records"),
        not (case.disclaimer_version and case.consented_at),
    )


def _tells(case, first):
    """A diagnosis, an advice, or plainly none: a case can be sent without a diagnosis."""
    return bool(first and (first.diagnosis or first.no_diagnosis or first.plan or first.advice))
