"""What patients and staff type about sources. The shape of the input only."""

from referrals.sources.forms.place import RouteForm, SourceForm
from referrals.sources.forms.sign import SignForm
from referrals.sources.forms.specimens import MoveForm, SpecimenForm
from referrals.sources.forms.steps import CameForm, ConsentForm, ContactForm, DayForm, ExtendForm, WhyForm

__all__ = [
    "CameForm",
    "ConsentForm",
    "ContactForm",
    "DayForm",
    "ExtendForm",
    "MoveForm",
    "RouteForm",
    "SignForm",
    "SourceForm",
    "SpecimenForm",
    "WhyForm",
]
