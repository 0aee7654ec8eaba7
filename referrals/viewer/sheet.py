"""What is on the page that shows a page: the picture, what is marked on it, the ways to the others."""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext as _

from referrals.models import Instance, PagePicture
from referrals.rules import citations
from referrals.rules.access import visible_citations
from referrals.viewer import actions, pictures, search
from referrals.vocabulary import PAGED, FileKind, PageScale, RecordStatus

FILM = 24  # small pictures in the strip at once
WITHOUT_PAGES = frozenset({FileKind.DOCX, FileKind.TEXT, FileKind.CCDA, FileKind.FHIR})
PIN_SIZE = 16  # radius of a pin's head, in pixels of the page at the normal scale


@dataclass
class Leaf:
    """One page on the desk."""

    page: Any
    picture: str  # address at the normal scale
    sharp: str
    is_drawn: bool
    is_lost: bool
    turns: int
    boxes: list = field(default_factory=list)  # of hits, in pixels of the page
    pins: list = field(default_factory=list)

    @property
    def number(self):
        return self.page.number

    @property
    def says(self):
        """Of the text: '' where there is one to search."""
        if self.page.text:
            return ""
        return _("No text to search on this page.")


@dataclass
class Pin:
    citation: Any
    box: list
    title: str
    is_own: bool
    is_wanted: bool
    head: tuple = (0, 0)  # (x, y) of its number, on a page

    @property
    def label(self):
        words = _("Pin %(number)d") % {"number": self.citation.number}
        said = self.citation.note or self.citation.quote
        return f"{words}: {said}" if said else words


def addresses(record, base):
    """A function that gives the address of a page; `base`: what the page's own address carries besides."""

    def to(number, two=False, **more):
        return "?" + urlencode({**base, "page": number, **({"two": 1} if two else {}), **more})

    return to


def sheet_of(record, person, *, number, base, two=False, query="", pin=""):
    """Everything the page pane prints. Statements: the same few, however long the record is."""
    case, to = record.case, addresses(record, base)
    whole = (
        1 if record.is_study else record.page_count
    )  # its one picture; the images have a viewer of their own
    film = _around(number, whole)
    rows = {p.number: p for p in record.pages.filter(number__in=film).defer("text", "folded", "words")}
    shown = [n for n in ((number, number + 1) if two else (number,)) if n in rows]
    full = {page.number: page for page in record.pages.filter(number__in=shown).defer("folded")}
    there = _pictures(record, film)
    turns = record.mine[0].turns if getattr(record, "mine", None) else _turns(record, person)
    pins = list(visible_citations(person).filter(record=record).select_related("record", "by", "instance"))
    terms = search.terms_of(query)
    leaves = [
        _leaf(full[n], case, record, there, turns, pins, terms, person=person, pin=pin)
        for n in shown
        if n in full
    ]
    step = 2 if two else 1
    owned = [(each, each.by_id == person.pk) for each in pins]
    images = images_of(record, owned, pin, picture=_still(leaves))
    return {
        "record": record, "number": number, "count": whole, "two": two, "leaves": leaves,
        "before": to(max(number - step, 1), two) if number > 1 else "",
        "after": to(number + step, two) if number + step <= whole else "",
        "first": to(1, two), "last": to(max(whole, 1), two),
        "two_url": to(number, not two), "here": to(number, two), "base": base,
        "film": [
            {"number": n, "url": to(n, two), "picture": _address(record, n, PageScale.THUMB),
             "is_drawn": (n, PageScale.THUMB) in there, "is_here": n in shown}
            for n in film if n in rows
        ],
        "film_before": to(max(film[0] - 1, 1), two) if film and film[0] > 1 else "",
        "film_after": to(film[-1] + 1, two) if film and film[-1] < whole else "",
        "images": images,
        "pins": images["pins"] if images else [each for leaf in leaves for each in leaf.pins],
        "is_text": record.kind in WITHOUT_PAGES and not rows,
        "text_parts": _marked_text(record, terms) if not rows and record.text else [],
        "has_no_picture": not rows and not record.text,
        "may_pin": bool(leaves or images) and actions.may_pin(person, case),
        "download": reverse("records:download", args=[case.reference, record.key]),
        "query": query, "study": _study(record),
    }  # fmt: skip


def _study(record):
    """What a DICOM file says it is, in the order it is read."""
    if record.kind != FileKind.DICOM:
        return []
    labels = {
        "patient": _("Patient"), "born_on": _("Born"), "title": _("Study"), "modality": _("Kind of scan"),
        "date": _("Date"), "part": _("Part of the body"), "series": _("Series"), "images": _("Images"),
        "institution": _("Made at"),
    }  # fmt: skip
    return [(label, _said(record.study[name])) for name, label in labels.items() if record.study.get(name)]


def images_of(record, pins, wanted, picture=None):
    """What the image viewer is given of a study, or None for all that has no images. `picture`: its page 1."""
    shown = Instance.objects.filter(series__record=record, problem="", frame_count__gt=0)
    if not record.study_uid or record.status != RecordStatus.READY or not shown.exists():
        return None
    rows = [
        Pin(each, each.region, citations.title_of(citations.as_source(each)), is_own, str(each.key) == wanted)
        for each, is_own in pins
    ]
    at = next((row.citation for row in rows if row.is_wanted and row.citation.instance), None)
    born = record.study.get("born_on")
    whose = [record.study.get("patient"), born and _("Born %(day)s") % {"day": _said(born)}]
    marks = [
        [row.citation.number, str(row.citation.instance.key), row.citation.frame, row.box]
        for row in rows
        if row.citation.instance
    ]
    return {
        "study": reverse("studies:study", args=[record.case.reference, record.key]),
        "whose": "\n".join(filter(None, whose)),
        "picture": picture,
        "instance": str(at.instance.key) if at else "",
        "frame": at.frame if at else "",
        "pins": rows,
        "marks": json.dumps(marks),
    }


def _still(leaves):
    """The picture made of a study, for who has no scripts."""
    drawn = next((leaf for leaf in leaves if leaf.is_drawn), None)
    return drawn and {"url": drawn.picture, "width": drawn.page.width, "height": drawn.page.height}


def _said(value):
    """A day as a day, anything else as the file says it."""
    try:
        return dateformat.format(dt.date.fromisoformat(value), _("j F Y"))
    except (TypeError, ValueError):
        return value


def _around(number, count):
    """The pages of the strip: those that stand with this one."""
    if count < 1:
        return []
    first = max(min(number - FILM // 3, count - FILM + 1), 1)
    return list(range(first, min(first + FILM, count + 1)))


def _pictures(record, film):
    """{(number, scale): is drawn}; a picture that failed too often is there, and False."""
    rows = PagePicture.objects.filter(page__record=record, page__number__in=film)
    found = {}
    for number, scale, key, attempts in rows.values_list("page__number", "scale", "key", "attempts"):
        if key or attempts >= pictures.MOST_ATTEMPTS:
            found[number, scale] = bool(key)
    return found


def _turns(record, person):
    reading = record.readings.filter(person=person).first()
    return reading.turns if reading else {}


def _address(record, number, scale):
    return reverse("viewer:picture", args=[record.case.reference, record.key, number, scale])


def _leaf(page, case, record, there, turns, pins, terms, *, person, pin):
    state = there.get((page.number, PageScale.NORMAL))
    return Leaf(
        page=page,
        picture=_address(record, page.number, PageScale.NORMAL),
        sharp=_address(record, page.number, PageScale.SHARP) if record.kind in PAGED else "",
        is_drawn=state is True,
        is_lost=state is False or (state is None and record.kind not in PAGED),
        turns=turns.get(str(page.number), 0),
        boxes=[_in_pixels(box, page, grow=2) for box in search.boxes_in(page.words, terms)],
        pins=[_pin(each, page, person, pin) for each in pins if each.page == page.number],
    )


def _pin(citation, page, person, wanted):
    box = _in_pixels(citation.region, page)
    head = (min(box[0] + box[2], page.width - PIN_SIZE), max(box[1], PIN_SIZE))
    is_own = citation.by_id == person.pk
    wanted_words = str(citation.key) == wanted
    return Pin(citation, box, citations.title_of(citations.as_source(citation)), is_own, wanted_words, head)


def _in_pixels(region, page, grow=0):
    x, y, width, height = region
    return [
        round(x * page.width / 1000) - grow,
        round(y * page.height / 1000) - grow,
        max(round(width * page.width / 1000), 2) + 2 * grow,
        max(round(height * page.height / 1000), 2) + 2 * grow,
    ]


def _marked_text(record, terms):
    """[(words, is a hit)] of a text without pages; line ends are kept."""
    if not terms:
        return [(record.text, False)]
    pieces, parts = search.TOKENS.findall(record.text), []
    spans = search.spans_in([token for token, _space in pieces], terms)
    covered = {n for first, last in spans or [] for n in range(first, last)}
    for n, (token, space) in enumerate(pieces):
        is_hit = n in covered
        if parts and parts[-1][1] == is_hit:
            parts[-1] = (parts[-1][0] + token + space, is_hit)
        else:
            parts.append((token + space, is_hit))
    return parts
