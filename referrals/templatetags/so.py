"""How things are shown: dates, sizes, icons, pills, clocks, and the parts that hold other markup.

Each part's own template says at its top what it takes; docs/design.md lists them all.
"""

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import ngettext

from referrals.rules import studies, summaries
from referrals.templatetags import _clocks, _forms, _icons, _pills, _times

register = template.Library()

# Dates and times, in the reader's zone
register.filter("day", _times.day)
register.filter("full_day", _times.full_day)
register.filter("short_day", _times.short_day)
register.filter("iso_day", _times.iso_day)
register.filter("moment", _times.moment)
register.filter("clock_time", _times.clock_time)
register.filter("ago", _times.ago)
register.filter("brief", _times.brief)
register.filter("near", _times.near)
register.filter("age", _times.age)
register.simple_tag(_times.when, name="when")

# Words
register.filter("filesize_words", _times.filesize_words)
register.filter("initials", _times.initials)
register.filter("short_name", _times.short_name)
register.filter("summary_word", summaries.summary_word)
register.filter("left_out", summaries.left_out)

# Pictures and states
register.simple_tag(_icons.icon, name="icon")
register.simple_tag(_pills.pill, name="pill")
register.simple_tag(_pills.words, name="words")
register.filter("tone", _pills.tone_of)
register.simple_tag(_clocks.clock, name="clock")
register.simple_tag(_clocks.bigclock, name="bigclock")

# Forms
register.filter("first_id", _forms.first_id)
register.filter("is_optional", _forms.is_optional)
register.filter("date_parts", _forms.date_parts)
register.filter("counted", _forms.counted)
register.simple_tag(_forms.problems, name="problems")
register.filter("upto", _forms.upto)
register.filter("in_words", _times.in_words)


# Parts that hold other markup ---------------------------------------------------


@register.filter
def extent(record):
    """How much there is of a record: its pages, or the images of a study."""
    if record.is_study:
        return studies.extent_of(record.study)
    count = record.page_count
    return ngettext("%d page", "%d pages", count) % count if count else ""


@register.simple_block_tag(end_name="endnote")
def note(content, tone="info", icon="", small=False):
    """{% note "dawn" icon="phone" %}<strong>Rather talk?</strong> …{% endnote %}"""
    icon = icon or {"info": "info", "warn": "triangle-alert", "stop": "circle-alert", "dawn": "phone"}.get(
        tone, "info"
    )
    return format_html(
        '<div class="so-note{}" data-tone="{}">{}<div>{}</div></div>',
        " so-small" if small else "",
        tone,
        _icons.icon(icon),
        content,
    )


@register.simple_block_tag(end_name="endnextstep")
def nextstep(content, title, eyebrow=None, id="next-step"):
    """{% nextstep "Answer one question" %}<p>…</p>{% endnextstep %} One a page."""
    return render_to_string(
        "parts/next.html", {"content": content, "title": title, "eyebrow": eyebrow, "id": id}
    )


@register.simple_block_tag(end_name="endempty")
def empty(content, title, icon="folder-open", level=2):
    """{% empty "No requests yet" icon="inbox" %}<p>What will be here, and when.</p>{% endempty %}"""
    return render_to_string(
        "parts/empty.html", {"content": content, "title": title, "icon": icon, "heading": f"h{int(level)}"}
    )


@register.simple_block_tag(end_name="endfold")
def fold(content, title, is_open=False):
    """{% fold "Will my doctor mind?" %}<p>…</p>{% endfold %} inside <div class="so-faq">"""
    return render_to_string("parts/fold.html", {"content": content, "title": title, "is_open": is_open})
