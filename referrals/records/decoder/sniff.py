"""What a file seems to be, by its first bytes alone; parsing proves it afterwards."""

import re
import zipfile

from referrals.records.decoder import Refused
from referrals.records.decoder.text import decode

HEAD = 4096
OURS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
)
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")  # tar, compressed, if it is one
HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
NOT_OURS = (
    *((start, "program") for start in PROGRAMS),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"GIF8", "other_picture"),
    (b"BM", "other_picture"),
    (b"\x00\x00\x01\x00", "other_picture"),
    (b"\x00\x00\x00\x0cjP  ", "other_picture"),
    (b"8BPS", "other_picture"),
    (b"ID3", "video"),
    (b"OggS", "video"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"{\\rtf", "not_taken"),
    (b"%!PS", "not_taken"),
)
CLINICAL_DOCUMENT = re.compile(r"<(?:[\w.-]+:)?ClinicalDocument[\s>]")
JSON_OBJECT = re.compile(r"\ufeff?\s*\{\s*\"")
BARE_ELEMENTS = 4  # in a row are no accident
LONG_VALUES = frozenset((b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC", b"UR"))
VALUES = LONG_VALUES | frozenset(
    (b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN", b"SH", b"SL",
     b"SS", b"ST", b"TM", b"UI", b"UL", b"US")
)  # fmt: skip
MARKUP = re.compile(
    r"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|img|\?xml|\?php)|<\?(xml|php)", re.I
)


def kind_of(file):
    """One of our kinds, or Refused."""
    head = file.read(HEAD)
    file.seek(0)
    if head[128:132] == b"DICM":
        if head.startswith(PROGRAMS):  # in the preamble, which may hold anything
            raise Refused("program")
        return "dicom"
    for start, kind in OURS:
        if head.startswith(start):
            return kind
    if _is_bare_dicom(head):
        return "dicom"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return "pdf"
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _by_names(file)
    if head.startswith(PACKED) or head[257:262] == b"ustar":
        return "archive"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        _refuse_ole(file)
    if head[:4] == b"RIFF":
        raise Refused("other_picture" if head[8:12] == b"WEBP" else "video")
    for start, code in NOT_OURS:
        if head.startswith(start):
            raise Refused(code)
    return _text_or_nothing(head)


def _is_bare_dicom(head):
    """DICOM without its preamble: elements one after the other, from group 2 or 8, tags rising."""
    for order in ("little", "big"):
        at, last, seen = 0, 0, 0
        while seen < BARE_ELEMENTS and at + 12 <= len(head):
            tag = int.from_bytes(head[at : at + 2], order) << 16 | int.from_bytes(
                head[at + 2 : at + 4], order
            )
            if tag <= last or tag >> 16 not in ((2, 8) if not seen else (2, 8, 16, 24, 32, 40)):
                break
            vr, long = head[at + 4 : at + 6], head[at + 4 : at + 6] in LONG_VALUES
            if vr in VALUES:
                start, stop = (8, 12) if long else (6, 8)
            else:
                start, stop = 4, 8
            length = int.from_bytes(head[at + start : at + stop], order)
            at, last, seen = at + stop + length, tag, seen + 1
        if seen == BARE_ELEMENTS or (seen > 1 and at >= len(head)):
            return True
    return False


def _by_names(file):
    """Which program made a ZIP."""
    try:
        with zipfile.ZipFile(file) as packed:
            names = {entry.filename for entry in packed.infolist()}
    except (zipfile.BadZipFile, NotImplementedError):
        raise Refused("unreadable", "archive") from None
    except MemoryError:
        raise Refused("packed_too_tight", "archive") from None
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return "docx"
        if any(name.startswith(("xl/", "ppt/")) for name in names):
            raise Refused("office")
    if "mimetype" in names:  # OpenDocument, EPUB
        raise Refused("not_taken")
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        raise Refused("program")
    return "archive"


def _by_brand(head):
    length = min(int.from_bytes(head[:4]), len(head))
    brands = {head[8:12]} | {head[n : n + 4] for n in range(16, length, 4)}
    if b"avif" in brands or b"avis" in brands:
        raise Refused("other_picture")
    if brands & HEIC_BRANDS:
        return "heic"
    raise Refused("video")


def _refuse_ole(file):
    """Old Office files, and new ones behind a password."""
    body = file.read(8 * 1024**2)
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise Refused("locked")
    if "WordDocument".encode("utf-16-le") in body:
        raise Refused("old_word")
    raise Refused("office" if "Workbook".encode("utf-16-le") in body else "not_taken")


def _text_or_nothing(head):
    text = decode(head, whole=len(head) < HEAD)
    if text is None:
        raise Refused("not_taken")
    if CLINICAL_DOCUMENT.search(text):
        return "ccda"
    if JSON_OBJECT.match(text):
        return "fhir"
    if MARKUP.search(text):
        raise Refused("web_page")
    return "text"
