"""A study to take along: its one file as it came, or several in a ZIP that is made while it is sent.

The ZIP packs nothing (pixels hardly shrink, and a worker has better things to do), has a folder for each series,
and takes the memory of one piece, however large the study is.
"""

import re
import unicodedata
import zipfile
from dataclasses import dataclass

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals import storage
from referrals.models import Instance
from referrals.records import sending
from referrals.rules import studies
from referrals.rules.closed import CLOSED

PIECE = 256 * 1024
LONGEST_PART = 80
MISSING = "missing.txt"
ODD = re.compile(r'[\\/:*?"<>|]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I | re.ASCII)


@dataclass(frozen=True)
class OneFile:
    """What `sending.original` needs to know of a file."""

    key: object
    name: str
    size: int
    sha256: str
    kind: str


def files_of(record):
    """The files of a record, in the order of its series; of what is no study, itself."""
    if not record.is_study:
        return [record]
    found = Instance.objects.filter(series__record=record).select_related("series").defer("look").in_order()
    return list(found)


def one_file(record, files):
    """The only one, as `sending.original` takes it; None where there are several."""
    if len(files) != 1:
        return None
    if not record.is_study:
        return record
    only = files[0]
    return OneFile(only.key, only.name, only.size, only.sha256, record.kind)


def answer(record, files, request):
    headers = {**CLOSED, "Content-Type": "application/zip"}
    headers["Content-Disposition"] = sending.disposition(f"{safe(studies.name_of(record.study))}.zip")
    body = () if request.method == "HEAD" else pieces(record, files)  # its length is not known yet
    return StreamingHttpResponse(body, headers=headers)


def pieces(record, files):
    """The ZIP, piece by piece."""
    zipped = ((path, file.key, file.size) for path, file in named(files))
    return stream(zipped, at=record.added_at)


def stream(files, *, at):
    """A ZIP, piece by piece, of (path, key in the storage, size). What is not there any more is left out by
    name, in a last file that says so: the others can still be read."""
    out, gone = _Sent(), []
    day = max(timezone.localtime(at).timetuple()[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for path, key, size in files:
            entry = zipfile.ZipInfo(path, date_time=day)
            entry.file_size = size
            try:
                original = storage.open(key)
            except storage.NotThere:
                gone.append(path)
                continue
            with original, packed.open(entry, "w", force_zip64=True) as target:
                while piece := original.read(PIECE):
                    target.write(piece)
                    yield out.taken()
        if gone:
            packed.writestr(
                MISSING, _("These files could not be read:") + "\r\n" + "\r\n".join(gone) + "\r\n"
            )
    yield out.taken()


class _Sent:
    """A file that is only written: what was written since the last time is `taken`."""

    def __init__(self):
        self.parts = []

    def write(self, piece):
        self.parts.append(bytes(piece))
        return len(piece)

    def flush(self):
        """Nothing waits here."""

    def taken(self):
        found, self.parts = b"".join(self.parts), []
        return found


def named(files):
    """(path in the ZIP, file): each name once, whatever the files are called."""
    seen, folders = set(), {}
    for file in files:
        if file.series_id not in folders:
            folders[file.series_id] = _new(seen, _folder(file.series))
        stem, dot, end = safe(file.name).rpartition(".")
        name = file.name if dot and stem and len(end) <= 4 and not end.isdigit() else f"{file.name}.dcm"
        yield _new(seen, f"{folders[file.series_id]}/{safe(name)}"), file


def _folder(series):
    words = [str(series.number or ""), series.modality, series.title]
    return safe(" ".join(word for word in words if word) or "series")


def _new(seen, path):
    stem, dot, end = path.rpartition(".")
    stem, end = (stem, dot + end) if dot and "/" not in end else (path, "")
    number, made = 1, path
    while made.casefold() in seen:
        number += 1
        made = f"{stem} ({number}){end}"
    seen.add(made.casefold())
    return made


def safe(name):
    """One part of a path that every system takes."""
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    name = " ".join(ODD.sub("_", name).split())
    if len(name) > LONGEST_PART:
        stem, dot, end = name.rpartition(".")
        end = dot + end if dot and len(end) <= 8 else ""
        name = name[: LONGEST_PART - len(end)] + end
    name = name.strip(". ")
    return f"_{name}" if not name or RESERVED.fullmatch(name) else name
