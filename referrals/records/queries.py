"""One function for each page."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as Choose
from django.db.models import IntegerField, Prefetch, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.models import InfoItem, Record, RecordReading
from referrals.records import actions, deciding, kinds, refusals
from referrals.rules import timeline
from referrals.vocabulary import (
    CHECKING,
    STOPPED,
    AskedOf,
    ChecklistState,
    FileKind,
    InfoRequestStatus,
    RecordStatus,
    RecordType,
    VirusScan,
)

ITEM = re.compile(r"[1-9]\d{0,3}", re.ASCII)
NEEDS_YOU_FIRST = Choose(
    When(status__in=sorted(STOPPED), then=Value(0)),
    When(status__in=sorted(CHECKING), then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
TONES = {RecordStatus.REFUSED: "stop", RecordStatus.QUARANTINED: "stop", RecordStatus.NEEDS_YOU: "warn"}
SHAPES = {
    FileKind.PDF: lambda n: ngettext("%d page", "%d pages", n) % n,
    FileKind.TIFF: lambda n: ngettext("%d page", "%d pages", n) % n,
}


@dataclass(frozen=True)
class FileRow:
    record: Record
    type: str  # what it is, as this person says it
    shape: str  # "3 pages", "Photo"
    icon: str
    refusal: Any  # what is wrong or waited for, and how to go on; or None
    tone: str  # of these words
    note: str  # what became of a packed folder
    scan: str  # that nobody looked for viruses
    can_remove: bool
    can_unlock: bool
    can_decide_scan: bool


@dataclass(frozen=True)
class Line:
    """A line of the checklist, with what may be said of it now."""

    type: str
    title: str
    state: str
    note: str
    has: bool
    choices: list


def files_of(case, person):
    """The rows of the page where files are added; the one that needs the person first."""
    records = case.records.annotate(need=NEEDS_YOU_FIRST).order_by("need", "-added_at", "-pk")
    return [file_row(record, case, person) for record in records.defer("text", "study")]


def file_row(record, case, person):
    record.case = case
    return FileRow(
        record,
        _type_in_words(record, case, person),
        shape_of(record),
        _icon(record),
        refusals.words_for(record.refusal) if record.refusal else None,
        TONES.get(record.status, "info"),
        contents_in_words(record),
        _scan_in_words(record, case, person),
        actions.may_remove(record, person) or deciding.may_destroy(record, person),
        deciding.may_unlock(record, person),
        deciding.may_decide_scan(record, person),
    )


def _type_in_words(record, case, person):
    type = RecordType(record.type)
    return type.for_patient if case.patient_id == person.pk else type.label


def _scan_in_words(record, case, person):
    if record.status != RecordStatus.READY or record.scan == VirusScan.CLEAN:
        return ""
    scan = VirusScan(record.scan)
    return scan.for_patient if case.patient_id == person.pk else scan.label


def shape_of(record):
    """How much there is of it, in a word or two."""
    if record.status != RecordStatus.READY:
        return ""
    in_pages = SHAPES.get(record.kind)
    return in_pages(record.page_count) if in_pages else FileKind(record.kind).label


def contents_in_words(record):
    """What became of a packed folder; '' for any other file."""
    told = record.contents
    if record.status != RecordStatus.READY or "files" not in told:
        return ""
    taken = told["files"] - told.get("broken", 0) - told.get("same", 0)
    parts = [
        (taken, ngettext("%d file of it is in your list.", "%d files of it are in your list.", taken)),
        (told.get("same", 0), ngettext("%d was here before.", "%d were here before.", told.get("same", 0))),
        (told.get("broken", 0), ngettext("%d is damaged.", "%d are damaged.", told.get("broken", 0))),
        (
            told.get("left_out", 0),
            ngettext(
                "%d is no record, such as a program that shows pictures, and was left out.",
                "%d are no records, such as programs that show pictures, and were left out.",
                told.get("left_out", 0),
            ),
        ),
    ]
    return " ".join(words % number for number, words in parts if number)


def summary(rows):
    """“5 files: 2 ready, 1 being checked, 1 needs you.”"""
    if not rows:
        return _("No files yet.")
    statuses = [row.record.status for row in rows]
    ready = statuses.count(RecordStatus.READY)
    checking = sum(status in CHECKING for status in statuses)
    locked_away = statuses.count(RecordStatus.QUARANTINED)
    needing = sum(status in STOPPED for status in statuses) - locked_away
    parts = [
        (ready, ngettext("%d ready", "%d ready", ready)),
        (checking, ngettext("%d being checked", "%d being checked", checking)),
        (needing, ngettext("%d needs you", "%d need you", needing)),
        (locked_away, ngettext("%d locked away", "%d locked away", locked_away)),
    ]
    whole = ngettext("%d file", "%d files", len(rows)) % len(rows)
    return f"{whole}: {', '.join(words % number for number, words in parts if number)}."


def is_checking(rows):
    return any(row.record.status in CHECKING for row in rows)


def checklist_of(case, rows):
    """The lines with what is said of them; `rows` are the case's files."""
    added = {}
    for row in rows:
        if row.record.status not in STOPPED:
            added.setdefault(row.record.type, []).append(row.record)
    return [_line(item, added.get(item.type, []), bool(rows)) for item in case.checklist.all()]


def _line(item, records, has_files):
    state = ChecklistState(item.state)
    has = state == ChecklistState.HAVE
    can_say = [] if records or state == ChecklistState.WAIVED else [s for s in actions.TO_SAY if s != state]
    choices = [
        (each.value, _("It is in a file I added") if each == ChecklistState.HAVE else each.for_patient)
        for each in can_say
        if each != ChecklistState.HAVE or has_files
    ]
    return Line(
        item.type, RecordType(item.type).for_patient, state.value, _said(state, records), has, choices
    )


def _said(state, records):
    if any(record.status in CHECKING for record in records):
        return _("Added. We are checking it.")
    if records:
        pages = sum(record.page_count for record in records)
        return _("Added") + (", " + ngettext("%d page", "%d pages", pages) % pages if pages else "")
    return _("In a file you added") if state == ChecklistState.HAVE else str(state.for_patient)


def asked_item(case, position):
    """The item at this place of the request that is open (there is one at most); None where there is none."""
    if not ITEM.fullmatch(position or ""):
        return None
    open_now = InfoItem.objects.filter(
        request__case=case, request__status=InfoRequestStatus.OPEN, request__asked_of=AskedOf.PATIENT
    )
    return open_now.filter(position=int(position)).first()


def records_of(records, case, person, wish):
    """(timeline, [(title, rows)]) of a case's records: `records` are those this person may see."""
    readings = RecordReading.objects.select_related("person").order_by("-last_at", "pk")
    found = records.filter(case=case).select_related("added_by").defer("text", "study")
    found = timeline.in_order(found, person).prefetch_related(
        Prefetch("readings", readings, to_attr="read_by")
    )
    line = timeline.arrange(found, case=case, person=person, wish=wish)
    return line, [(title, [file_row(r, case, person) for r in group]) for title, group in line.groups]


def record_to_read(records, reference, key):
    return records.filter(case__reference=reference, key=key).select_related(
        "case__clinic", "case__patient", "added_by"
    )


def identity(record):
    """What a study says of itself, in words: (label, value) pairs."""
    study = record.study
    said = [
        (_("Name in the file"), study.get("patient")),
        (_("Born"), _day(study.get("born_on"))),
        (_("Study"), study.get("title")),
        (_("Series"), study.get("series_title")),
        (_("Kind of scan"), study.get("modality")),
        (_("Part of the body"), study.get("part")),
        (_("Taken on"), _day(study.get("date"))),
        (_("Made at"), study.get("institution")),
        (_("Images"), study.get("images")),
    ]
    return [(label, value) for label, value in said if value]


def _day(text):
    return date_format(dt.date.fromisoformat(text), "j F Y") if text else ""


def names_somebody_else(record):
    """The study bears another birth date than the person this is about."""
    born, known = record.study.get("born_on"), record.case.subject_born_on
    return bool(born and known and born != known.isoformat())


def _icon(record):
    if record.status in STOPPED:
        return "file-x"
    if record.status == RecordStatus.READY:
        return "file-check"
    return "file-text" if not record.kind else kinds.KINDS[record.kind].icon
