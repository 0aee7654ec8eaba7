"""The words of a PDF page and where they stand, as pdfium sees them."""

import ctypes

import pypdfium2.raw as pdfium

from referrals.records.decoder import limits

FINE = 10_000  # the page in steps that a box is measured by
BREAKS = frozenset(map(ord, "\r\n"))
NO_CHARACTER = frozenset({0, 2, 0xFFFE, 0xFFFF})


def read(page):
    """(text, [[x, y, width, height, word], …]), in thousandths of the page from the top left."""
    textpage = page.get_textpage()
    try:
        return _words(page, textpage)
    finally:
        textpage.close()


def _words(page, textpage):
    words, lines, line = [], [], []
    for first, last, word, ends_line in _runs(textpage):
        if word:
            line.append(word)
            if len(words) < limits.MOST_WORDS and (box := _box(page, textpage, first, last)):
                words.append([*box, word])
        if ends_line and line:
            lines.append(" ".join(line))
            line = []
    return "\n".join([*lines, " ".join(line)] if line else lines), words


def _runs(textpage):
    """(first, last, word, whether the line ends after it) of what stands between spaces."""
    count = min(textpage.count_chars(), limits.MOST_CHARACTERS)
    first, letters = None, []
    for n in range(count):
        code = pdfium.FPDFText_GetUnicode(textpage, n)
        letter = "" if code in NO_CHARACTER else chr(code) if code < 0x110000 else ""
        if letter and not letter.isspace() and not 0xD800 <= code < 0xE000:
            first = n if first is None else first
            letters.append(letter)
        elif letter:
            yield first, n - 1, "".join(letters), code in BREAKS
            first, letters = None, []
    yield first, count - 1, "".join(letters), True


def _box(page, textpage, first, last):
    """Around the first and the last letter; None where pdfium knows no place for them."""
    corners = [_corner for n in {first, last} for _corner in _corners(page, textpage, n)]
    if not corners:
        return None
    across, down = zip(*corners, strict=True)
    left, top = max(min(across), 0), max(min(down), 0)
    width, height = min(max(across), 1000) - left, min(max(down), 1000) - top
    return [left, top, max(width, 1), max(height, 1)] if left < 1000 and top < 1000 else None


def _corners(page, textpage, n):
    sides = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(textpage, n, sides):
        return []
    return [_on_page(page, sides.left, sides.top), _on_page(page, sides.right, sides.bottom)]


def _on_page(page, x, y):
    """A point of the page's own space (turned, cut, from the bottom left) as it is seen, in thousandths."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, FINE, FINE, 0, x, y, across, down)
    return round(across.value * 1000 / FINE), round(down.value * 1000 / FINE)
