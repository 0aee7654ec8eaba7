"""The shape of what a specialist answers and asks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import AskedOf, OfferDeclineReason, ReassignReason
from referrals.widgets import Radios

MOST_ITEMS = 5


class TakeForm(forms.Form):
    """Yes to an offer; a tie must be denied first."""

    no_tie = forms.BooleanField(
        label=_("I have no tie to the patient, their doctors or their hospital"),
        error_messages={"required": _("Say that you have no tie, or decline")},
    )


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why not?"), choices=OfferDeclineReason.choices, widget=Radios,
        help_text=_("Staff read this. The patient is told only that we ask someone else."),
        error_messages={"required": _("Choose why not")},
    )  # fmt: skip
    who = forms.CharField(
        label=_("Who would be better?"), required=False, max_length=200,
        error_messages={"max_length": _("Make this shorter: at most %(limit_value)d characters")},
    )  # fmt: skip


class AskForm(forms.Form):
    """Up to five exact things, of the patient or of the care team."""

    asked_of = forms.ChoiceField(
        label=_("Who can answer?"), choices=AskedOf.choices, widget=Radios,
        error_messages={"required": _("Choose who can answer")},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_ITEMS + 1):
            self.fields[f"item_{number}"] = forms.CharField(
                label=_("What do you need?") if number == 1 else _("And what else?"),
                required=number == 1, max_length=500,
                help_text=_("One thing a line: a record, or a question in plain words.") if number == 1 else "",
                error_messages={
                    "required": _("Write what you need"),
                    "max_length": _("Make this shorter: at most %(limit_value)d characters"),
                },
            )  # fmt: skip

    @property
    def items(self):
        texts = [self.cleaned_data[f"item_{number}"] for number in range(1, MOST_ITEMS + 1)]
        return [text for text in texts if text]


class GiveBackForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why?"), widget=Radios, error_messages={"required": _("Choose why")},
        choices=[
            (ReassignReason.GIVEN_BACK.value, _("I can’t write it after all")),
            (ReassignReason.ABSENT.value, _("I’m away")),
            (ReassignReason.CONFLICT.value, _("A tie came to light")),
            (ReassignReason.OTHER.value, _("Another reason")),
        ],
    )  # fmt: skip
    note = forms.CharField(
        label=_("What should the next reader know?"), required=False, max_length=1000,
        widget=forms.Textarea({"rows": 3}), help_text=_("Staff read this."),
        error_messages={"max_length": _("Make this shorter: at most %(limit_value)d characters")},
    )  # fmt: skip


class LimitForm(forms.Form):
    """How many cases a specialist wants open at once, and whether any new ones."""

    taking_cases = forms.BooleanField(label=_("I take new cases"), required=False)
    most_cases = forms.IntegerField(
        label=_("Most cases open at once"), min_value=1, max_value=50,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={
            "required": _("Enter a number, for example 5"), "invalid": _("Enter a number, for example 5"),
            "min_value": _("Enter 1 or more, or say that you take no new cases"),
            "max_value": _("Enter 50 or fewer"),
        },
    )  # fmt: skip
