"""Controls of the public forms. `referrals` has its own: the two houses share none."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from content.answers import SITUATION_NOTES


class DateParts(forms.MultiWidget):
    """Three boxes, posted as `name_day`, `name_month` and `name_year`."""

    use_fieldset = True

    def __init__(self, attrs=None):
        parts = {name: forms.TextInput({"inputmode": "numeric"}) for name in ("day", "month", "year")}
        super().__init__(parts, attrs)

    def decompress(self, value):
        return [value.day, value.month, value.year] if value else [None, None, None]


class DatePartsField(forms.MultiValueField):
    widget = DateParts
    default_error_messages = {
        "incomplete": _("Enter a day, a month and a year"),
        "invalid": _("Enter a real date, for example 14 12 2026"),
    }

    def __init__(self, **more):
        number = {"invalid": self.default_error_messages["invalid"]}
        fields = [forms.IntegerField(error_messages=number) for _part in range(3)]
        super().__init__(fields, require_all_fields=False, **more)

    def compress(self, parts):
        try:
            return date(parts[2], parts[1], parts[0]) if parts else None
        except (ValueError, OverflowError) as wrong:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from wrong


class SituationCards(forms.RadioSelect):
    """The situations as cards: an icon, a title, a sentence."""

    cards = True

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        option["icon"], option["small"] = SITUATION_NOTES.get(value, ("", ""))
        return option
