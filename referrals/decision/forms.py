"""The patient's choice: five ways, none chosen before."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Choice
from referrals.widgets import CharactersLeft, Radios

SMALL = {
    Choice.STAY: _("Your plan and your dates stay as they are"),
    Choice.SWITCH: _("You take this opinion to a doctor who can treat you"),
    Choice.TALK: _("We set up a call, with your consent"),
    Choice.ONE_MORE: _("We carry your records over"),
    Choice.NEED_TIME: _("That is a full answer. Come back any time"),
}


class DecisionForm(forms.Form):
    choice = forms.ChoiceField(
        label=_("What would you like to do?"),
        help_text=_("There is no wrong answer, and you can change it."),
        choices=[(choice.value, choice.for_patient) for choice in Choice],
        widget=Radios(small={choice.value: words for choice, words in SMALL.items()}),
        error_messages={
            "required": _("Choose one of the five, or “I need time”"),
            "invalid_choice": _("Choose one of the five, or “I need time”"),
        },
    )
    note = forms.CharField(
        label=_("Anything you want us to know"),
        required=False,
        max_length=1000,
        widget=CharactersLeft(rows=3),
        error_messages={"max_length": _("Shorten it to 1,000 characters")},
    )

    def __init__(self, *args, doctor, **kwargs):
        super().__init__(*args, **kwargs)
        words = {Choice.SWITCH: _("Follow %(doctor)s’s advice") % {"doctor": doctor}}
        self.fields["choice"].choices = [
            (choice.value, words.get(choice, choice.for_patient)) for choice in Choice
        ]
