"""PDF: pikepdf proves and repairs it, pdfium draws its pages. No script in it ever runs."""

import io
import math

import pikepdf
import pypdfium2 as pdfium

from referrals.records.decoder import Refused, dates, limits, pages, pdf_words, words

DAMAGED = "file is damaged"  # in qpdf's words
DEEPEST = 30  # dictionaries in each other


def prove(file, _kind, password=None):
    """Encrypted with an empty password is open to anyone, and fine."""
    lost = 0
    try:
        with pikepdf.open(file, password=password or "") as found:
            count, dated_on, lost = len(found.pages), _dated(found), _lost(found)
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    except pikepdf.PdfError:
        count, dated_on = len(_document(file, password)), ""
    if lost >= count:
        raise Refused("unreadable")
    return {"page_count": count, "dated_on": dated_on, **({"contents": {"lost_pages": lost}} if lost else {})}


def _lost(found):
    """How many pages have nothing on them any more, in a file that was cut off."""
    is_cut = any(DAMAGED in str(warning) for warning in found.get_warnings())
    return (
        sum(page.get("/Contents") is None and "/Annots" not in page for page in found.pages) if is_cut else 0
    )


def draw(file, out, numbers, _kind, password=None, scale="normal"):
    document = _document(file, password)
    made = 0
    for number in numbers:
        try:
            if number <= len(document):
                pages.hand_out(_draw(document, number, scale), out, number, scale)
                made += 1
        except (pdfium.PdfiumError, ValueError, OSError):
            continue  # the others can still be read
    if not made:
        raise Refused("unreadable")


def leaves(file, first, last, _kind, password=None):
    """Sizes and words; a day that the first page names as its own."""
    document = _document(file, password)
    found = [_leaf(document, number) for number in range(first, min(last, len(document)) + 1)]
    return {"pages": found, "dated_on": dates.named_in(found[0][3]) if found and first == 1 else ""}


def _leaf(document, number):
    try:
        page = document[number - 1]
        width, height = page.get_size()
        enlarged = _enlarged(width, height, "normal")
        size = [max(math.ceil(width * enlarged), 1), max(math.ceil(height * enlarged), 1)]
    except (pdfium.PdfiumError, ValueError, OSError):
        return [number, 850, 1100, "", []]
    try:
        text, boxes = pdf_words.read(page)
    except (pdfium.PdfiumError, ValueError, OSError):
        text, boxes = "", []
    page.close()
    return [number, *size, text, boxes]


def _enlarged(width, height, scale):
    wanted = limits.SCALES[scale]
    return min(wanted.dots / 72, wanted.longest / max(width, height, 1))


def _document(file, password=None):
    """As it came, or as pikepdf mended it."""
    file.seek(0)
    try:
        return pdfium.PdfDocument(file, password=password)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Refused("locked") from None
    file.seek(0)
    mended = io.BytesIO()
    try:
        with pikepdf.open(file, password=password or "") as broken:
            broken.save(mended)
        mended.seek(0)
        return pdfium.PdfDocument(mended)
    except (pikepdf.PdfError, pdfium.PdfiumError):
        raise Refused("unreadable") from None


# --- files inside -------------------------------------------------------------------------------------


def carried(file, password=None):
    """The bytes of all attachments, wherever they hang: at the document, a page, a note or a film."""
    try:
        with pikepdf.open(file, password=password or "") as found:
            yield from _attached(found)
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    except pikepdf.PdfError:
        document = _document(file, password)
        for number in range(document.count_attachments()):
            yield bytes(document.get_attachment(number).get_data())


def _attached(found):
    """Looked for by what the objects say of themselves, which is quick; then each stream once."""
    seen = set()
    for each in found.objects:
        told = each.stream_dict if isinstance(each, pikepdf.Stream) else each
        if not isinstance(told, pikepdf.Dictionary | pikepdf.Array) or not _names_files(told):
            continue
        for stream in _files_of(each, told):
            if stream.objgen not in seen:
                seen.add(stream.objgen)
                yield _body(stream)


def _names_files(told):
    said = told.unparse(resolved=True)
    return b"/EF" in said or b"/EmbeddedFile" in said


def _files_of(whole, told, depth=0):
    """The streams that a file specification in it names; itself, where it is one."""
    if depth > DEEPEST:
        raise Refused("packed_too_tight")
    if isinstance(told, pikepdf.Dictionary):
        if isinstance(whole, pikepdf.Stream) and told.get("/Type") == pikepdf.Name.EmbeddedFile:
            yield whole
        named = told.get("/EF")
        if isinstance(named, pikepdf.Dictionary):
            yield from (each for each in named.values() if isinstance(each, pikepdf.Stream))
    for each in told.values() if isinstance(told, pikepdf.Dictionary) else told:
        if isinstance(each, pikepdf.Dictionary | pikepdf.Array) and not each.is_indirect:
            yield from _files_of(None, each, depth + 1)


def _body(stream):
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:  # damaged, of a strange kind, or more than memory holds
        raise Refused("unreadable") from None


# --- pages --------------------------------------------------------------------------------------------


def _draw(document, number, scale):
    page = document[number - 1]
    bitmap = page.render(scale=_enlarged(*page.get_size(), scale), may_draw_forms=True)
    picture = bitmap.to_pil().convert("RGB")
    bitmap.close()
    page.close()
    return picture


def _dated(found):
    try:
        return words.day_of_digits(str(found.docinfo.get("/CreationDate", "")))
    except Exception:  # a broken date says nothing, and spoils nothing
        return ""
