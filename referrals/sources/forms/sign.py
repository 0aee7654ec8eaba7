"""What the patient signs: until when, and the name under it."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from referrals.sources.signing import DAYS_AFTER_DELIVERY, Ends
from referrals.widgets import DayMonthYearField, Radios

MOST_YEARS = 3  # a form that holds longer is nobody's wish


class SignForm(forms.Form):
    """How long a form is to hold is part of what is signed; `seen` is the sum of the text that was on the screen."""

    ends = forms.ChoiceField(
        label=_("How long shall it hold?"), widget=Radios, initial="event",
        error_messages={"required": _("Choose how long it holds")},
        choices=[
            ("event", _("Until 90 days after I get my second opinion")),
            ("day", _("Until a day that I choose")),
        ],
    )  # fmt: skip
    on = DayMonthYearField(label=_("The day"), help_text=_("For example, 14 12 2027"), required=False)
    agree = forms.BooleanField(
        label=_("I have read this and I agree"), error_messages={"required": _("Tick the box to agree")}
    )
    name = forms.CharField(
        label=_("Type your full name to sign"), max_length=200, widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Type your name to sign")},
    )  # fmt: skip
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data=None, *, person, today):
        super().__init__(data)
        self.person, self.today = person, today

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        known = " ".join(self.person.name.split())
        if known and name.casefold() != known.casefold():
            raise ValidationError(
                say("Type your name as it stands in your details: %(name)s") % {"name": known}
            )
        return name

    def clean(self):
        given = super().clean()
        if given.get("ends") == "day" and "on" not in self.errors:
            on = given.get("on")
            if on is None:
                self.add_error("on", say("Enter the day"))
            elif on <= self.today:
                self.add_error("on", say("Choose a day that is still to come"))
            elif on > self.today + dt.timedelta(days=366 * MOST_YEARS):
                self.add_error("on", say("Choose a day within three years"))
        return given

    @property
    def chosen(self):
        given = self.cleaned_data if self.is_bound and not self.errors.keys() & {"ends", "on"} else {}
        if given.get("ends") == "day":
            return Ends(on=given["on"], days=None)
        return Ends(days=DAYS_AFTER_DELIVERY)

    def about(self, seen):
        """To sign the text that is on the screen now: what was typed stays, a yes to another text does not."""
        if not self.is_bound:
            self.initial["seen"] = seen
        elif self.data.get("seen") != seen:
            self.data = self.data.copy()
            self.data["seen"] = seen
            self.data.pop("agree", None)
        return self

    def only_ends(self):
        """Nobody signs yet: only how long it holds is looked at."""
        for name in self.errors.keys() - {"ends", "on"}:
            del self.errors[name]
        return self
