"""Icons: Lucide, inline, hidden from readers, drawn once and kept."""

from functools import lru_cache

import lucide
from django.utils.safestring import mark_safe


def icon(name, extra=""):
    """{% icon "clock" %} or {% icon "loader-circle" "is-spin" %}"""
    return _drawn(str(name), str(extra))


@lru_cache(maxsize=256)
def _drawn(name, extra):
    attributes = {"class": f"so-i {extra}".strip(), "aria-hidden": "true", "focusable": "false"}
    drawing = lucide._render_icon(name, None, **attributes)
    drawing = drawing.replace(' width="24" height="24"', "", 1)
    return mark_safe("".join(line.strip() for line in drawing.splitlines()))  # noqa: S308 our own icon names
