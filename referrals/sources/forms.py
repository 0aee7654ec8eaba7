"""What patients and staff type about sources. The shape of the input only."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from referrals.sources.signing import DAYS_AFTER_DELIVERY, Ends
from referrals.vocabulary import (
    ContactKind,
    RecordType,
    Sensitivity,
    SourceKind,
    SourceRoute,
    SpecimenKind,
)
from referrals.widgets import Boxes, CharactersLeft, DayMonthYearField, PhoneInput, Radios

MOST_YEARS = 3  # a form that holds longer is nobody's wish


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


class ConsentForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("What shall we do?"), widget=Radios,
        choices=[("yes", _("Begin without them")), ("no", _("Wait for them"))],
        error_messages={"required": _("Choose one")},
    )  # fmt: skip
