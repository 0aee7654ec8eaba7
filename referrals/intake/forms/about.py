"""What happened, and who it is about."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from referrals.intake import wording
from referrals.intake.forms import days
from referrals.intake.forms.base import StepForm
from referrals.rules import checklists
from referrals.vocabulary import Authority, Sex, Situation, Subject
from referrals.widgets import CardChoices, DayMonthYearField, PhoneInput, Radios, ZoneField

OF_AGE = 18
PHONE = re.compile(r"[\d\s()+./#x-]{5,40}", re.IGNORECASE)


def situation_field():
    return forms.ChoiceField(
        label=_("What happened?"),
        help_text=_(
            "Pick what fits best. It decides what we ask next, and which records help most. You can change it later."
        ),
        choices=wording.of_enum(Situation),
        widget=CardChoices(
            icons={code.value: icon for code, (icon, _small) in wording.CARDS.items()},
            small={code.value: text for code, (_icon, text) in wording.CARDS.items()},
        ),
        error_messages={
            "required": _("Choose what happened, or “None of these fits”"),
            "invalid_choice": _("Choose one of the six"),
        },
    )


class SituationForm(forms.Form):
    """The first question, before there is a draft or an account."""

    situation = situation_field()


class WhatHappenedForm(StepForm):
    case_fields = ("situation",)
    situation = situation_field()

    def keep(self, now):
        changed = super().keep(now)
        if changed:
            if self.case.situation == Situation.CHILD and self.case.subject != Subject.CHILD:
                self.case.subject = Subject.CHILD
                self.case.save(update_fields=["subject"])
            checklists.lay_out(self.case)
        return changed


class AboutForm(StepForm):
    case_fields = ("subject", "authority", "subject_name", "subject_born_on", "subject_sex", "located_in")
    person_fields = ("phone", "zone")

    subject = forms.ChoiceField(
        label=_("Who is it about?"),
        choices=wording.of_enum(Subject),
        widget=Radios,
        error_messages={"required": _("Choose who it is about")},
    )
    authority = forms.ChoiceField(
        label=_("Why may you ask for this child?"),
        help_text=_("If two people share the right to decide, both should know that you ask."),
        choices=Authority.choices,
        required=False,
        widget=Radios,
    )
    subject_name = forms.CharField(
        label=_("Full name"),
        help_text=_("Of the person it is about, as it is on the records."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": _("Enter the name of the person this is about")},
    )
    subject_born_on = DayMonthYearField(
        label=_("Date of birth"),
        help_text=_("For example, 3 3 1968"),
        error_messages={"required": _("Enter the date of birth, for example 3 3 1968")},
    )
    subject_sex = forms.ChoiceField(
        label=_("Sex"),
        help_text=_("Some results are read by it."),
        choices=Sex.choices,
        required=False,
        widget=Radios,
    )
    located_in = forms.CharField(
        label=_("Where are you now?"),
        help_text=_("State and country, for example Illinois, US. It decides which doctors may answer you."),
        max_length=120,
        widget=forms.TextInput({"dir": "auto"}),
        error_messages={"required": _("Enter where you are, for example Illinois, US")},
    )
    phone = forms.CharField(
        label=_("Phone number"),
        help_text=_("Only if we can’t reach you by e-mail."),
        max_length=40,
        required=False,
        widget=PhoneInput,
    )
    zone = ZoneField(
        label=_("Your time zone"),
        help_text=_("So that dates are right and we don’t write to you at night."),
        required=False,
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        # "optional" would be wrong for a child, and is clear from the place of the question else
        self.fields["authority"].hide_optional = True

    def initial_of(self):
        person = self.case.patient
        values = super().initial_of()
        if not values["subject_name"] and self.case.subject == Subject.SELF:
            values["subject_name"] = person.name
        return values | {"phone": person.phone, "zone": person.zone or self.case.clinic.zone}

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone and not PHONE.fullmatch(phone):
            raise ValidationError(_("Enter a phone number with digits, for example 555 014 0133"))
        return phone

    def clean_subject_born_on(self):
        return days.until_today(self.cleaned_data["subject_born_on"], self.today, years_back=120)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("subject") != Subject.CHILD:
            return cleaned
        if not cleaned.get("authority") and "authority" not in self.errors:
            self.add_error("authority", _("Say why you may ask for this child"))
        born = cleaned.get("subject_born_on")
        if born and days.years_between(born, self.today) >= OF_AGE:
            words = _("Whoever is 18 or older asks for themselves. Check the year, or call us")
            self.add_error("subject_born_on", ValidationError(words, code="year"))
        return cleaned

    def keep(self, now):
        changed = super().keep(now)
        person, mine = self.case.patient, list(self.person_fields)
        if self.cleaned_data.get("subject") == Subject.SELF and not person.name:
            person.name = self.cleaned_data.get("subject_name", "")
            mine.append("name")
        wrote = self._write(person, self.person_fields)
        if "name" in mine and person.name:
            person.save(update_fields=["name"])
        return changed + wrote
