"""Finding words in the records of a case. Nothing of what is asked is kept or written down anywhere.

Small and capital letters are the same, accents don't matter; several words must stand on one page, in any
order; "words in quotes" must follow each other. What is long is bounded: so many words, so many hits.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.db.models.functions import Left

from referrals.models import RecordPage
from referrals.models.folding import fold
from referrals.rules.timeline import BY_DAY

LONGEST_QUERY, MOST_TERMS, SHORTEST = 200, 8, 2
MOST_HITS = 50
MOST_TEXTS, LONGEST_TEXT = 200, 300_000  # of records that are text and have no pages
AROUND = 9  # words on each side of a hit
TERM = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')
TOKENS = re.compile(r"(\S+)(\s*)")


@dataclass(frozen=True)
class Hit:
    record: Any
    number: int  # of the page; 0 in a text without pages
    snippet: list  # of (words, is a hit)
    count: int


@dataclass(frozen=True)
class Found:
    query: str
    terms: tuple = ()
    hits: list = field(default_factory=list)
    is_cut: bool = False

    @property
    def records(self):
        """[(record, its hits)], in order."""
        groups = {}
        for hit in self.hits:
            groups.setdefault(hit.record.pk, (hit.record, []))[1].append(hit)
        return list(groups.values())

    @property
    def is_too_short(self):
        return bool(self.query) and not self.terms


def terms_of(query):
    """Words and phrases as they are searched, without doubles."""
    parts = (fold(next(filter(None, found), "")) for found in TERM.findall(query[:LONGEST_QUERY]))
    return tuple(dict.fromkeys(part for part in parts if len(part) >= SHORTEST))[:MOST_TERMS]


def search(records, query):
    """Found, in `records`: those of a case that this person may see. Two statements, however many there are."""
    query = " ".join(query[:LONGEST_QUERY].split())
    terms = terms_of(query)
    if not terms:
        return Found(query)
    records = records.ready()
    hits = _in_pages(records, terms) + _in_texts(records, terms)
    order = {
        pk: n
        for n, pk in enumerate(
            records.filter(pk__in={hit.record.pk for hit in hits})
            .order_by(*BY_DAY)
            .values_list("pk", flat=True)
        )
    }
    hits = sorted(
        (hit for hit in hits if hit.record.pk in order), key=lambda h: (order[h.record.pk], h.number)
    )
    return Found(query, terms, hits[:MOST_HITS], len(hits) > MOST_HITS)


def _in_pages(records, terms):
    pages = RecordPage.objects.filter(record__in=records).select_related("record")
    for term in terms:
        pages = pages.filter(folded__contains=term)
    pages = pages.defer("words", "folded", "record__text", "record__study")
    pages = pages.order_by(*(_of_record(each) for each in BY_DAY), "number")
    return [
        hit for page in pages[: MOST_HITS + 1] if (hit := hit_in(page.record, page.number, page.text, terms))
    ]


def _of_record(order):
    if isinstance(order, str):
        return f"-record__{order[1:]}"
    return F(f"record__{order.expression.name}").desc(nulls_last=True)


def _in_texts(records, terms):
    """Word files, plain text, health summaries: their text is read through here, as they are few."""
    texts = records.exclude(text="").annotate(beginning=Left("text", LONGEST_TEXT)).defer("text", "study")
    found = (hit_in(record, 0, record.beginning, terms) for record in texts.order_by(*BY_DAY)[:MOST_TEXTS])
    return [hit for hit in found if hit]


def hit_in(record, number, text, terms):
    """The first place with what stands around it, and how many there are; None where a term is missing."""
    tokens = text.split()
    spans = spans_in(tokens, terms)
    if spans is None:
        return None
    first, last = spans[0]
    before, after = tokens[max(first - AROUND, 0) : first], tokens[last : last + AROUND]
    snippet = [(_cut(before, first > AROUND, False), False), (" ".join(tokens[first:last])[:300], True)]
    snippet.append((_cut(after, False, last + AROUND < len(tokens)), False))
    return Hit(record, number, [each for each in snippet if each[0]], len(spans))


def _cut(tokens, begins, ends):
    words = " ".join(token[:60] for token in tokens)
    return f"{'… ' if begins and words else ''}{words}{' …' if ends and words else ''}"


def spans_in(tokens, terms):
    """[(first, last + 1)] of the tokens that terms cover, in order; None where one of them is not there."""
    folded = [fold(token) for token in tokens]
    starts, at = [], 0
    for token in folded:
        starts.append(at)
        at += len(token) + 1
    whole, spans = " ".join(folded), []
    for term in terms:
        found = [match.start() for match in re.finditer(re.escape(term), whole)]
        if not found:
            return None
        spans += [
            (bisect_right(starts, start) - 1, bisect_right(starts, start + len(term) - 1)) for start in found
        ]
    return sorted(set(spans))


def boxes_in(words, terms):
    """Where hits lie on a page: [x, y, width, height] in thousandths for each word that a term covers."""
    spans = spans_in([word[4] for word in words], terms) if terms else None
    covered = sorted({n for first, last in spans or [] for n in range(first, last)})
    return [words[n][:4] for n in covered]
