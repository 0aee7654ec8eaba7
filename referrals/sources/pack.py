"""The pack a patient carries along: a zip with an index (PDF) and all records as they came, written while it is sent.

Nothing is held whole: a piece of a file at a time goes through the zip writer into the answer. Files are stored, not
packed again: scans hardly shrink, and a stored file can be read even from a broken zip.
"""

import re
import zipfile
from pathlib import PurePosixPath

from django.db import transaction
from django.utils.translation import gettext as _

from referrals import storage
from referrals.models import Instance, Letter
from referrals.rules import audit, sources
from referrals.sources import letters
from referrals.sources.wording import PART_2_NOTICE, day
from referrals.vocabulary import Act, FileKind, LetterKind, LetterStatus, RecordType, Sensitivity

PIECE = 256 * 1024
BAD = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
LONGEST = 100
INDEX = "index.pdf"


def plan_of(records):
    """[(record, folder or name in the zip)], in the order of the index. `records` are those this person may see."""
    rows = records.ready().select_related("source").order_by("dated_on", "added_at", "pk").defer("text")
    planned = []
    for number, record in enumerate(rows, 1):
        place = "images" if record.kind == FileKind.DICOM else "documents"
        planned.append((record, f"{place}/{number:03}-{safe(record.name)}"))
    return planned


def safe(name):
    """A name that every system takes: no folders, no signs that mean something, not too long."""
    plain = BAD.sub("_", name).strip(" .") or "record"
    path = PurePosixPath(plain)
    return plain if len(plain) <= LONGEST else path.stem[: LONGEST - len(path.suffix[:10])] + path.suffix[:10]


@transaction.atomic
def ask_for(*, case, records, by, now):
    """Have the index made; the zip is written from it when it is fetched. `records` are those the person may see."""
    letter = Letter.objects.create(
        case=case, kind=LetterKind.PACK, by=by, written_at=now, content=index_of(case, plan_of(records), now)
    )
    letters.note_written(letter, by, now)
    return letter


def index_of(case, planned, now):
    today = sources.today_of(case, now)
    born = day(case.subject_born_on) if case.subject_born_on else _("not known")
    facts = [[_("Patient"), case.about], [_("Born"), born],
             [_("Number"), case.reference], [_("Records"), str(len(planned))]]  # fmt: skip
    blocks = [["facts", facts], *_notices(planned), ["h", _("What is in this pack")]]
    blocks += [["facts", [_line(record, place) for record, place in planned]]] if planned else [
        ["p", _("No records are ready yet.")]
    ]  # fmt: skip
    blocks.append(
        [
            "p",
            _(
                "Images lie in the folder “images” as they came (DICOM). Any image viewer of a clinic opens them."
            ),
        ]
    )
    return {
        "title": _("Records to carry along"), "lang": "en", "sender": [case.clinic.name], "to": [], "day": day(today),
        "blocks": blocks,
    }  # fmt: skip


def _line(record, place):
    words = [
        RecordType(record.type).label,
        day(record.dated_on) if record.dated_on else _("no date"),
        record.name,
    ]
    if record.page_count:
        words.append(_("%(count)d pages") % {"count": record.page_count})
    if record.kind == FileKind.DICOM:
        words += [str(record.study[name]) for name in ("modality", "part", "title") if record.study.get(name)]
    if record.source:
        words.append(_("from %(name)s") % {"name": record.source.name})
    return [place, " · ".join(str(word) for word in words)]


def _notices(planned):
    labels = {
        record.source.sensitivity for record, _place in planned if record.source and record.source.sensitivity
    }
    notes = [["note", PART_2_NOTICE]] if Sensitivity.PART_2 in labels else []
    others = sorted(str(Sensitivity(each).label) for each in labels - {Sensitivity.PART_2})
    return notes + (
        [["note", _("Guarded more closely by law: %(what)s.") % {"what": "; ".join(others)}]]
        if others
        else []
    )


def note_taken(letter, *, by, now):
    audit.record(
        Act.CARRY_PACK, by=by, now=now, case=letter.case, subject_kind="letter", subject_key=letter.key
    )


def stream(letter, records):
    """The zip, piece by piece: the index, then each record that is still there and still theirs to see."""
    out = _Outlet()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as zipped:
        if letter.status == LetterStatus.READY:
            yield from _add(zipped, out, INDEX, letter.file_key)
        taken = {INDEX}
        for record, place in plan_of(records):
            for name, key in _files(record, place):
                yield from _add(zipped, out, _unused(name, taken), key)
    yield out.take()


def _files(record, place):
    """The files of a record: its own, or those of a study's series."""
    instances = Instance.objects.filter(series__record=record).select_related("series").order_by(
        "series__number", "series_id", "position", "number", "pk"
    )  # fmt: skip
    found = False
    for each in instances.iterator(chunk_size=500):
        found = True
        title = each.series.title or each.series.modality or "series"
        series = f"{each.series.number or each.series_id:03}-{safe(title)}"
        yield f"{place}/{series}/{safe(each.name)}", each.key
    if not found:
        yield place, record.key


def _unused(name, taken):
    """Two files of one name in a folder both stay."""
    path, free, count = PurePosixPath(name), name, 1
    while free.casefold() in taken:
        count += 1
        free = str(path.with_name(f"{path.stem}-{count}{path.suffix}"))
    taken.add(free.casefold())
    return free


def _add(zipped, out, name, key):
    try:
        file = storage.open(key)
    except storage.NotThere:
        return
    info = zipfile.ZipInfo(name)
    with file, zipped.open(info, "w", force_zip64=True) as target:
        while piece := file.read(PIECE):
            target.write(piece)
            yield out.take()
    yield out.take()


class _Outlet:
    """What the zip writer writes to: it can't go back, and keeps only what was not yet taken."""

    def __init__(self):
        self.pieces = []

    def write(self, data):
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self):
        """Nothing waits here."""

    def take(self):
        taken, self.pieces = b"".join(self.pieces), []
        return taken
