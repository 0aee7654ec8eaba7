"""The urgency clock: days until the date by which to decide. A ring of thirty days; the words say it all."""

import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from referrals.templatetags import _times

NOW, SOON, FULL_RING = 5, 14, 30


def clock(case, now, what=""):
    """{% clock case now %} or {% clock some_date now %}"""
    return render_to_string(
        "parts/clock.html", {**reading(case, now), "what": what or _("until the date to decide by")}
    )


def bigclock(case, now, title="", lines=()):
    """{% bigclock case now title="until 14 December" %}: patients see the calm ring in every state."""
    return render_to_string("parts/bigclock.html", {**reading(case, now), "title": title, "lines": lines})


def reading(case, now):
    """Days left, how pressing, and how much of the ring is full. Nothing runs for a case that has ended."""
    if getattr(case, "is_ended", False):
        return {"days": None, "level": "none", "ring": 0, "words": _("Ended"), "date": None}
    until = case if case is None or isinstance(case, datetime.date) else case.decide_by_on
    if not until:
        return {"days": None, "level": "none", "ring": 0, "words": _("No date"), "date": None}
    today = timezone.localtime(now).date() if isinstance(now, datetime.datetime) else now
    days = (until - today).days
    level = "now" if days <= NOW else "soon" if days <= SOON else "calm"
    ring = round(100 * min(max(days, 0), FULL_RING) / FULL_RING)
    return {"days": days, "level": level, "ring": ring, "words": _words(days), "date": until}


def _words(days):
    if days == 0:
        return _("Today")
    if days < 0:
        return _("%(days)s ago") % {"days": _times.days_words(-days)}
    return _times.days_words(days)
