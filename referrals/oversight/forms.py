"""The shape of what the lead and the invited type."""

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from referrals.models import Invitation, SpecialistProfile, Specialty
from referrals.vocabulary import Role
from referrals.widgets import CharactersLeft, Radios

LONGEST_ADDRESS = Invitation._meta.get_field("email").max_length


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=LONGEST_ADDRESS,
        error_messages={
            "required": _("Enter the e-mail address"),
            "invalid": _("Enter a whole e-mail address, like name@example.org"),
        },
    )
    name = forms.CharField(label=_("Name"), max_length=200, error_messages={"required": _("Enter the name")})
    role = forms.ChoiceField(
        label=_("What they do here"),
        choices=Role.choices,
        error_messages={"required": _("Choose what they do here")},
        widget=Radios(
            small={
                Role.COORDINATOR: _("Checks requests, asks for what is missing, offers cases"),
                Role.TRIAGE_CLINICIAN: _("Also decides: urgency, accept, decline, reassign"),
                Role.SPECIALIST: _("Reads the cases they accept and signs opinions"),
                Role.QUALITY_READER: _("Sees how many opinions there are and how long they took"),
                Role.LEAD: _("Does what triage does, and decides who works here"),
            }
        ),
    )
    specialty = forms.ModelChoiceField(
        Specialty.objects.none(),
        label=_("Specialty"),
        required=False,
        help_text=_("For specialists only."),
        empty_label=_("None"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["specialty"].queryset = Specialty.objects.all()
        self.fields["specialty"].hide_optional = True

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role") == Role.SPECIALIST and not cleaned.get("specialty"):
            self.add_error("specialty", _("Choose the specialty of this specialist"))
        return cleaned


class JoinForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=200, error_messages={"required": _("Enter your name")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 8 characters. Three or four words are easy to remember and hard to guess."),
        error_messages={"required": _("Choose a password")},
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args, person=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self):
        password_validation.validate_password(self.cleaned_data["password"], self.person)
        return self.cleaned_data["password"]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = SpecialistProfile
        fields = (
            "title", "specialty", "focus", "training", "licence",
            "practice", "past_practices", "most_cases", "taking_cases",
        )  # fmt: skip
        labels = {"most_cases": _("Most open cases at a time"), "taking_cases": _("Takes new cases")}
        help_texts = {
            "focus": _("Patients and triage read this. For example: spine surgery, slipped discs."),
            "practice": _("A case whose first doctor works here is not offered to this specialist."),
            "past_practices": _("One a line. They count for independence too."),
        }
        widgets = {"training": CharactersLeft(), "past_practices": CharactersLeft(rows=3)}
