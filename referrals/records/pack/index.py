"""What is written in front of a pack: whose records these are, what is on which page, what lies beside."""

from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from referrals.records.pack import zipped
from referrals.records.pack.texts import day
from referrals.rules.source_words import PART_2_NOTICE
from referrals.vocabulary import FileKind, RecordType, Sensitivity

TITLE = gettext_lazy("Records to carry along")


def content_of(case, parts, now):
    """A paper, as `typesetting` takes it. `parts` know their pages; those without lie beside the PDF."""
    born = day(case.subject_born_on) if case.subject_born_on else _("not known")
    today = now.astimezone(ZoneInfo(case.clinic.zone)).date()
    facts = [[_("Patient"), case.about], [_("Born"), born],
             [_("Number"), case.reference], [_("Records"), str(len(parts))]]  # fmt: skip
    blocks = [["facts", facts], *_notices(parts), *_on_pages(parts), *_images(parts), *_beside(parts)]
    return {
        "title": str(TITLE), "lang": (get_language() or "en").split("-")[0], "sender": [case.clinic.name],
        "to": [], "day": day(today), "blocks": blocks, "is_numbered": False,
    }  # fmt: skip


def _on_pages(parts):
    rows = [[_pages(part), _date(part.record), _what(part.record)] for part in parts if part.pages]
    if not rows:
        return []
    head = [_("Page"), _("Date"), _("Record")]
    return [["h", _("In this file")], ["table", head, rows, [2, 3, 9]]]


def _pages(part):
    last = part.first + part.pages - 1
    return str(part.first) if last == part.first else f"{part.first}–{last}"


def _images(parts):
    rows = [
        [_date(part.record), _what(part.record), f"images/{zipped.place_of(part.entry)}"]
        for part in parts
        if part.record.kind == FileKind.DICOM
    ]
    if not rows:
        return []
    return [
        ["h", _("Images")],
        ["p", _("They lie in the folder “images” as they came (DICOM). Any image viewer of a clinic opens them.")],
        ["table", [_("Date"), _("Images"), _("Folder")], rows, [3, 6, 5]],
    ]  # fmt: skip


def _beside(parts):
    rows = [
        [_date(part.record), _what(part.record), f"documents/{zipped.place_of(part.entry)}"]
        for part in parts
        if zipped.goes_as_it_came(part.record, part.pages)
    ]
    if not rows:
        return []
    return [
        ["h", _("As they came")],
        ["p", _("These lie in the folder “documents” as well, or alone where they could not be put on pages.")],
        ["table", [_("Date"), _("Record"), _("File")], rows, [3, 6, 5]],
    ]  # fmt: skip


def _date(record):
    return day(record.dated_on) if record.dated_on else _("no date")


def _what(record):
    words = [RecordType(record.type).label, record.name]
    if record.kind == FileKind.DICOM:
        words.append(ngettext("%d image", "%d images", record.page_count) % record.page_count)
    if record.source:
        words.append(_("from %(name)s") % {"name": record.source.name})
    return " · ".join(str(word) for word in words)


def _notices(parts):
    labels = {part.record.source.sensitivity for part in parts if part.record.source} - {""}
    notes = [["note", PART_2_NOTICE]] if Sensitivity.PART_2 in labels else []
    others = sorted(str(Sensitivity(each).label) for each in labels - {Sensitivity.PART_2})
    if others:
        notes.append(["note", _("Guarded more closely by law: %(what)s.") % {"what": "; ".join(others)}])
    return notes
