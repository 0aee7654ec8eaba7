"""Fields and widgets that several rooms use; `templates/so/` prints them.

`DayMonthYearField` a date in three boxes · `Radios`, `Boxes`, `CardChoices` choices that explain themselves ·
`CharactersLeft` a text with a count · `PhoneInput`, `CodeInput` · `ZoneField` a time zone.
"""

import datetime
import zoneinfo
from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PARTS = ("day", "month", "year")


# A date in three boxes ---------------------------------------------------------


class DayMonthYear(forms.MultiWidget):
    """Three plain boxes, posted as `name_day`, `name_month` and `name_year`."""

    use_fieldset = True
    part_labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}

    def __init__(self, attrs=None, autocomplete=""):
        boxes = {}
        for part in PARTS:
            box_attrs = {"inputmode": "numeric"}
            if autocomplete:  # "bday" makes bday-day, bday-month, bday-year
                box_attrs["autocomplete"] = f"{autocomplete}-{part}"
            boxes[part] = forms.TextInput(box_attrs)
        super().__init__(boxes, attrs)

    def decompress(self, value):
        return [value.day, value.month, value.year] if value else [None, None, None]


class DayMonthYearField(forms.Field):
    """A date, read from three boxes; an error names the box that is wrong in its code.

    What a date may be (not in the past, not before birth) is the form's own to say:
    raise `ValidationError(text, code="year")` to point at one box, any other code for all three.
    """

    widget = DayMonthYear
    default_error_messages = {
        "required": _("Enter a date, for example 14 12 2026"),
        "day_missing": _("Add the day, for example 14"),
        "month_missing": _("Add the month, for example 12"),
        "year_missing": _("Add the year, for example 2026"),
        "day": _("Enter the day as a number from 1 to 31"),
        "month": _("Enter the month as a number from 1 to 12"),
        "year": _("Enter the year with four digits, for example 2026"),
        "no_such_day": _("%(month)s %(year)s has no day %(day)s. Check the date"),
    }

    def to_python(self, value):
        if isinstance(value, datetime.date):
            return value
        texts = [str(part or "").strip() for part in value or ()] or ["", "", ""]
        if not any(texts):
            return None
        for part, text in zip(PARTS, texts, strict=True):
            if not text:
                raise self._error(f"{part}_missing", part)
        day, month, year = (self._number(part, text) for part, text in zip(PARTS, texts, strict=True))
        try:
            return datetime.date(year, month, day)
        except ValueError:
            words = {"day": day, "month": _month_name(month), "year": year}
            raise self._error("no_such_day", "day", words) from None

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True

    def _number(self, part, text):
        low, high = {"day": (1, 31), "month": (1, 12), "year": (1000, 9999)}[part]
        if not text.isdecimal() or not low <= int(text[:5]) <= high or len(text) > 4:
            raise self._error(part, part)
        return int(text)

    def _error(self, message, part, words=None):
        return ValidationError(self.error_messages[message], code=part, params=words)


def _month_name(month):
    from django.utils.dates import MONTHS

    return MONTHS[month]


# Choices that explain themselves -----------------------------------------------


class Explained:
    """A small text and icon beside a choice: `Radios(small={"surgery": _("An operation of any kind")})`."""

    cards = False

    def __init__(self, attrs=None, choices=(), *, small=None, icons=None):
        super().__init__(attrs, choices)
        self.small = small or {}
        self.icons = icons or {}

    def __deepcopy__(self, memo):
        copied = super().__deepcopy__(memo)
        copied.small, copied.icons = dict(self.small), dict(self.icons)
        return copied

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        key = getattr(value, "value", value)
        option["small"] = self.small.get(key, self.small.get(str(key), ""))
        option["icon"] = self.icons.get(key, self.icons.get(str(key), ""))
        return option


class Radios(Explained, forms.RadioSelect):
    """One of several, each a large target."""


class Boxes(Explained, forms.CheckboxSelectMultiple):
    """Any of several, each a large target."""


class CardChoices(Radios):
    """One of a few, as cards with icons: `CardChoices(icons={"cancer": "microscope"}, small={…})`."""

    cards = True


# Text --------------------------------------------------------------------------


class CharactersLeft(forms.Textarea):
    """A text whose limit is counted, not cut: what was pasted stays whole, the form says what is too much."""

    def __init__(self, attrs=None, rows=4):
        super().__init__({"rows": rows, **(attrs or {})})
        self.attrs.pop("cols", None)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        limit = context["widget"]["attrs"].pop("maxlength", None)
        if limit:
            context["widget"]["attrs"]["data-limit"] = limit
        return context


class PhoneInput(forms.TextInput):
    input_type = "tel"

    def __init__(self, attrs=None):
        super().__init__({"autocomplete": "tel", **(attrs or {})})


class CodeInput(forms.TextInput):
    """A code from a mail: six digits, pasted or typed."""

    def __init__(self, attrs=None, digits=6):
        super().__init__(
            {"class": "so-code", "inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": digits}
            | (attrs or {})
        )


# Time zones --------------------------------------------------------------------


@lru_cache(maxsize=1)
def zones():
    """(name, words) by continent, as a select shows them."""
    groups = {}
    for name in sorted(zoneinfo.available_timezones()):
        continent, slash, city = name.partition("/")
        if slash and continent in CONTINENTS:
            groups.setdefault(continent, []).append((name, city.replace("_", " ").replace("/", ", ")))
    return [("UTC", "UTC"), *groups.items()]


CONTINENTS = {
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
}


class ZoneField(forms.ChoiceField):
    """A time zone by its IANA name."""

    def __init__(self, **kwargs):
        super().__init__(choices=zones, **kwargs)
