"""What we take: each kind with the ends its name may have, its media type, and its picture in a list."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import FileKind


@dataclass(frozen=True)
class Kind:
    ends: tuple
    media_type: str
    icon: str


KINDS = {
    FileKind.PDF: Kind(("pdf",), "application/pdf", "file-text"),
    FileKind.JPEG: Kind(("jpg", "jpeg", "jpe", "jfif"), "image/jpeg", "image"),
    FileKind.PNG: Kind(("png",), "image/png", "image"),
    FileKind.TIFF: Kind(("tif", "tiff"), "image/tiff", "file-image"),
    FileKind.HEIC: Kind(("heic", "heif", "hif"), "image/heic", "image"),
    FileKind.DICOM: Kind(("dcm", "dicom", "dic", "ima", "img"), "application/dicom", "scan"),
    FileKind.DOCX: Kind(
        ("docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "file-text"
    ),
    FileKind.TEXT: Kind(("txt", "text"), "text/plain", "file-text"),
    FileKind.CCDA: Kind(("xml", "cda", "ccda", "ccd"), "application/xml", "clipboard-list"),
    FileKind.FHIR: Kind(("json", "ndjson", "fhir"), "application/fhir+json", "clipboard-list"),
    FileKind.ARCHIVE: Kind(
        ("zip", "tar", "tgz", "gz", "tbz", "tbz2", "bz2", "txz", "xz"), "application/zip", "folder-archive"
    ),
}
OPENED_WITH_A_PASSWORD = frozenset({FileKind.PDF, FileKind.ARCHIVE})
IN_WORDS = _(
    "PDF, photos (JPEG, PNG, HEIC), scans (TIFF), Word (DOCX), text, scan files (DICOM), health summaries "
    "(C-CDA, FHIR), or these in a ZIP"
)
KNOWN_ENDS = frozenset(end for kind in KINDS.values() for end in kind.ends)
# DICOM files often bear no end at all, or a number.
STRANGERS = frozenset(
    "exe bat cmd com scr js mjs html htm xhtml svg zip rar 7z gz tar doc docm xls xlsx ppt pptx rtf odt "
    "gif webp bmp avif mp4 mov avi mp3 iso dmg app apk jar py sh ps1 php eml msg csv lnk vbs hta".split()
)


def end_of(name):
    stem, dot, end = name.rpartition(".")
    return end.casefold().strip() if dot and stem else ""


def name_fits(kind, name):
    """Whether a name says what the content is. No end at all says nothing wrong."""
    end = end_of(name)
    if not end or end in KINDS[kind].ends:
        return True
    return kind == FileKind.DICOM and end not in KNOWN_ENDS | STRANGERS


def limit_in_words(most):
    """200 MB, 2 GB: a little less than is true, whichever way a computer counts."""
    for unit, size in (("GB", 1024**3), ("MB", 1024**2)):
        if most >= size:
            return f"{most // size} {unit}"
    return f"{most // 1000} kB" if most >= 1000 else f"{most} bytes"
