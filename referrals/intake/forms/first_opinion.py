"""What the first doctor said, as data; what is asked besides depends on what happened."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.intake import wording
from referrals.intake.forms import days
from referrals.intake.forms.base import StepForm
from referrals.models import AvoidedName
from referrals.vocabulary import Situation
from referrals.widgets import CharactersLeft, DayMonthYearField, Radios

LONG, MOST_NAMES = 4000, 20
# Asked in these situations only; everything else always.
ONLY_FOR = {
    "wish": {Situation.CANCER},
    "symptoms_since": set(wording.SINCE),
    "tried": set(wording.TRIED),
    "was_normal": {Situation.UNCLEAR},
    "trust_reason": {Situation.TRUST},
    "avoid": {Situation.TRUST},
}


def long_text(label, help_text="", limit=LONG, rows=4):
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=limit,
        widget=CharactersLeft({"dir": "auto"}, rows=rows),
        error_messages={"max_length": _("Shorten this to %(limit_value)d characters (it has %(show_value)d)")},
    )  # fmt: skip


def short_text(label, help_text="", **attrs):
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=200,
        widget=forms.TextInput({"dir": "auto", **attrs}),
    )  # fmt: skip


class FirstOpinionForm(StepForm):
    case_fields = (
        "wish",
        "story",
        "symptoms_since",
        "tried",
        "was_normal",
        "trust_reason",
        "may_contact_first_doctor",
    )
    opinion_fields = ("doctor_name", "practice", "given_on", "diagnosis", "no_diagnosis", "advice", "plan")

    story = long_text(wording.STORY_PLAIN)
    symptoms_since = short_text(_("Since when?"), _("A month and a year are enough."))
    diagnosis = long_text(_("What did they say you have?"), limit=2000, rows=2)
    no_diagnosis = forms.BooleanField(label=_("Nobody knows yet"), required=False)
    wish = forms.ChoiceField(
        label=_("What should be checked?"),
        choices=[(wish.value, label) for wish, label in wording.WISH_LABELS.items()],
        widget=Radios(small=wording.small(wording.WISH_SMALL)),
        error_messages={"required": _("Choose what should be checked")},
    )
    advice = forms.ChoiceField(
        label=_("What do they want to do?"),
        widget=Radios(small=wording.small(wording.ADVICE_SMALL)),
        error_messages={"required": _("Choose what your doctor advised")},
    )
    plan = long_text(_("What exactly do they plan?"), limit=2000, rows=3)
    tried = long_text(_("What was tried?"))
    was_normal = long_text(_("Which tests were normal?"), _("They show what has been looked at."), rows=3)
    doctor_name = short_text(
        _("Who said it?"), _("The doctor’s name. It keeps your second reader independent.")
    )
    practice = short_text(_("Practice or hospital"))
    given_on = DayMonthYearField(label=_("When?"), help_text=_("For example, 14 11 2026"), required=False)
    may_contact_first_doctor = forms.BooleanField(
        label=_("You may contact this doctor about my case"),
        help_text=_("We don’t, unless you tick this."),
        required=False,
    )
    trust_reason = long_text(
        _("Why don’t you feel sure?"),
        _(
            "Private. Only the clinic’s staff read it, never the specialist. It is in no file and in no opinion."
        ),
    )
    avoid = long_text(
        _("Whom should we not send it to?"), _("Doctors or hospitals, one on each line."), limit=2000, rows=3
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        situation = self.case.situation
        for name, situations in ONLY_FOR.items():
            if situation not in situations:
                del self.fields[name]
        self.fields["advice"].choices = wording.advice_choices(situation)
        self._say("story", wording.STORY, situation)
        self._say("symptoms_since", wording.SINCE, situation)
        self._say("tried", wording.TRIED, situation)
        self.fields["diagnosis"].help_text = wording.DIAGNOSIS_HELP.get(
            situation, wording.DIAGNOSIS_HELP_PLAIN
        )
        self.fields["diagnosis"].hide_optional = True
        if self.case.is_child:
            self.fields["diagnosis"].label = wording.DIAGNOSIS_OF_A_CHILD

    def _say(self, name, labels, situation):
        if name in self.fields and situation in labels:
            self.fields[name].label = labels[situation]

    def initial_of(self):
        names = "\n".join(self.case.avoided_names.values_list("name", flat=True))
        return super().initial_of() | {"avoid": names}

    def clean_given_on(self):
        return days.until_today(self.cleaned_data["given_on"], self.today, years_back=50)

    def clean_avoid(self):
        names = dict.fromkeys(
            line.strip() for line in self.cleaned_data["avoid"].splitlines() if line.strip()
        )
        if len(names) > MOST_NAMES:
            raise forms.ValidationError(_("Name at most 20"))
        if any(len(name) > 200 for name in names):
            raise forms.ValidationError(_("Use at most 200 characters for one name, and one line for each"))
        return list(names)

    def clean(self):
        cleaned = super().clean()
        if "diagnosis" in cleaned and not cleaned["diagnosis"] and not cleaned.get("no_diagnosis"):
            self.add_error("diagnosis", _("Say what they found, or tick “Nobody knows yet”"))
        return cleaned

    def keep(self, now):
        changed = super().keep(now)
        if "avoid" in self.cleaned_data:
            before = list(self.case.avoided_names.values_list("name", flat=True))
            if before != self.cleaned_data["avoid"]:
                self.case.avoided_names.all().delete()
                AvoidedName.objects.bulk_create(
                    [AvoidedName(case=self.case, name=name) for name in self.cleaned_data["avoid"]]
                )
                changed.append("avoid")
        return changed
