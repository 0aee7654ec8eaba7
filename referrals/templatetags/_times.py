"""Dates as people say them: `14 December` to patients, `Mon 30 Nov` in lists, always in the reader's zone."""

import datetime

from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.rules import clocks


def day(value):
    """14 December"""
    return _format(value, _("j F"))


def full_day(value):
    """14 December 2026"""
    return _format(value, _("j F Y"))


def short_day(value):
    """Mon 30 Nov"""
    return _format(value, _("D j M"))


def moment(value):
    """Sat 21 Nov, 19:12"""
    return _format(value, _("D j M, H:i"))


def clock_time(value):
    """19:12"""
    return _format(value, _("H:i"))


def iso_day(text):
    """6 November 2026, from 2026-11-06; what isn't a day as it is."""
    try:
        return full_day(datetime.date.fromisoformat(text))
    except (TypeError, ValueError):
        return text


def when(value, form=""):
    """{% when case.sent_at %} prints <time> with the moment, or a date’s day; {% when date "full_day" %}"""
    if not value:
        return ""
    forms = {
        "day": day,
        "full_day": full_day,
        "short_day": short_day,
        "moment": moment,
        "clock_time": clock_time,
    }
    words = forms[form] if form else (moment if isinstance(value, datetime.datetime) else short_day)
    return format_html('<time datetime="{}">{}</time>', _local(value).isoformat(), words(value))


def ago(value, now):
    """How long since, in one unit: 40 min, 5 h, 3 d"""
    if not value:
        return ""
    minutes = max(int((now - value).total_seconds() // 60), 0)
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)d h") % {"count": minutes // 60}
    return _("%(count)d d") % {"count": minutes // (24 * 60)}


def brief(value, now):
    """As short as it can be in a list of what happened: 10:02 today, Sun this week, else 12 Nov"""
    if not value:
        return ""
    days = (timezone.localtime(now).date() - timezone.localtime(value).date()).days
    if days == 0:
        return clock_time(value)
    return _format(value, _("D") if 0 < days < 7 else _("j M"))


def near(value, now):
    """When something is due, as short as it can be: 18:00 today, Mon 30 Nov else"""
    if not value:
        return ""
    is_today = timezone.localtime(now).date() == timezone.localtime(value).date()
    return clock_time(value) if is_today else short_day(value)


def age(case, now):
    """How old the person of a case is; '' where the date of birth is not known."""
    years = clocks.age_on(timezone.localtime(now).date(), case.subject_born_on)
    return "" if years is None else years


def days_words(days):
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def filesize_words(size):
    """840 kB, 1.1 MB, 2 GB: as people's computers say it, in steps of 1000."""
    if size is None or size == "":
        return ""
    size = int(size)
    if size < 1000:
        return ngettext("%(size)d byte", "%(size)d bytes", size) % {"size": size}
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 999.5 or unit == "GB":
            break
    shown = f"{size:.1f}".removesuffix(".0") if size < 10 else f"{size:.0f}"
    return f"{shown} {unit}"


def in_words(number):
    """three for 3, up to nine; digits above"""
    small = [
        _("one"),
        _("two"),
        _("three"),
        _("four"),
        _("five"),
        _("six"),
        _("seven"),
        _("eight"),
        _("nine"),
    ]
    return small[number - 1] if 1 <= number <= 9 else str(number)


def initials(name):
    """TA for Tess Alder, for the round mark beside a name; titles are left out."""
    words = [
        word
        for word in str(name or "").split()
        if word.lower().rstrip(".") not in {"dr", "prof", "mr", "ms", "mrs"}
    ]
    letters = [word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)]
    return "".join(letters).upper()


def short_name(name):
    """Juniper A. for Juniper Ashgrove; an address stays as it is up to its @."""
    words = str(name or "").split("@")[0].split()
    return f"{words[0]} {words[-1][0]}." if len(words) > 1 else "".join(words)


def _format(value, pattern):
    return dateformat.format(_local(value), pattern) if value else ""


def _local(value):
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
