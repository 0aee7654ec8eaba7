"""What happened with a source: a day, a reason, a call, and what the patient answers."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import ContactKind
from referrals.widgets import Boxes, CharactersLeft, DayMonthYearField, Radios


class DayForm(forms.Form):
    """On which day something happened: today, or before."""

    on = DayMonthYearField(label=_("On which day?"), help_text=_("For example, 14 12 2026"))

    def __init__(self, data=None, *, today, earliest=None, label=""):
        super().__init__(data, initial={"on": today})
        self.today, self.earliest = today, earliest or today - dt.timedelta(days=366)
        if label:
            self.fields["on"].label = label

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(say("This day is still to come"), code="year")
        if on < self.earliest:
            raise ValidationError(say("This day is too long ago. Check the year"), code="year")
        return on


class ExtendForm(DayForm):
    days = forms.IntegerField(
        label=_("How many days longer?"), min_value=1, max_value=30, help_text=_("The law allows up to 30 days, once."),
        error_messages={
            "required": _("Enter how many days"), "invalid": _("Enter the days as a number"),
            "min_value": _("Enter 1 day or more"), "max_value": _("Enter 30 days or fewer: the law allows no more"),
        },
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Which reason did they write?"), max_length=300, widget=CharactersLeft(rows=2),
        error_messages={"required": _("Enter the reason from their letter")},
    )  # fmt: skip
    field_order = ["days", "reason", "on"]


class CameForm(forms.Form):
    records = forms.MultipleChoiceField(
        label=_("Which files came from there?"), required=False, widget=Boxes,
        help_text=_("Leave this open if none of the files here is theirs."),
    )  # fmt: skip

    def __init__(self, data=None, *, records, source):
        here = [str(record.key) for record in records if record.source_id == source.pk]
        super().__init__(data, initial={"records": here})
        self.fields["records"].choices = [
            (str(record.key), f"\u2068{record.name}\u2069") for record in records
        ]
        self.rows = {str(record.key): record for record in records}

    @property
    def chosen(self):
        return [self.rows[key] for key in self.cleaned_data["records"]]


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=CharactersLeft(rows=3),
        error_messages={"required": _("Say in a sentence why")},
    )


class ContactForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What happened?"), widget=Radios, error_messages={"required": _("Choose what happened")}
    )
    text = forms.CharField(
        label=_("Who said what?"), max_length=2000, required=False, widget=CharactersLeft(rows=3)
    )

    def __init__(self, data=None, *, for_patient):
        super().__init__(data)
        self.fields["kind"].choices = [
            (e.value, e.for_patient if for_patient else e.label) for e in ContactKind
        ]

    def clean(self):
        given = super().clean()
        if given.get("kind") and given["kind"] != ContactKind.NO_REPLY and not given.get("text", "").strip():
            self.add_error("text", say("Write down in a sentence what was said"))
        return given


class ConsentForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("What shall we do?"), widget=Radios,
        choices=[("yes", _("Begin without them")), ("no", _("Wait for them"))],
        error_messages={"required": _("Choose one")},
    )  # fmt: skip
