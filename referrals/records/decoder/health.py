"""What a health summary says, whatever it was written in: C-CDA (`ccda`) and FHIR (`fhir`) fill the same shape.

    title, author, made_on   words; made_on is an ISO day or ''
    patient                  {name, born_on, sex}, as the document says
    sections                 [{title, level (1 to 4), blocks}], where a block is one of
                             {text}, {heading}, {items: [text]}, {head: [cell], rows: [[cell]], caption}
    documents                [{title, dated_on, kind, name}]: what it carries with it. `name` is the file it becomes,
                             or '' where it only says that there is one
    left_out                 [{what, count}]: what we have no words for, or what went over the limits

Only text leaves this module: no markup, no addresses. `members` are the files inside, as (name, bytes).
"""

import base64
import binascii
import re
from collections import Counter
from dataclasses import dataclass, field

from referrals.records.decoder import Refused, limits
from referrals.records.decoder.words import clean

MOST_BYTES = 64 * limits.MIB
MOST_SECTIONS, MOST_ROWS, MOST_CELLS, MOST_ITEMS = 200, 4000, 20, 4000
LONGEST = 4000  # characters of a paragraph, item or cell
MOST_MEMBERS = 200
ENDS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "text/plain": "txt",
    "application/dicom": "dcm",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/hl7-sdwg+xml": "xml",
    "application/hl7-cda+xml": "xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
SPACE = re.compile(r"[ \t\r\f\v\xa0]+")
BLANK_LINES = re.compile(r"\n\s*\n+")


@dataclass
class Summary:
    title: str = ""
    author: str = ""
    made_on: str = ""
    patient: dict = field(default_factory=dict)
    sections: list = field(default_factory=list)
    documents: list = field(default_factory=list)
    members: list = field(default_factory=list)
    rows: int = 0
    items: int = 0
    missed: Counter = field(default_factory=Counter)

    def section(self, title, level=1):
        """Begin a section; what follows is its content."""
        if len(self.sections) >= MOST_SECTIONS:
            self.missed["sections"] += 1
            return
        self.sections.append({"title": line(title), "level": min(max(level, 1), 4), "blocks": []})

    def text(self, words):
        for each in BLANK_LINES.split(tidy(words)):
            self._add({"text": each[:LONGEST]} if each else None)

    def heading(self, words):
        self._add({"heading": line(words)} if line(words) else None)

    def list(self, items):
        found = [text for item in items if (text := tidy(item)[:LONGEST])]
        room = MOST_ITEMS - self.items
        self.missed["items"] += max(len(found) - room, 0)
        found = found[: max(room, 0)]
        self.items += len(found)
        self._add({"items": found} if found else None)

    def table(self, head, rows, caption=""):
        rows = [[tidy(cell)[:LONGEST] for cell in row[:MOST_CELLS]] for row in rows]
        rows = [row for row in rows if any(row)]
        room = MOST_ROWS - self.rows
        self.missed["rows"] += max(len(rows) - room, 0)
        rows = rows[: max(room, 0)]
        self.rows += len(rows)
        head = [line(cell) for cell in head[:MOST_CELLS]]
        if rows or any(head):
            wide = max(len(row) for row in (*rows, head))
            rows = [row + [""] * (wide - len(row)) for row in rows]
            head = head + [""] * (wide - len(head)) if any(head) else []
            self._add({"head": head, "rows": rows, "caption": line(caption)})

    def document(self, title, *, dated_on="", media_type="", body=None):
        """A document that is inside (`body`, bytes), or only spoken of."""
        kind = media_type.partition(";")[0].strip().casefold()
        name = ""
        if body is not None and kind in ENDS and len(self.members) < MOST_MEMBERS and body:
            name = f"{safe_name(title) or 'document'}-{len(self.members) + 1}.{ENDS[kind]}"
            self.members.append((name, body))
        elif body is not None:
            self.missed["documents"] += 1
        self.documents.append(
            {"title": line(title)[:200], "dated_on": dated_on, "kind": kind[:80], "name": name}
        )

    def _add(self, block):
        if block is None:
            return
        if not self.sections:
            self.section("")
        if self.sections:
            self.sections[-1]["blocks"].append(block)

    def facts(self):
        """As it is sent on: plain data, and the same as plain text for searching."""
        sections = [each for each in self.sections if each["blocks"] or _is_named(each["title"])]
        if not any(each["blocks"] for each in sections) and not self.documents:
            raise Refused("empty_summary")
        summary = {
            "title": line(self.title)[:200],
            "author": line(self.author)[:200],
            "made_on": self.made_on,
            "patient": self.patient,
            "sections": sections,
            "documents": self.documents[: 5 * MOST_MEMBERS],
            "left_out": [{"what": what, "count": n} for what, n in self.missed.items() if n],
        }
        return clean_all(
            {"summary": summary, "text": self.plain()[: limits.MOST_TEXT], "dated_on": self.made_on}
        )

    def plain(self):
        lines = [self.title]
        for section in self.sections:
            lines += ["", section["title"]]
            for block in section["blocks"]:
                lines += block.get("items", [])
                lines += [block[name] for name in ("text", "heading", "caption") if block.get(name)]
                lines += [" | ".join(row) for row in (block.get("head") or [], *block.get("rows", [])) if row]
        return "\n".join(each for each in lines if not each.startswith("@")).strip()


def _is_named(title):
    """A section of the author's that is empty says something; a table of ours that is empty doesn't."""
    return bool(title) and not title.startswith("@")


def grid(rows):
    """Rows of cells as (text, columns, rows it spans), laid out: what a cell spans besides its own place is empty."""
    laid, below = [], {}  # column -> rows still spanned from above
    for row in rows:
        cells, found = list(row)[:MOST_CELLS], []
        while cells or any(below.get(column) for column in range(len(found), MOST_CELLS)):
            if below.get(len(found)) or not cells:
                below[len(found)] = max(below.get(len(found), 0) - 1, 0)
                found.append("")
                continue
            text, wide, tall = cells.pop(0)
            for n in range(wide):
                below[len(found)] = tall - 1
                found.append("" if n else text)
        laid.append(found)
    return laid


def span(cell, name):
    """How many columns or rows a cell says that it takes."""
    said = cell.get(name) or "1"
    most = MOST_CELLS if name == "colspan" else MOST_ROWS
    return min(max(int(said), 1), most) if said.isascii() and said.isdecimal() and len(said) < 9 else 1


def clean_all(value):
    if isinstance(value, list):
        return [clean_all(each) for each in value]
    if isinstance(value, dict):
        return {name: clean_all(each) for name, each in value.items()}
    return clean(value)


def tidy(words):
    """Text with its line breaks, without the spaces that files are laid out with."""
    lines = (SPACE.sub(" ", each).strip() for each in str(words or "").replace("\x00", "").split("\n"))
    return "\n".join(lines).strip()


def line(words):
    return " ".join(tidy(words).split())[:LONGEST]


def safe_name(title):
    return re.sub(r"[^\w .,()-]+", " ", line(title))[:80].strip(" .")


def unpacked(text):
    """The bytes of base64 text; None where it isn't any."""
    try:
        return base64.b64decode("".join(str(text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def body_of(file):
    """All of it, up to what we read."""
    body = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Refused("summary_too_large")
    return body
