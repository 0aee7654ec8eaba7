"""What the care team types. The shape of the input only: what may be done is asked of the rules."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.triage import worklist
from referrals.triage.suggestions import SENTENCES
from referrals.vocabulary import CaseStatus, DeclineReason, ReassignReason, Urgency, VoidReason
from referrals.widgets import CharactersLeft, Radios

MOST_ITEMS = 10
FIRST_ITEMS = 3


class FilterForm(forms.Form):
    """The list's filters. What isn't one of the choices is left out, as if it had not been asked."""

    q = forms.CharField(required=False, max_length=100, strip=True)
    view = forms.ChoiceField(
        required=False, choices=[(code, view.label) for code, view in worklist.VIEWS.items()]
    )
    sort = forms.ChoiceField(
        required=False, choices=[(code, words) for code, (words, *_field) in worklist.SORTS.items()]
    )
    specialty = forms.ChoiceField(required=False)
    stage = forms.ChoiceField(
        required=False, choices=[(s.value, s.label) for s in CaseStatus if s != CaseStatus.DRAFT]
    )
    owner = forms.ChoiceField(required=False)
    after = forms.CharField(required=False, max_length=60)
    before = forms.CharField(required=False, max_length=60)

    def __init__(self, data, *, specialties, owners):
        super().__init__(data)
        self.fields["specialty"].choices = [(each.code, each.name) for each in specialties]
        self.fields["owner"].choices = [
            ("nobody", _("Nobody")),
            *((str(each.key), each.shown_name) for each in owners),
        ]
        self.is_valid()

    @property
    def asked(self):
        found = {name: value for name, value in self.cleaned_data.items() if value and name != "q"}
        return worklist.Asked(words=self.cleaned_data.get("q", ""), **found)


class ClaimForm(forms.Form):
    """Where to go after taking a case from the list: the list as it was."""

    back = forms.CharField(required=False, max_length=500)


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return person.shown_name


class AssignForm(forms.Form):
    to = PersonChoice(
        label=_("To whom?"), queryset=None, to_field_name="key", empty_label=_("Choose a colleague"),
        error_messages={"required": _("Choose a colleague")},
    )  # fmt: skip
    was = forms.CharField(required=False, widget=forms.HiddenInput)  # whom the giver saw as the owner

    def __init__(self, data=None, *, people, owner):
        super().__init__(data, initial={"was": owner.key if owner else ""})
        self.fields["to"].queryset = people.exclude(pk=owner.pk) if owner else people


class LineForm(forms.Form):
    """How one line of the checklist stands, as staff know it."""

    state = forms.ChoiceField(
        label=_("How does it stand?"), widget=Radios, error_messages={"required": _("Choose how it stands")}
    )
    reason = forms.CharField(
        label=_("Why, or from whom?"), max_length=300, widget=CharactersLeft(rows=2),
        error_messages={"required": _("Say in a sentence why, or from whom it comes")},
    )  # fmt: skip

    def __init__(self, data=None, *, states, initial=None):
        super().__init__(data, initial=initial)
        self.fields["state"].choices = states


class GoWithoutForm(forms.Form):
    text = forms.CharField(
        label=_("What should the patient know?"), max_length=1000, widget=CharactersLeft(rows=4),
        help_text=_("They read this. Say what the opinion can’t answer without these records."),
        error_messages={"required": _("Write a sentence or two for the patient")},
    )  # fmt: skip


class PhoneConsentForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("What did the patient say?"), widget=Radios,
        choices=[
            ("yes", _("Begin without them")), ("no", _("Wait for them")),
            ("closed", _("Nothing: we don’t ask any more")),
        ],
        error_messages={"required": _("Choose what they said")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("When did you talk, and what was said?"), max_length=1000, widget=CharactersLeft(rows=3),
        error_messages={"required": _("Write down when you talked and what was said")},
    )  # fmt: skip


class UrgencyForm(forms.Form):
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"), choices=Urgency.choices, widget=Radios,
        error_messages={"required": _("Choose how urgent it is")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why?"), max_length=300, widget=CharactersLeft(rows=3),
        help_text=_("Your colleagues read this beside the urgency."),
        error_messages={"required": _("Say in a sentence why")},
    )  # fmt: skip


class SpecialtyForm(forms.Form):
    specialty = forms.ModelChoiceField(
        label=_("Which field should read it?"), queryset=None, to_field_name="code", required=False,
        empty_label=_("Not known yet"),
    )  # fmt: skip

    def __init__(self, data=None, *, specialties, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["specialty"].queryset = specialties
        self.fields["specialty"].hide_optional = True


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note for the care team"), required=False, max_length=4000, widget=CharactersLeft(rows=8),
        help_text=_("Only the clinic’s staff read this. Never the patient, never the specialist."),
    )  # fmt: skip
    was = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class AskForm(forms.Form):
    """Up to ten things; as many rows as wanted, three at first. Rows left empty are left out."""

    text = forms.CharField(
        label=_("A word before the list"), required=False, max_length=1000, widget=CharactersLeft(rows=3)
    )

    def __init__(self, data=None, *, rows=FIRST_ITEMS, **kwargs):
        super().__init__(data, **kwargs)
        self.rows = min(max(rows, FIRST_ITEMS), MOST_ITEMS)
        for number in range(1, self.rows + 1):
            field = forms.CharField(
                label=_("Thing %(number)d") % {"number": number}, required=False, max_length=500,
                error_messages={"max_length": _("At most 500 characters in thing %(number)d") % {"number": number}},
            )  # fmt: skip
            field.hide_optional = True
            self.fields[f"item_{number}"] = field

    @property
    def things(self):
        return [self[f"item_{number}"] for number in range(1, self.rows + 1)]

    @property
    def items(self):
        return [text for n in range(1, self.rows + 1) if (text := self.cleaned_data.get(f"item_{n}", ""))]

    def clean(self):
        if not self.items and not any(name.startswith("item_") for name in self.errors):
            self.add_error("item_1", _("Write at least one thing that you need"))
        return self.cleaned_data


class AnswerForm(forms.Form):
    """One box an item, and a tick for what can't be had. Boxes left empty stay open."""

    def __init__(self, data=None, *, items):
        super().__init__(data)
        self.items = items
        for item in items:
            self.fields[f"answer_{item.position}"] = forms.CharField(
                label=item.text, required=False, max_length=4000, initial=item.answer,
                widget=CharactersLeft({"dir": "auto"}, rows=3),
            )  # fmt: skip
            self.fields[f"waived_{item.position}"] = forms.BooleanField(
                label=_("Can’t be had, or is not needed"), required=False,
                help_text=_("Write the reason in the box."), initial=item.status == "waived",
            )  # fmt: skip
            for name in ("answer", "waived"):
                self.fields[f"{name}_{item.position}"].hide_optional = True

    @property
    def answers(self):
        pairs = (
            (item, self.cleaned_data[f"answer_{item.position}"], self.cleaned_data[f"waived_{item.position}"])
            for item in self.items
        )
        return {item: (text, is_waived) for item, text, is_waived in pairs if text}

    def clean(self):
        for item in self.items:
            text, waived = f"answer_{item.position}", f"waived_{item.position}"
            if self.cleaned_data.get(waived) and not self.cleaned_data.get(text):
                self.add_error(
                    text, _("Say why “%(item)s” can’t be had or isn’t needed") % {"item": item.text}
                )
        if not self.errors and not self.answers:
            self.add_error(f"answer_{self.items[0].position}", _("Write at least one answer"))
        return self.cleaned_data


class WhyForm(forms.Form):
    """One sentence."""

    why = forms.CharField(
        label=_("Why?"), max_length=300, widget=CharactersLeft(rows=3),
        error_messages={"required": _("Say in a sentence why")},
    )  # fmt: skip

    def __init__(self, data=None, *, label=None, help_text="", **kwargs):
        super().__init__(data, **kwargs)
        self.fields["why"].label = label or self.fields["why"].label
        self.fields["why"].help_text = help_text


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why can’t we take it?"), choices=DeclineReason.choices, widget=Radios(small=SENTENCES),
        error_messages={"required": _("Choose a reason")},
    )  # fmt: skip
    sentence = forms.CharField(
        label=_("The patient will read this"), max_length=1000, widget=CharactersLeft(rows=5),
        help_text=_("Say what speaks against it, and what they can do now. Change the suggested words as you like."),
        error_messages={"required": _("Write what the patient will read")},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """A coded reason and, if there is more to say, a note for colleagues."""

    note = forms.CharField(
        label=_("Anything else your colleagues should know"), required=False, max_length=1000,
        widget=CharactersLeft(rows=3),
    )  # fmt: skip

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        reason = forms.ChoiceField(
            label=self.question, choices=self.reasons, widget=Radios,
            error_messages={"required": _("Choose a reason")},
        )  # fmt: skip
        self.fields = {"reason": reason, **self.fields}


class ReassignForm(ReasonForm):
    question, reasons = _("Why does it go to someone else?"), ReassignReason.choices


class VoidForm(ReasonForm):
    question, reasons = _("Why is it an error?"), VoidReason.choices


class OfferForm(forms.Form):
    reply = forms.ChoiceField(label=_("Reply wanted by"))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=CharactersLeft({"dir": "auto"}, rows=4),
        help_text=_("The specialist reads this with the offer. Leave out the patient’s name."),
    )  # fmt: skip

    def __init__(self, data=None, *, replies):
        super().__init__(data, initial={"reply": "usual"})
        self.fields["reply"].choices = [(code, words) for code, words, _until in replies]
        self.fields["reply"].help_text = _(
            "No reply by then: the offer runs out, and the next one can be asked."
        )
        self.until = {code: until for code, _words, until in replies}
