"""What may be wrong with the records of a case: another person's study, or a report without its images.

Asked by the records step, the page before sending, and triage. A flag bars nothing: whoever sees it says that it is
right as it is, takes the file away, or calls.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from referrals.rules import names
from referrals.vocabulary import (
    STOPPED,
    ChecklistState,
    FileKind,
    RecordStatus,
    RecordType,
    StudyFlag,
    Subject,
)

AROUND = dt.timedelta(days=60)  # a report is written and dated within so many days of its images


@dataclass(frozen=True)
class Flag:
    code: str
    record: Any  # None where it is about the case
    says: str  # what was found, in a sentence
    answer: Any = None  # the FlagAnswer, once somebody said that it is right
    also: tuple = ()  # other records of which the very same is said
    way_out: str = ""  # where whoever looks at it takes another person's record away

    @property
    def title(self):
        return StudyFlag(self.code).label

    @property
    def title_for_patient(self):
        return StudyFlag(self.code).for_patient

    @property
    def can_be_answered(self):
        return self.record is not None and self.answer is None

    @property
    def is_about_a_person(self):
        return self.code in (StudyFlag.OTHER_NAME, StudyFlag.OTHER_BIRTH_DATE)


def of_case(case, checklist=None):
    """All flags of a case, also the answered ones: three statements at most, however many records there are."""
    matters = (
        ~Q(study_uid="") | Q(kind=FileKind.DICOM) | Q(type__in=(RecordType.IMAGES, RecordType.IMAGING_REPORT))
    )
    records = case.records.exclude(status__in=STOPPED).filter(matters).defer("text", "summary")
    records = records.prefetch_related("flag_answers__by")
    if checklist is None:
        checklist = list(case.checklist.all())
    return flags_of(case, list(records.order_by("pk")), checklist)


def open_flags(case, checklist=None):
    """Those that nobody has answered."""
    return [flag for flag in of_case(case, checklist) if flag.answer is None]


def of_record(case, record):
    """Of one record; the answered ones too, with who said that it is right."""
    return [flag for flag in of_case(case) if flag.record == record]


def together(flags):
    """One for all records of which the same is said: a name on three scans is one question."""
    found = {}
    for flag in flags:
        found.setdefault((flag.code, flag.says), []).append(flag)
    return [replace(first, also=tuple(each.record for each in others)) for first, *others in found.values()]


def flags_of(case, records, checklist):
    found = []
    for record in records:
        answers = {each.flag: each for each in record.flag_answers.all()}
        found += [
            Flag(code, record, says, answers.get(code)) for code, says in _of_record(case, record, records)
        ]
    if says := _only_report(records, checklist):
        found.append(Flag(StudyFlag.ONLY_REPORT, None, says))
    return found


def flagged_as(case, record, code):
    """The records of which the same is said as of this one, which is among them; none where nothing is."""
    flags = [flag for flag in of_case(case) if flag.code == code and flag.record]
    said = [flag.says for flag in flags if flag.record == record]
    return [flag.record for flag in flags if flag.says in said]


def _of_record(case, record, records):
    if record.is_study and record.status == RecordStatus.READY:
        yield from _other_person(case, record.study.get("people") or [])
        if not record.page_count and not _has_images_of(record.study.get("date"), records):
            yield StudyFlag.NO_PICTURES, _("What came holds no images. There may be a disc with them.")
    elif record.type == RecordType.IMAGING_REPORT and record.dated_by_hand and record.dated_on:
        yield from _images_of_another_time(record, records)


# --- whose it is ------------------------------------------------------------------------------------


def _other_person(case, people):
    """Every person the study names is compared with the one the request is about."""
    ours, born_on = _names_of(case), case.subject_born_on
    wrong_name = next((found for found, born in people if _is_other_name(found, born, ours, born_on)), None)
    if wrong_name:
        words = _("On the scan: %(there)s. In the request: %(here)s.")
        yield StudyFlag.OTHER_NAME, words % {"there": _shown(wrong_name[0]), "here": ours[0]}
    wrong_day = next((day for _names, day in people if day and born_on and day != born_on.isoformat()), "")
    if wrong_day:
        words = _("On the scan: born on %(there)s. In the request: %(here)s.")
        yield (
            StudyFlag.OTHER_BIRTH_DATE,
            words % {"there": _day(wrong_day), "here": _day(born_on.isoformat())},
        )


def _names_of(case):
    """What the person is called; of a child never the parent's name."""
    found = [case.subject_name] if case.subject == Subject.CHILD else [case.subject_name, case.patient.name]
    return [name for name in found if name.strip()]


def _is_other_name(found, born, ours, born_on):
    """False as well where nothing can be said. The same birth date and half the name are one person's: people marry."""
    verdicts = [names.may_be_one(there, here) for there in found for here in ours]
    if not verdicts or True in verdicts or False not in verdicts:
        return False
    is_same_day = bool(born and born_on and born == born_on.isoformat())
    return not (is_same_day and any(names.share_a_part(there, here) for there in found for here in ours))


def _shown(name):
    """`Vega^Ana` as people write it."""
    family, *given = name.split("^")
    return " ".join(part for part in (*given[:2], family) if part).strip()


def _day(text):
    try:
        return date_format(dt.date.fromisoformat(text), "j F Y")
    except ValueError:
        return text


# --- images and their report --------------------------------------------------------------------------


def _is_images(record):
    """Studies with pictures, and photos of films."""
    if record.is_study:
        return record.page_count > 0
    return record.type == RecordType.IMAGES or record.kind == FileKind.DICOM


def _has_images_of(day, records):
    return any(
        _is_images(each) and (each.study or {}).get("date") == day for each in records if each.is_study
    )


def _only_report(records, checklist):
    """Said where images help and nobody said what is with them."""
    line = next((each for each in checklist if each.type == RecordType.IMAGES), None)
    if line is None or line.state != ChecklistState.TO_COME or any(map(_is_images, records)):
        return ""
    if not any(record.type == RecordType.IMAGING_REPORT for record in records):
        return ""
    return _(
        "Your specialist looks at the images too. The place that made them can give you a disc or a download."
    )


def _images_of_another_time(report, records):
    """A report whose day somebody wrote down, and images of other days alone."""
    days = [
        record.dated_on for record in records if record.is_study and _is_images(record) and record.dated_on
    ]
    if days and all(abs(day - report.dated_on) > AROUND for day in days):
        words = _("The report is of %(report)s. The images are of %(images)s.")
        told = ", ".join(_day(day.isoformat()) for day in sorted(set(days)))
        yield StudyFlag.ONLY_REPORT, words % {"report": _day(report.dated_on.isoformat()), "images": told}
