"""The form of each step, and the form that takes answers."""

from referrals.intake.forms.about import AboutForm, SituationForm, WhatHappenedForm
from referrals.intake.forms.answer import AnswerItemForm
from referrals.intake.forms.dates import DatesForm
from referrals.intake.forms.first_opinion import FirstOpinionForm
from referrals.intake.forms.questions import QuestionsForm
from referrals.intake.forms.sending import CheckForm, CostForm

__all__ = ["AnswerItemForm", "SituationForm", "fresh_form", "posted_form"]

FORMS = {
    "what-happened": WhatHappenedForm,
    "about": AboutForm,
    "first-opinion": FirstOpinionForm,
    "dates": DatesForm,
    "questions": QuestionsForm,
    "cost": CostForm,
    "check": CheckForm,
}


def posted_form(slug, data, *, case, today):
    return FORMS[slug](data, case=case, today=today)


def fresh_form(slug, *, case, today):
    """The step as it was left: what is saved, and what was typed and can't be read yet, with its errors."""
    form = FORMS[slug](case=case, today=today)
    typed = case.unfinished.get(slug)
    if not typed:
        return form
    again = FORMS[slug](form.as_posted() | typed, case=case, today=today)
    again.show_only(typed)
    return again
