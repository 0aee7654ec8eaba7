"""The pack on its way: a zip with the PDF, a folder of images, and a folder of what goes along as it came."""

from pathlib import PurePosixPath

from referrals.records import bundle
from referrals.records.pack import texts
from referrals.vocabulary import FileKind


def stream(pack):
    """Piece by piece, of the pack as it was made."""
    return bundle.stream(_files(pack), at=pack.asked_at)


def place_of(entry):
    """The name in its folder: its number in the index, and its own."""
    return f"{entry.number:03} {bundle.safe(entry.record.name)}"


def goes_as_it_came(record, pages):
    """What has no pages of its own is only set from its words: the original goes along."""
    return record.kind != FileKind.DICOM and (not pages or record.kind in texts.KINDS)


def size_of(pack, entries):
    """Bytes of what is in it."""
    return pack.size + sum(entry.record.size for entry in entries if _is_beside(entry))


def _is_beside(entry):
    return entry.record.kind == FileKind.DICOM or goes_as_it_came(entry.record, entry.page_count)


def _files(pack):
    yield f"records-{pack.case.reference}.pdf", pack.file_key, pack.size
    for entry in filter(_is_beside, entries_of(pack)):
        if entry.record.kind == FileKind.DICOM:
            yield from _images(entry, bundle.files_of(entry.record))
        else:
            yield f"documents/{place_of(entry)}", entry.record.key, entry.record.size


def entries_of(pack):
    return pack.entries.select_related("record").defer("record__text", "record__summary", "record__study")


def _images(entry, files):
    place = PurePosixPath("images") / place_of(entry)
    if not entry.record.is_study:
        yield str(place), entry.record.key, entry.record.size
        return
    for path, file in bundle.named(files):
        yield str(place / path), file.key, file.size
