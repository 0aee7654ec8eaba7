"""What all reminders are made of, and dates in the recipient's zone."""

import datetime as dt
from dataclasses import dataclass

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _


@dataclass(frozen=True, kw_only=True)
class Words:
    """A mail without its frame. `then` is what happens if nothing is done: only where there is something to say."""

    subject: str
    lead: str
    text: str
    act: str
    path: str
    why: str
    then: str = ""


def day(value):
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
    return dateformat.format(value, _("j F"))


def moment(value):
    return dateformat.format(timezone.localtime(value), _("D j M, H:i"))


def a_person_calls(reminder):
    if reminder.recipient.phone:
        return _(
            "This is our last mail about it. If we don’t hear from you, a person from our team will call you."
        )
    return _(
        "This is our last mail about it. If we don’t hear from you, a person from our team will look into it."
    )
