"""Slides and blocks on their way."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from referrals.sources.forms.steps import DayForm
from referrals.vocabulary import SpecimenKind
from referrals.widgets import Radios


class SpecimenForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=SpecimenKind.choices, widget=Radios,
        error_messages={"required": _("Choose what it is")},
    )  # fmt: skip
    label = forms.CharField(
        label=_("How is it marked?"), max_length=200,
        help_text=_("The number on the label, for example S26-1841 A1 to A4"),
        error_messages={"required": _("Enter how it is marked")},
    )  # fmt: skip
    count = forms.IntegerField(
        label=_("How many?"), min_value=1, max_value=500, initial=1,
        error_messages={"required": _("Enter how many"), "invalid": _("Enter a number"),
                        "min_value": _("Enter 1 or more")},
    )  # fmt: skip
    source = forms.ChoiceField(label=_("From whom?"), required=False)

    def __init__(self, data=None, *, sources):
        super().__init__(data)
        self.rows = {str(each.key): each for each in sources}
        self.fields["source"].choices = [
            ("", _("Somebody else")),
            *((key, each.name) for key, each in self.rows.items()),
        ]

    @property
    def chosen(self):
        return self.rows.get(self.cleaned_data["source"])


class MoveForm(DayForm):
    """`last` is the day of the step before."""

    note = forms.CharField(
        label=_("Tracking number, or who had it in hand"), max_length=300, required=False,
        help_text=_("The patient reads this."),
    )  # fmt: skip

    def __init__(self, data=None, *, last=None, **kwargs):
        super().__init__(data, **kwargs)
        self.last = last

    def clean_on(self):
        on = super().clean_on()
        if self.last and on < self.last:
            day = date_format(self.last, "j F Y")
            raise ValidationError(
                say("The step before was on %(day)s. Enter that day or a later one") % {"day": day},
                code="day",
            )
        return on
