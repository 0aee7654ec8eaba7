"""What a study is called, in words: for every list, on every page."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.vocabulary import BY_THE_WAY, MODALITIES, PART_OF_CODE, PET_CT


def name_of(study):
    """“MRI of the lower back, 6 November 2026”. What has no word here is said as the file says it."""
    scan, part, day = scan_of(study), str(study.get("part") or ""), day_of(study)
    if known := _part_known(part):
        words = _("%(scan)s of the %(part)s") % {"scan": scan, "part": known}
    else:
        words = f"{scan} ({part.lower()})" if part else scan
    return f"{words}, {day}" if day else words


def part_of(study):
    """The part of the body: “lower back”; as the file says it where there is no word."""
    part = str(study.get("part") or "")
    return str(_part_known(part) or part)


def _part_known(part):
    return PART_OF_CODE.get("".join(c for c in part.upper() if c.isalnum()))


def scan_of(study):
    """What kind of scan it is, from the modalities of its series."""
    codes = study.get("modalities") or [study.get("modality") or ""]
    telling = [code for code in codes if code not in BY_THE_WAY] or codes
    if {"PT", "CT"} <= set(telling):
        return str(PET_CT)
    return modality_in_words(telling[0] if telling else "")


def modality_in_words(code):
    return str(MODALITIES.get(code) or (_("Scan (%(code)s)") % {"code": code} if code else _("Scan")))


def day_of(study):
    try:
        return date_format(dt.date.fromisoformat(study.get("date") or ""), "j F Y")
    except (TypeError, ValueError):
        return ""


def extent_of(study):
    """“214 images in 3 series”; of what holds none, that it doesn't."""
    images, series = study.get("images") or 0, study.get("series") or 0
    if not images:
        return _("no images")
    words = ngettext("%d image", "%d images", images) % images
    return _("%(images)s in %(count)d series") % {"images": words, "count": series} if series > 1 else words
