"""One function for each page."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.models import InfoItem, Record, RecordReading, Upload
from referrals.records import deciding, kinds, permits, refusals
from referrals.rules import access, checklists, studies, timeline
from referrals.vocabulary import (
    STOPPED,
    WORKING,
    AskedOf,
    FileKind,
    InfoRequestStatus,
    RecordStatus,
    RecordType,
    UploadStatus,
    VirusScan,
)

ITEM = re.compile(r"[1-9]\d{0,3}", re.ASCII)
LINK_FILES_SHOWN = 30
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
    doubt: str  # that part of it seems to be missing
    scan: str  # that nobody looked for viruses
    can_remove: bool
    can_unlock: bool
    can_check_again: bool
    can_decide_scan: bool
    can_name: bool
    sender: str = ""  # who a link was made for by which it came


def file_row(record, case, person, senders=None):
    record.case = case
    return FileRow(
        record,
        _type_in_words(record, case, person),
        shape_of(record),
        _icon(record),
        _refusal_in_words(record, case, person),
        TONES.get(record.status, "info"),
        contents_in_words(record),
        doubt_in_words(record),
        _scan_in_words(record, case, person),
        permits.may_remove(record, person) or deciding.may_destroy(record, person),
        deciding.may_unlock(record, person),
        deciding.may_check_again(record, person),
        deciding.may_decide_scan(record, person),
        permits.may_change(record, person) and record.status not in checklists.GONE,
        (senders or {}).get(record.pk, ""),
    )


def anchor_of(record):
    """Its row on the pages that list files."""
    return f"#record-{record.key}"


def senders_of(case):
    """{record's id: label of the link by which it came}"""
    found = case.uploads.filter(link__isnull=False, record__isnull=False)
    return dict(found.order_by("pk").values_list("record_id", "link__label"))


def _type_in_words(record, case, person):
    type = RecordType(record.type)
    return type.for_patient if case.patient_id == person.pk else type.label


def _refusal_in_words(record, case, person):
    if not record.refusal:
        return None
    return refusals.words_for(record.refusal, for_patient=case.patient_id == person.pk)


def _scan_in_words(record, case, person):
    if record.status != RecordStatus.READY or record.scan == VirusScan.CLEAN:
        return ""
    scan = VirusScan(record.scan)
    return scan.for_patient if case.patient_id == person.pk else scan.label


def shape_of(record):
    """How much there is of it, in a word or two."""
    if record.status != RecordStatus.READY:
        return ""
    if record.is_study:
        return studies.extent_of(record.study | {"images": record.page_count})
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


def doubt_in_words(record):
    """That a file came cut off, and what to do; '' for one that is whole."""
    lost = record.contents.get("lost_pages", 0) if record.status == RecordStatus.READY else 0
    if not lost:
        return ""
    words = ngettext(
        "This file came cut off: %d page of it is empty. Open it on your device. If it is whole there, "
        "save it again and add the new copy.",
        "This file came cut off: %d pages of it are empty. Open it on your device. If it is whole there, "
        "save it again and add the new copy.",
        lost,
    )
    return words % lost


def list_url(case, person):
    """Where this person sees all records of a case; staff on the page of the case."""
    page = "home:staff_records" if access.is_staff_for(person, case) else "records:list"
    return reverse(page, args=[case.reference])


def with_ways_out(flags, case, person):
    """Flags that say that a record is another person's: where this one of the care team takes it away."""
    return [replace(flag, way_out=_way_out(flag, case, person)) for flag in flags]


def _way_out(flag, case, person):
    if not flag.is_about_a_person or flag.also or not access.is_staff_for(person, case):
        return ""
    flag.record.case = case
    args = [case.reference, flag.record.key]
    if permits.may_remove(flag.record, person):
        return reverse("records:remove", args=args)
    may_erase = access.is_lead_for(person, case) and case.status in WORKING and not case.is_held
    return reverse("keeping:erase", args=args) if may_erase else ""


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
    found = records.filter(case=case).select_related("added_by").defer("text")
    found = timeline.in_order(found, person).prefetch_related(
        Prefetch("readings", readings, to_attr="read_by")
    )
    since = case.submitted_at if access.is_staff_for(person, case) else None
    line = timeline.arrange(found, case=case, person=person, wish=wish, since=since)
    senders = senders_of(case)
    return line, [
        (title, [file_row(r, case, person, senders) for r in group]) for title, group in line.groups
    ]


def links_of(links, case, *, now):
    """The links of a case with what came by each: `links` are those this person may see."""
    found = list(links.filter(case=case).select_related("made_by").order_by("-made_at", "-pk"))
    came = Upload.objects.filter(link__in=found, status=UploadStatus.DONE).order_by("-touched_at", "-pk")
    names = {}
    for upload in came.only("link_id", "name", "touched_at")[: LINK_FILES_SHOWN * 10]:
        names.setdefault(upload.link_id, []).append(upload)
    return [_link_row(link, names.get(link.pk, [])[:LINK_FILES_SHOWN], now) for link in found]


def _link_row(link, came, now):
    is_open = link.closed_at is None and link.expires_at > now
    return {"link": link, "is_open": is_open, "came": came, "more": max(link.file_count - len(came), 0)}


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
        (_("Series"), study.get("series")),
        (_("Kind of scan"), study.get("modalities") and studies.scan_of(study)),
        (_("Part of the body"), studies.part_of(study)),
        (_("Date of the study"), _day(study.get("date"))),
        (_("Made at"), study.get("institution")),
        (_("Images"), study.get("images")),
    ]
    return [(label, value) for label, value in said if value]


def _day(text):
    return date_format(dt.date.fromisoformat(text), "j F Y") if text else ""


def _icon(record):
    if record.status in STOPPED:
        return "file-x"
    if record.status == RecordStatus.READY:
        return "file-check"
    return "file-text" if not record.kind else kinds.KINDS[record.kind].icon
