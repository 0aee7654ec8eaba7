"""Reading, in the pages of other rooms: the page pane, what a search found, and one's pins."""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from referrals.rules import citations
from referrals.rules.access import visible_records
from referrals.viewer import queries, search, sheet
from referrals.viewer.forms import PinForm

register = template.Library()


@register.inclusion_tag("referrals/viewer/page_pane.html", takes_context=True)
def page_pane(context, record, number, base=None, query="", two=False, pin=""):
    """{% page_pane record number=2 base=base query=query two=two pin=pin %}: one record's page with its tools.

    `base`: what the address of the page around it carries besides the page's number.
    """
    request = context["request"]
    found = sheet.sheet_of(
        record, request.user, number=number, base=base or {}, two=two, query=query, pin=pin
    )
    shown = found["leaves"][0].page if found["leaves"] else None
    return {
        **found,
        "case": record.case,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "back": request.path + found["here"],
        "form": PinForm(record=record, auto_id="pin_%s", initial=_whole(shown)) if found["may_pin"] else None,
    }


def _whole(page):
    return {"page": page.number if page else 1, "x": 0, "y": 0, "width": 100, "height": 100}


@register.inclusion_tag("referrals/viewer/hits.html", takes_context=True)
def hits(context, case, query, in_room=False):
    """{% hits case query %}: where the words stand, by record and page.

    Each place is a button of the search form that posts the words to the page of that place, to be marked there.
    """
    records = visible_records(context["request"].user).filter(case=case)
    return {"found": search.search(records, query), "case": case, "in_room": in_room}


@register.inclusion_tag("referrals/viewer/pins.html", takes_context=True)
def own_pins(context, case):
    """{% own_pins case %}: the pins of whoever writes, to put into a text."""
    rows = [
        {"pin": pin, "title": citations.title_of(citations.as_source(pin))}
        for pin in queries.pins_of(case, context["request"].user)
    ]
    return {"rows": rows, "case": case}


@register.filter
def with_sources(text, sources):
    """{{ text|linebreaks|with_sources:cited }}: `[2]` becomes a link to the page that pin 2 marks.

    `sources`: number -> {"title": …, "url": …}. A number that is no pin stays as it was written.
    """
    shown = conditional_escape(text)
    if not sources:
        return shown

    def link(match):
        source = sources.get(int(match[1]))
        if source is None:
            return match[0]
        return format_html('<a class="so-cite" href="{}">{}</a>', source["url"], source["title"])

    return mark_safe(citations.CITED.sub(link, shown))  # noqa: S308  what is escaped, with links that are


@register.filter
def at(rows, key):
    """What a dict holds under a key."""
    return rows.get(key)
