"""DOCX: the text of its paragraphs, headers, footers and notes. Sizes are added up before anything is unpacked;
entities stay closed."""

import re
import zipfile

from lxml import etree

from referrals.records.decoder import Refused, limits

MOST_ENTRIES, MOST_BYTES, MOST_XML, STEEPEST = 2000, 400 * limits.MIB, 40 * limits.MIB, 200
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TWICE = (FALLBACK, f"{WORD}moveFrom")  # it stands elsewhere, too
AROUND = (re.compile(r"word/header\d*\.xml"), re.compile(r"word/(footer|footnotes|endnotes)\d*\.xml"))
BREAKS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n"}


def prove(file, _kind, _password=None):
    try:
        with zipfile.ZipFile(file) as packed:
            _affordable(packed)
            _is_word(packed)
            text = _text(packed)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, NotImplementedError, RuntimeError):
        raise Refused("unreadable") from None
    return {"text": text[: limits.MOST_TEXT], "page_count": 0}


def draw(*_, **__):
    """Its text is shown, not its look."""


def _affordable(packed):
    entries = packed.infolist()
    whole = sum(entry.file_size for entry in entries)
    steep = any(
        entry.file_size > limits.MIB and entry.file_size > STEEPEST * max(entry.compress_size, 1)
        for entry in entries
    )
    if len(entries) > MOST_ENTRIES or whole > MOST_BYTES or steep:
        raise Refused("packed_too_tight")


def _is_word(packed):
    names = {entry.filename for entry in packed.infolist()}
    if any(entry.flag_bits & 1 for entry in packed.infolist()):
        raise Refused("locked")
    types = _read(packed, "[Content_Types].xml")
    if b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names):
        raise Refused("macros")


def _text(packed):
    """Headers, the text, then footers and notes; what several pages bear is said once."""
    names = sorted(entry.filename for entry in packed.infolist())
    above, below = ([name for name in names if kind.fullmatch(name)] for kind in AROUND)
    parts = [_part(packed, name) for name in (*above, "word/document.xml", *below)]
    return "\n".join(dict.fromkeys(filter(None, parts)))


def _part(packed, name):
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    root = etree.fromstring(_read(packed, name), parser)
    if root.getroottree().docinfo.doctype:
        raise Refused("unreadable")  # no Word file declares types of its own
    for each in list(root.iter(*TWICE)):
        each.clear(keep_tail=True)
    return "\n".join(_paragraph(each) for each in root.iter(f"{WORD}p")).strip()


def _paragraph(paragraph):
    parts = []
    for each in paragraph.iter(f"{WORD}t", *BREAKS):
        if next(each.iterancestors(f"{WORD}p")) is not paragraph:
            continue  # in a text box, whose paragraphs are told by themselves
        parts.append(each.text or "" if each.tag == f"{WORD}t" else BREAKS[each.tag])
    return "".join(parts)


def _read(packed, name):
    """Never more than MOST_XML, whatever the header promised."""
    with packed.open(name) as entry:
        body = entry.read(MOST_XML + 1)
    if len(body) > MOST_XML:
        raise Refused("packed_too_tight")
    return body
