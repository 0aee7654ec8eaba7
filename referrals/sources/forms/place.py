"""Who holds records, and how they are asked for."""

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import RecordType, Sensitivity, SourceKind, SourceRoute
from referrals.widgets import Boxes, CharactersLeft, PhoneInput, Radios


class SourceForm(forms.Form):
    MORE = ("about_when", "phone", "fax", "address", "fee", "note")  # asked for second: they only help

    name = forms.CharField(
        label=_("Who holds the records?"), max_length=200,
        help_text=_("The name of the hospital, office or lab, as it stands on its letters."),
        error_messages={"required": _("Enter the name of the place")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=SourceKind.choices, widget=Radios,
        error_messages={"required": _("Choose what kind of place it is")},
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        label=_("What do they hold?"), choices=RecordType.choices, widget=Boxes,
        error_messages={"required": _("Choose at least one kind of record")},
    )  # fmt: skip
    about_when = forms.CharField(
        label=_("From about when?"), max_length=120, required=False, help_text=_("For example: spring 2026")
    )
    phone = forms.CharField(
        label=_("Their phone"), max_length=40, required=False, widget=PhoneInput({"autocomplete": "off"})
    )
    fax = forms.CharField(
        label=_("Their fax"), max_length=40, required=False, widget=PhoneInput({"autocomplete": "off"})
    )
    address = forms.CharField(
        label=_("Their address"), max_length=500, required=False, widget=CharactersLeft(rows=3)
    )
    sensitivity = forms.ChoiceField(
        label=_("Is it about something that the law guards more closely?"), required=False, widget=Radios,
        choices=Sensitivity.choices,
        help_text=_("We then name it on the form, and print the notice that the law asks for."),
    )  # fmt: skip
    fee = forms.DecimalField(
        label=_("What do they charge for the copies, in dollars?"), required=False, min_value=0, max_value=99999,
        decimal_places=2, help_text=_("A fee may cover only the cost of making the copy."),
        error_messages={
            "invalid": _("Enter the price as a number, for example 6.50"), "min_value": _("Enter 0 or more"),
            "max_decimal_places": _("Enter the price as a number, for example 6.50"),
        },
    )  # fmt: skip
    note = forms.CharField(
        label=_("Anything else that helps to find them"),
        max_length=2000,
        required=False,
        widget=CharactersLeft(rows=3),
    )

    def __init__(self, data=None, *, for_patient, initial=None):
        super().__init__(data, initial=initial)
        for name, words in (("types", RecordType), ("sensitivity", Sensitivity)):
            self.fields[name].choices = [
                (each.value, each.for_patient if for_patient else each.label) for each in words
            ]

    @property
    def more(self):
        return [self[name] for name in self.MORE]

    @property
    def says_more(self):
        return any(field.value() or field.errors for field in self.more)

    def clean_address(self):
        return self.cleaned_data["address"].replace("\r\n", "\n").strip()


class RouteForm(forms.Form):
    route = forms.ChoiceField(
        label=_("How shall we get them?"), widget=Radios, error_messages={"required": _("Choose one way")}
    )

    def __init__(self, data=None, *, for_patient, initial=None):
        super().__init__(data, initial=initial)
        ways = [
            SourceRoute.AUTHORISATION,
            SourceRoute.OWN_COPY,
            *([] if for_patient else [SourceRoute.TREATMENT]),
        ]
        self.fields["route"].choices = [
            (each.value, each.for_patient if for_patient else each.label) for each in ways
        ]
        self.fields["route"].widget.small = {
            SourceRoute.AUTHORISATION.value: say(
                "A form is signed on the screen. Then we ask, and we chase."
            ),
            SourceRoute.OWN_COPY.value: say("A letter for it is made here. By law they have 30 days."),
            SourceRoute.TREATMENT.value: say(
                "No form is needed where one care provider asks another for treatment."
            ),
        }
