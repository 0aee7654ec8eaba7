"""Pages for what has none: Word, plain text and health summaries, set from what we show of them."""

import datetime as dt
from itertools import chain

from django.utils import dateformat
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from referrals.rules.summaries import left_out, summary_word
from referrals.vocabulary import FileKind

LONGEST = 400_000  # characters that are set; what is longer goes along as it came
WIDEST = 6  # columns of a table; a wider one is set as lines
KINDS = frozenset({FileKind.DOCX, FileKind.TEXT, FileKind.CCDA, FileKind.FHIR})


def is_text(record):
    return record.kind in KINDS and 0 < len(record.text) <= LONGEST


def content_of(record, case):
    """A paper, as `typesetting` takes it."""
    return {
        "title": record.name, "lang": (get_language() or "en").split("-")[0], "is_numbered": False, "to": [],
        "sender": [f"{case.about}, {case.reference}"], "day": day(record.dated_on) if record.dated_on else "",
        "blocks": _of_summary(record.summary) if record.summary else [["p", each] for each in _paragraphs(record.text)],
    }  # fmt: skip


def day(value):
    return dateformat.format(value, _("j F Y"))


def _paragraphs(text):
    return [part.strip("\n") for part in text.split("\n\n") if part.strip()]


def _of_summary(summary):
    patient = summary.get("patient") or {}
    facts = [
        [_("About"), patient.get("name")], [_("Born"), _said(patient.get("born_on"))],
        [_("Sex"), str(summary_word(patient.get("sex") or ""))], [_("Written by"), summary.get("author")],
        [_("Dated"), _said(summary.get("made_on"))],
    ]  # fmt: skip
    blocks = [["facts", [pair for pair in facts if pair[1]]]]
    for section in summary.get("sections", ()):
        title = str(summary_word(section["title"]))
        blocks += [["h", title]] if title else []
        blocks += chain.from_iterable(map(_block, section["blocks"]))
        blocks += [] if section["blocks"] else [["p", _("Nothing is written here.")]]
    if named := [document["title"] or document["name"] for document in summary.get("documents", ())]:
        blocks += [["h", _("Documents that came with it")], ["list", [name for name in named if name]]]
    if summary.get("left_out"):
        parts = left_out(summary["left_out"])
        blocks += [["p", _("Not shown here: %(parts)s. The original has them.") % {"parts": parts}]]
    return blocks


def _block(block):
    if block.get("rows"):
        yield from [["p", block["caption"]]] if block.get("caption") else []
        head = [str(summary_word(cell)) for cell in block.get("head") or ()]
        width = len(block["rows"][0])
        if width > WIDEST:
            yield [
                "list",
                [" · ".join(filter(None, row)) for row in ([head] if head else []) + block["rows"]],
            ]
        else:
            yield ["table", head, block["rows"], [1] * width]
    elif block.get("items"):
        yield ["list", block["items"]]
    elif words := block.get("heading") or block.get("text"):
        yield ["p", words]


def _said(text):
    try:
        return day(dt.date.fromisoformat(text))
    except (TypeError, ValueError):
        return text
