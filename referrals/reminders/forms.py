"""What may be sent about reminders."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.reminders.actions import SNOOZES
from referrals.widgets import Radios

STOP, START = "stop", "start"
DAYS = [(1, _("Tomorrow")), (3, _("In 3 days")), (7, _("In 7 days"))]


class LaterForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("When should we remind you again?"),
        choices=DAYS,
        coerce=int,
        initial=SNOOZES[0],
        widget=Radios,
        error_messages={"required": _("Choose when"), "invalid_choice": _("Choose when")},
    )


class ChangeForm(forms.Form):
    """One button of the page: stop, start, or a number of days."""

    act = forms.ChoiceField(choices=[(STOP, STOP), (START, START), *((str(n), n) for n in SNOOZES)])
