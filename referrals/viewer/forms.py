"""The shape of what a reader sends."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from referrals.viewer import queries
from referrals.viewer.search import LONGEST_QUERY
from referrals.widgets import DayMonthYearField

OLDEST = 120  # years


class SearchForm(forms.Form):
    """Never refused: what is too long is cut."""

    q = forms.CharField(required=False, strip=True)

    def clean_q(self):
        return self.cleaned_data["q"].replace("\x00", "")[:LONGEST_QUERY]


class Percent(forms.FloatField):
    """Of the page's width or height; kept in thousandths."""

    def __init__(self, label, lowest=0):
        box = forms.NumberInput({"step": "0.1", "inputmode": "decimal", "min": lowest, "max": 100})
        super().__init__(label=label, min_value=lowest, max_value=100, widget=box)
        self.error_messages |= {
            name: _("Enter a number from 0 to 100")
            for name in ("required", "invalid", "min_value", "max_value")
        }

    def clean(self, value):
        return round(super().clean(value) * 10)


class PinForm(forms.Form):
    """A region of a page (or of a frame of a study's file), and a word on it."""

    page = forms.IntegerField(min_value=1, max_value=999_999, required=False, widget=forms.HiddenInput)
    instance = forms.UUIDField(required=False, widget=forms.HiddenInput)
    frame = forms.IntegerField(min_value=1, max_value=999_999, required=False, widget=forms.HiddenInput)
    x = Percent(_("From the left, %"))
    y = Percent(_("From the top, %"))
    width = Percent(_("Width, %"), lowest=0.1)
    height = Percent(_("Height, %"), lowest=0.1)
    note = forms.CharField(
        label=_("Note, for you"), required=False, max_length=300, widget=forms.TextInput({"dir": "auto"}),
        error_messages={"max_length": _("Make this shorter: at most %(limit_value)d characters")},
    )  # fmt: skip

    def __init__(self, *args, record, **kwargs):
        self.record = record
        super().__init__(*args, **kwargs)

    def clean(self):
        data = self.cleaned_data
        is_on_page, is_on_frame = bool(data.get("page")), bool(data.get("instance") and data.get("frame"))
        if is_on_page == is_on_frame:
            raise ValidationError(_("Say which page this is on"))
        if is_on_page:
            data["instance"] = None  # without a frame it is no place
        else:
            data["instance"] = queries.image_of(self.record, data["instance"])
            if data["instance"] is None:
                raise ValidationError(_("There is no such image"))
        if {"x", "width"} <= set(data) and data["x"] + data["width"] > 1000:
            data["width"] = 1000 - data["x"] or 1
            data["x"] = min(data["x"], 999)
        if {"y", "height"} <= set(data) and data["y"] + data["height"] > 1000:
            data["height"] = 1000 - data["y"] or 1
            data["y"] = min(data["y"], 999)
        return data

    @property
    def what(self):
        """As `actions.pin` takes it."""
        data = self.cleaned_data
        region = [data["x"], data["y"], data["width"], data["height"]]
        if data.get("instance"):
            return {
                "region": region,
                "note": data["note"],
                "instance": data["instance"],
                "frame": data["frame"],
            }
        return {"region": region, "note": data["note"], "page": data["page"]}


class DateForm(forms.Form):
    """The day a record speaks of; all three boxes empty: it names none."""

    dated_on = DayMonthYearField(
        label=_("Which day is this record from?"), required=False,
        help_text=_("For example, 6 11 2026. Leave it empty where the record names no day."),
    )  # fmt: skip

    def __init__(self, *args, today, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["dated_on"].hide_optional = True

    def clean_dated_on(self):
        day = self.cleaned_data["dated_on"]
        if day and day > self.today:
            raise ValidationError(_("This day is still to come. Enter a day up to today"), code="year")
        if day and self.today.year - day.year > OLDEST:
            raise ValidationError(_("This is more than 120 years ago. Check the year"), code="year")
        return day


class TurnForm(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=999_999)
    turns = forms.IntegerField(min_value=0, max_value=3)
