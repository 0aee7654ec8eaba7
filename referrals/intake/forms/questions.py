"""What the patient asks: up to seven, in their order, good ones offered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.intake import suggestions
from referrals.intake.forms.base import StepForm
from referrals.models import CaseQuestion
from referrals.widgets import CharactersLeft

MOST, LONGEST, AT_FIRST = 7, 500, 2


def name_of(number):
    return f"question_{number}"


class QuestionsForm(StepForm):
    """The boxes shown are those filled and one more."""

    case_fields = ("matters_most",)

    matters_most = forms.CharField(
        label=_("What matters most to you?"),
        help_text=_("For example, walking without pain, or being at home. It helps to weigh the ways for you."),
        required=False, max_length=2000, widget=CharactersLeft({"dir": "auto"}, rows=3),
        error_messages={"max_length": _("Shorten this to %(limit_value)d characters (it has %(show_value)d)")},
    )  # fmt: skip

    def __init__(self, data=None, *, case, **kwargs):
        self.asked = [question.text for question in case.questions.all()]
        super().__init__(data, case=case, **kwargs)
        shown = self._posted() if self.is_bound else max(AT_FIRST, len(self.asked) + 1)
        boxes = {name_of(number): self._box(number) for number in range(1, min(shown, MOST) + 1)}
        self.fields = boxes | self.fields
        self.initial |= {name_of(number): text for number, text in enumerate(self.asked, 1)}

    def _posted(self):
        return max([AT_FIRST, *(n for n in range(1, MOST + 1) if name_of(n) in self.data)])

    def _box(self, number):
        label = _("Your question") if number == 1 else _("Question %(number)d") % {"number": number}
        box = forms.CharField(
            label=label, required=False, max_length=LONGEST, widget=CharactersLeft({"dir": "auto"}, rows=2),
            error_messages={
                "max_length": _("Shorten this question to %(limit_value)d characters (it has %(show_value)d)")
            },
        )  # fmt: skip
        box.hide_optional = number == 1
        return box

    @property
    def question_fields(self):
        return [self[name] for name in self.fields if name.startswith("question_")]

    @property
    def offered(self):
        return suggestions.offered(self.case.situation, self.asked)

    @property
    def is_full(self):
        return len(self.asked) >= MOST

    def clean(self):
        cleaned = super().clean()
        self.texts = [
            cleaned[name] for name in self.fields if name.startswith("question_") and cleaned.get(name)
        ]
        if not self.texts and not any(name.startswith("question_") for name in self.errors):
            self.add_error("question_1", _("Write at least one question"))
        return cleaned

    def press(self, act):
        """`suggest:wait` adds a question that is offered; `up:2` moves the second one up."""
        verb, _colon, what = act.partition(":")
        if verb == "suggest":
            text = suggestions.text_of(what, self.case.situation)
            if text and text not in self.texts and len(self.texts) < MOST:
                self.texts.append(text)
                self.errors.pop("question_1", None)
        elif verb == "up" and what.isdecimal() and 2 <= int(what[:2]) <= len(self.texts):
            at = int(what[:2]) - 1
            self.texts[at - 1], self.texts[at] = self.texts[at], self.texts[at - 1]

    def keep(self, now):
        changed = super().keep(now)
        if self.texts and self.texts != self.asked:
            self.case.questions.all().delete()
            CaseQuestion.objects.bulk_create(
                [CaseQuestion(case=self.case, position=n, text=text) for n, text in enumerate(self.texts, 1)]
            )
            self.asked = self.texts
            changed.append("questions")
        return changed

    def not_yet_right(self):
        """One question that is too long keeps all of them as typed: their places belong together."""
        typed = super().not_yet_right()
        names = [name for name in self.fields if name.startswith("question_")]
        if typed.keys() & set(names):
            typed |= {name: self.data.get(name, "").replace("\x00", "") for name in names}
        return typed
