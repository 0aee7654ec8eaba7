"""What Tesseract's table says: words with their places, in thousandths of the page."""

from referrals.records.decoder import limits
from referrals.records.decoder.words import clean

SUREST_DOUBT = 40  # per cent: words it is less sure of are left out
PAGE, WORD = "1", "5"
COLUMNS = 12


def words_of(table):
    """(text, words) as RecordPage keeps them. Lines that are none of its table are left out."""
    size, lines, words = None, {}, []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) != COLUMNS:
            continue
        try:
            left, top, width, height = map(int, cells[6:10])
            sure = float(cells[10])
        except ValueError:
            continue
        if cells[0] == PAGE and width > 0 and height > 0:
            size = (width, height)
        word = clean(cells[11]).strip()
        if cells[0] != WORD or not word or sure < SUREST_DOUBT or size is None:
            continue
        lines.setdefault(tuple(cells[2:5]), []).append(word[:200])
        if len(words) < limits.MOST_WORDS:
            words.append([*_box(left, top, width, height, size), word[:200]])
    text = "\n".join(" ".join(line) for line in lines.values())
    return text[: limits.MOST_CHARACTERS], words


def _box(left, top, width, height, size):
    x, y = (min(max(round(n * 1000 / of), 0), 999) for n, of in zip((left, top), size, strict=True))
    wide, high = (max(round(n * 1000 / of), 1) for n, of in zip((width, height), size, strict=True))
    return [x, y, min(wide, 1000 - x), min(high, 1000 - y)]
