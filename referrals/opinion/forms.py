"""The shape of what a specialist writes."""

from django import forms
from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Confidence, SafeToWait, Stance

LONGEST = 10_000


class Words(forms.CharField):
    """A text of some length; line ends are kept as the database keeps them."""

    def __init__(self, *, label, rows=3, help_text="", is_voice=False):
        attrs = {"rows": rows, "dir": "auto"} | ({"class": "so-doctor"} if is_voice else {})
        widget = forms.Textarea(attrs)
        del widget.attrs["cols"]
        super().__init__(
            label=label, required=False, max_length=LONGEST, help_text=help_text, widget=widget,
            error_messages={"max_length": _("Make this shorter: at most %(limit_value)d characters")},
        )  # fmt: skip
        self.hide_optional = True

    def widget_attrs(self, widget):
        return {}  # no maxlength: what was pasted is not cut, the form says what is too much

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class Pick(forms.ChoiceField):
    """One of a few, side by side; none is a full answer while it is a draft."""

    def __init__(self, *, label, choices):
        super().__init__(label=label, choices=choices.choices, required=False, widget=forms.RadioSelect)
        self.hide_optional = True


class OpinionForm(forms.Form):
    """The structured opinion; one `answer_<n>` for each of the patient's questions.

    `edit` is the save this text began from. Nothing is required while it is written.
    """

    edit = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    diagnosis_stance = Pick(label=_("Do you agree with the first diagnosis?"), choices=Stance)
    diagnosis = Words(label=_("What you think it is"))
    plan_stance = Pick(label=_("Do you agree with the first plan?"), choices=Stance)
    advice = Words(label=_("What you advise"), rows=4)
    why = Words(label=_("Why"))
    alternatives = Words(label=_("Other ways, and what speaks for and against them"))
    confidence = Pick(label=_("How sure are you?"), choices=Confidence)
    would_change = Words(label=_("What would make you surer, or change your mind"), rows=2)
    safe_to_wait = Pick(label=_("Is it safe to wait?"), choices=SafeToWait)
    safe_to_wait_note = Words(label=_("How long, and under which conditions"), rows=2)
    warning_signs = Words(
        label=_("Warning signs: get care the same day if"), help_text=_("One a line, three at most.")
    )
    plain_words = Words(label=_("In plain words"), rows=7, is_voice=True)

    def __init__(self, *args, opinion=None, questions=(), **kwargs):
        self.questions = list(questions)
        super().__init__(*args, initial=self._as_saved(opinion), **kwargs)
        for question in self.questions:
            self.fields[f"answer_{question.position}"] = Words(label=question.text)

    def _as_saved(self, opinion):
        if opinion is None or not opinion.pk:
            return {"edit": 0}
        answers = {answer.question_id: answer.text for answer in opinion.answers.all()}
        saved = {name: getattr(opinion, name) for name in self.base_fields}
        return saved | {f"answer_{q.position}": answers.get(q.pk, "") for q in self.questions}

    @property
    def texts(self):
        return {name: self.cleaned_data[name] for name in self.base_fields if name != "edit"}

    @property
    def answers(self):
        return {q.pk: self.cleaned_data[f"answer_{q.position}"] for q in self.questions}

    @property
    def answer_fields(self):
        return [self[f"answer_{question.position}"] for question in self.questions]


class SignForm(forms.Form):
    """The password once more; `edit` is the text that was read, `pins` what it quoted."""

    edit = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    pins = forms.CharField(required=False, widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Your password"), strip=False, max_length=4096,
        help_text=_("We ask again so that nobody signs in your name."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password to sign")},
    )  # fmt: skip

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self):
        if not check_password(self.cleaned_data["password"], self.person.password):
            raise forms.ValidationError(_("This is not your password. Nothing was signed"), code="wrong")
        return self.cleaned_data["password"]
