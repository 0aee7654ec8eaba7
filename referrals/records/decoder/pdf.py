"""PDF: pikepdf proves and repairs it, pdfium draws its pages. No script in it ever runs."""

import io

import pikepdf
import pypdfium2 as pdfium

from referrals.records.decoder import Refused, limits, pages, words

LONGEST_SIDE = 3000


def prove(file, _kind, password=None):
    """Encrypted with an empty password is open to anyone, and fine."""
    try:
        with pikepdf.open(file, password=password or "") as found:
            count, dated_on = len(found.pages), _dated(found)
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    except pikepdf.PdfError:
        count, dated_on = len(_document(file, password)), ""
    if not count:
        raise Refused("unreadable")
    return {"page_count": count, "dated_on": dated_on}


def draw(file, out, first, last, _kind, password=None):
    document = _document(file, password)
    made = 0
    for number in range(first, min(last, len(document)) + 1):
        try:
            pages.hand_out(_draw(document, number), out, number)
            made += 1
        except (pdfium.PdfiumError, ValueError, OSError):
            continue  # the others can still be read
    if not made and first == 1:
        raise Refused("unreadable")


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


def _draw(document, number):
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(limits.DOTS_PER_INCH / 72, LONGEST_SIDE / max(width, height, 1))
    bitmap = page.render(scale=scale, may_draw_forms=True)
    picture = bitmap.to_pil().convert("RGB")
    bitmap.close()
    page.close()
    return picture


def _dated(found):
    try:
        return words.day_of_digits(str(found.docinfo.get("/CreationDate", "")))
    except Exception:  # a broken date says nothing, and spoils nothing
        return ""
