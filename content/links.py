"""Links inside the texts name a page of the portal (`to:intake:start`, `to:content:article/surgery`).

They are written into addresses when a page is shown, so no file and no row knows a host or a path.
"""

import re

import structlog
from django.urls import NoReverseMatch, reverse

log = structlog.get_logger("content")

LINK = re.compile(r'href="to:([\w:-]+)(?:/([\w-]+))?"')


def address(name, argument=None):
    """The address of a page; the front page, and a line in the log, where there is no such page."""
    try:
        return reverse(name, args=[argument] if argument else [])
    except NoReverseMatch:
        log.error("a text links to a page that is not there", route=name)
        return reverse("home")


def with_addresses(html):
    return LINK.sub(lambda found: f'href="{address(*found.groups())}"', html)
