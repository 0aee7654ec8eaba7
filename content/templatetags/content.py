"""`{% load content %}{% passage "ask-records" situation %}`: a passage beside the task it belongs to."""

import structlog
from django import template

from content import queries
from content.links import address

register = template.Library()
log = structlog.get_logger("content")


@register.simple_tag
def to(name):
    """The address of a page in another house; the front page where there is none."""
    return address(name)


@register.inclusion_tag("content/passage.html")
def passage(slug, situation=""):
    """Shows `slug--situation`, or `slug` where there is no such variant. Nothing if neither exists."""
    found = queries.passage(slug, situation or "")
    if found is None:
        log.error("no passage is called so", route=slug)
    return {"passage": found}
