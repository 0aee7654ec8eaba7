"""Pins and where an opinion quotes them: `[2]` in one of its texts is the pin with that number."""

import re
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from referrals.rules import opinion_parts as parts

CITED = re.compile(r"\[(\d{1,3})\]")
TEXTS = {
    parts.DIAGNOSIS: ("diagnosis",),
    parts.PLAN: ("advice", "why", "alternatives"),
    parts.CERTAINTY: ("would_change",),
    parts.WAITING: ("safe_to_wait_note", "warning_signs"),
    parts.PLAIN_WORDS: ("plain_words",),
}
LONGEST_QUOTE = 600


def numbers_in(text):
    return {int(number) for number in CITED.findall(text)}


def cited_in(opinion):
    """{code of a part: numbers its texts cite, in order}, for an opinion that may be none."""
    if opinion is None:
        return {code: [] for code in (*TEXTS, parts.QUESTIONS)}
    found = {code: [getattr(opinion, name) for name in names] for code, names in TEXTS.items()}
    found[parts.QUESTIONS] = [answer.text for answer in opinion.answers.all()] if opinion.pk else []
    return {code: sorted(set().union(*map(numbers_in, texts), set())) for code, texts in found.items()}


def all_cited_in(opinion):
    return set().union(*cited_in(opinion).values())


def as_source(citation):
    """A pin as a signed opinion keeps it."""
    return {
        "number": citation.number,
        "key": str(citation.key),
        "record": str(citation.record.key),
        "name": citation.record.name,
        "page": citation.page or 0,
        "frame": citation.image or citation.frame or 0,
        "region": citation.region,
        "quote": citation.quote,
        "note": citation.note,
    }


def address_of(reference, source):
    """Where the marked page is read."""
    query = urlencode({**({"page": source["page"]} if source["page"] else {}), "pin": source["key"]})
    return f"{reverse('records:read', args=[reference, source['record']])}?{query}"


def links(reference, sources):
    """number -> {title, url}, for pins as `as_source` gives them."""
    return {
        source["number"]: {"title": title_of(source), "url": address_of(reference, source)}
        for source in sources
    }


def title_of(source):
    """“MRI report, page 1”, for a pin as `as_source` gives it."""
    name = shortened(source["name"])
    if source["frame"]:
        return _("%(name)s, image %(number)d") % {"name": name, "number": source["frame"]}
    return _("%(name)s, page %(number)d") % {"name": name, "number": source["page"]}


def shortened(name, most=48):
    """A file's name without its end, cut where it is long."""
    stem = name.rpartition(".")[0] or name
    return stem if len(stem) <= most else f"{stem[: most - 1].rstrip()}…"


def words_under(words, region):
    """What a page says inside a region: the words whose middle lies in it, in reading order."""
    x, y, width, height = region
    inside = [
        word
        for left, top, wide, high, word in words
        if x <= left + wide / 2 <= x + width and y <= top + high / 2 <= y + height
    ]
    quote = " ".join(inside)
    return quote if len(quote) <= LONGEST_QUOTE else f"{quote[: LONGEST_QUOTE - 1].rstrip()}…"
