"""One function for each page."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.models import InfoItem, PagePicture, Record, RecordReading, Upload
from referrals.records import actions, kinds, refusals
from referrals.vocabulary import (
    STOPPED,
    AskedOf,
    FileKind,
    InfoRequestStatus,
    PageScale,
    RecordStatus,
    RecordType,
    UploadStatus,
)

ITEM = re.compile(r"[1-9]\d{0,3}", re.ASCII)
LINK_FILES_SHOWN = 30
# By the day the record speaks of, newest first; what has no day comes after, as it came.
BY_DAY = (F("dated_on").desc(nulls_last=True), "-added_at", "-pk")
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
    refusal: Any  # what is wrong and how to go on, or None
    can_remove: bool
    can_name: bool
    sender: str = ""  # who a link was made for by which it came


def file_row(record, case, person, senders=None):
    record.case = case
    stopped = record.status in STOPPED
    return FileRow(
        record,
        _type_in_words(record, case, person),
        shape_of(record),
        _icon(record),
        refusals.words_for(record.refusal) if stopped else None,
        actions.may_remove(record, person),
        actions.may_change(record, person) and not stopped,
        (senders or {}).get(record.pk, ""),
    )


def senders_of(case):
    """{record's id: label of the link by which it came}"""
    found = case.uploads.filter(link__isnull=False, record__isnull=False)
    return dict(found.order_by("pk").values_list("record_id", "link__label"))


def _type_in_words(record, case, person):
    type = RecordType(record.type)
    return type.for_patient if case.patient_id == person.pk else type.label


def shape_of(record):
    """How much there is of it, in a word or two."""
    if record.status != RecordStatus.READY:
        return ""
    in_pages = SHAPES.get(record.kind)
    return in_pages(record.page_count) if in_pages else FileKind(record.kind).label


def asked_item(case, position):
    """The item at this place of the request that is open (there is one at most); None where there is none."""
    if not ITEM.fullmatch(position or ""):
        return None
    open_now = InfoItem.objects.filter(
        request__case=case, request__status=InfoRequestStatus.OPEN, request__asked_of=AskedOf.PATIENT
    )
    return open_now.filter(position=int(position)).first()


def records_of(records, case, person):
    """The list of a case's records: `records` are those this person may see."""
    readings = RecordReading.objects.select_related("person").order_by("-last_at", "pk")
    found = records.filter(case=case).select_related("added_by").defer("text", "study")
    found = found.prefetch_related(Prefetch("readings", readings)).order_by(*BY_DAY)
    senders = senders_of(case)
    return [file_row(record, case, person, senders) for record in found]


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


def drawn_page(record, number):
    """How one page looks at the normal scale, if it is drawn."""
    return PagePicture.objects.drawn().filter(
        page__record=record, page__number=number, scale=PageScale.NORMAL
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
