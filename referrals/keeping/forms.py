"""The shape of what comes in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.keeping.actions import BY_HAND
from referrals.vocabulary import EraseReason
from referrals.widgets import Radios


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=_("Why must everything be kept?"), max_length=300,
        help_text=_("Such as a letter from a court or a lawyer, with its date."),
        widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": _("Say why everything must be kept")},
    )  # fmt: skip


class LiftForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it over?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the hold is over")},
    )  # fmt: skip


class EraseForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is it deleted?"), widget=Radios(),
        choices=[(each, EraseReason(each).label) for each in BY_HAND],
        error_messages={"required": _("Choose why it is deleted")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("What the certificate should say"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
