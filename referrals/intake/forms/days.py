"""What a date may be, said so that it mends; the code names the box that is wrong."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import dateformat
from django.utils.translation import gettext_lazy as _

YEARS_AHEAD = 5


def in_words(day):
    return dateformat.format(day, "j F Y")


def first_difference(day, other):
    """The largest box in which two dates differ."""
    if day.year != other.year:
        return "year"
    return "month" if day.month != other.month else "day"


def from_today_on(day, today):
    if day is None:
        return None
    if day < today:
        raise ValidationError(
            _("%(date)s is in the past. Enter a date from today on"),
            code=first_difference(day, today), params={"date": in_words(day)},
        )  # fmt: skip
    if day.year - today.year > YEARS_AHEAD:
        raise ValidationError(
            _("%(date)s is more than 5 years away. Check the year"),
            code="year",
            params={"date": in_words(day)},
        )
    return day


def until_today(day, today, years_back):
    if day is None:
        return None
    if day > today:
        raise ValidationError(
            _("%(date)s is in the future. Enter a date up to today"),
            code=first_difference(day, today), params={"date": in_words(day)},
        )  # fmt: skip
    if today.year - day.year > years_back:
        raise ValidationError(
            _("%(date)s is more than %(years)s years ago. Check the year"),
            code="year", params={"date": in_words(day), "years": years_back},
        )  # fmt: skip
    return day


def years_between(born, today):
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had_birthday)


def is_before(day, other):
    return isinstance(day, dt.date) and isinstance(other, dt.date) and day < other
