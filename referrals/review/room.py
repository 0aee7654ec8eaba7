"""What the reading room shows: the records by month, what is open, and what the patient asks."""

import datetime as dt
from types import SimpleNamespace

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext as _

from referrals.models import InfoItem, RecordReading
from referrals.review import words
from referrals.rules import completeness
from referrals.rules.access import visible_info_requests, visible_readings, visible_records
from referrals.rules.roads import CASE
from referrals.rules.workflow import possible_steps
from referrals.vocabulary import FileKind, InfoRequestStatus, RecordStatus, ReferralStatus, Situation

PANES = ("records", "page", "opinion")
REQUEST, ANSWERS = "request", "answers"
ICONS = {
    FileKind.PDF: "file-text", FileKind.DICOM: "file-scan", FileKind.DOCX: "file-text", FileKind.TEXT: "file-text",
}  # fmt: skip


def readings(person):
    """The referrals under which a person reads, with the case they read."""
    return visible_readings(person).select_related(
        "case__clinic", "case__patient", "case__first_opinion", "case__specialty"
    )


def room(referral, person, *, wanted, page, pane, now):
    """Everything on the page. `wanted`: the key of a record, or `request`, or `answers`."""
    case = referral.case
    records = records_of(case, person)
    chosen = next((record for record in records if str(record.key) == wanted and is_open(record)), None)
    asked = list(requests_of(case, person))
    what = "record" if chosen else ANSWERS if wanted == ANSWERS and asked else REQUEST
    due, due_tone = words.due(case.review_due_at, now)
    return {
        "referral": referral,
        "case": case,
        "age": words.age_of(case, now),
        "questions": list(case.questions.all()),
        "pane": pane if pane in PANES else ("page" if wanted else "records"),
        "months": by_month(records),
        "record_count": len(records),
        "read_count": sum(record.is_read for record in records),
        "what": what,
        "record": chosen,
        "sheet": sheet_of(case, chosen, page) if chosen else None,
        "asked": asked,
        "not_there": completeness.not_there(case),
        "open_request": next((each for each in asked if each.status == InfoRequestStatus.OPEN), None),
        "shows_situation": case.situation not in ("", Situation.TRUST),
        "due": due,
        "due_tone": due_tone,
        "is_signed": referral.status == ReferralStatus.SIGNED,
        "acts": {step.act for step in possible_steps(CASE, case, by=person, now=now)},
    }


def is_open(record):
    return record.status == RecordStatus.READY


def records_of(case, person):
    """The records of a case, newest first, each with `is_read` and `last_page` of this reader."""
    mine = Prefetch("readings", RecordReading.objects.filter(person=person), to_attr="mine")
    records = visible_records(person).filter(case=case).kept().defer("text").prefetch_related(mine)
    found = list(records.order_by("-dated_on", "-added_at", "-pk"))
    for record in found:
        record.case = case
        record.is_read = bool(record.mine)
        record.last_page = record.mine[0].last_page if record.mine else 1
        record.icon = ICONS.get(record.kind, "image")
        record.is_openable = is_open(record)
    return found


def by_month(records):
    """[(month in words, records)], those without a date last."""
    months = {}
    for record in records:
        name = dateformat.format(record.dated_on, _("F Y")) if record.dated_on else ""
        months.setdefault(name, []).append(record)
    undated = months.pop("", None)
    return [*months.items(), *([(_("No date on it"), undated)] if undated else [])]


def requests_of(case, person):
    """What was asked and came back, newest first."""
    items = InfoItem.objects.prefetch_related("records")
    return (
        visible_info_requests(person)
        .filter(case=case)
        .prefetch_related(Prefetch("items", items))
        .order_by("-asked_at", "-pk")
    )


def sheet_of(case, record, page):
    """The page of a record that is open, and the way to the others."""
    pages = list(record.pages.all())
    number = min(max(page, 1), max(len(pages), 1))
    shown = next((each for each in pages if each.number == number), None)
    return SimpleNamespace(
        number=number, count=len(pages), page=shown, pages=[(each, _image(case, record, each)) for each in pages],
        image=_image(case, record, shown) if shown else "",
        before=number - 1 if number > 1 else None, after=number + 1 if number < len(pages) else None,
        download=reverse("records:download", args=[case.reference, record.key]),
        is_text=record.kind in (FileKind.DOCX, FileKind.TEXT) and not pages, study=_study(record),
        not_drawn=max(record.page_count - len(pages), 0),
    )  # fmt: skip


def _image(case, record, page):
    return reverse("records:page", args=[case.reference, record.key, page.number])


def _study(record):
    """What a DICOM file says it is, in the order it is read."""
    if record.kind != FileKind.DICOM:
        return []
    labels = {
        "patient": _("Patient"), "born_on": _("Born"), "title": _("Study"), "modality": _("Kind of scan"),
        "date": _("Date"), "part": _("Part of the body"), "series_title": _("Series"), "images": _("Images"),
        "institution": _("Made at"),
    }  # fmt: skip
    return [(label, _said(record.study[name])) for name, label in labels.items() if record.study.get(name)]


def _said(value):
    """A day as a day, anything else as the file says it."""
    try:
        return dateformat.format(dt.date.fromisoformat(value), _("j F Y"))
    except (TypeError, ValueError):
        return value


def page_number(text):
    """A page number as it came in an address; 1 where it is none."""
    return int(text) if text.isdecimal() and len(text) < 6 else 1
