"""The shape of what is asked in public: "Is it time?" and the day sum."""

from django import forms
from django.utils.translation import gettext_lazy as _

from content.answers import (
    NO_SIGN,
    NO_SITUATION,
    Earlier,
    Options,
    Plan,
    Progress,
    Sign,
    Situation,
    Sure,
    Timing,
    YesNo,
)
from content.fields import DatePartsField, SituationCards


def one_of(choices, label, missing, widget=forms.RadioSelect):
    messages = {"required": missing, "invalid_choice": missing}
    return forms.ChoiceField(label=label, choices=choices, widget=widget, error_messages=messages)


class SelfCheckForm(forms.Form):
    signs = forms.MultipleChoiceField(
        label=_("Is any of this happening now?"),
        help_text=_("To you, or to the person you ask for. Tick all that fit."),
        choices=[*Sign.choices, (NO_SIGN, _("None of these"))],
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ["required", "invalid_choice", "invalid_list"], _("Tick the signs you have, or “None of these”")
        ),
    )
    situation = one_of(
        [*Situation.choices, (NO_SITUATION, _("None of these fits"))],
        _("What happened?"),
        _("Choose what happened, or “None of these fits”"),
        widget=SituationCards,
    )
    plan = one_of(Plan.choices, _("What did the doctor suggest?"), _("Choose what the doctor suggested"))
    timing = one_of(Timing.choices, _("When does treatment start?"), _("Choose when treatment starts"))
    options = one_of(
        Options.choices,
        _("Did someone talk with you about other ways to treat it?"),
        _("Choose if other ways were talked about"),
    )
    doubt = one_of(
        YesNo.choices,
        _("Did a doctor call it rare or complex, or say the results are not certain?"),
        _("Choose if it is rare, complex or not certain"),
    )
    progress = one_of(Progress.choices, _("How is it going?"), _("Choose how it is going"))
    sure = one_of(Sure.choices, _("How sure do you feel about the plan?"), _("Choose how sure you feel"))
    earlier = one_of(
        Earlier.choices,
        _("Have you asked a second doctor about this before?"),
        _("Choose if you have asked a second doctor before"),
    )

    def clean_signs(self):
        signs = self.cleaned_data["signs"]
        if NO_SIGN in signs and len(signs) > 1:
            raise forms.ValidationError(
                _(
                    "You ticked a sign and “None of these”. If you have the sign, get care now. If not, untick it."
                )
            )
        return [sign for sign in signs if sign != NO_SIGN]

    def clean_situation(self):
        situation = self.cleaned_data["situation"]
        return "" if situation == NO_SITUATION else situation


def as_typed(answers):
    """Stored answers, as the form shows them again."""
    return answers | {
        "signs": answers["signs"] or [NO_SIGN],
        "situation": answers["situation"] or NO_SITUATION,
    }


class DaySumForm(forms.Form):
    start = DatePartsField(
        label=_("When should your treatment start?"),
        help_text=_("A guess is fine. For example, 14 12 2026"),
        error_messages={"required": _("Enter when your treatment should start")},
    )

    def __init__(self, *args, today, **more):
        super().__init__(*args, **more)
        self.today = today

    def clean_start(self):
        start = self.cleaned_data["start"]
        if start < self.today:
            raise forms.ValidationError(_("Enter a date from today on"))
        if (start - self.today).days > 730:
            raise forms.ValidationError(_("Enter a date within the next 2 years"))
        return start
