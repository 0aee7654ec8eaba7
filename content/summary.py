"""A stored set of answers in the words it was given in, and the page that fits it."""

from content.forms import SelfCheckForm, as_typed
from content.models import SelfCheck

PAGES = {
    "surgery": "surgery",
    "cancer": "cancer",
    "unclear": "unclear-diagnosis",
    "not_working": "unclear-diagnosis",
    "child": "your-children",
    "trust": "trust",
}


def answers_in_words(answers):
    """Pairs of question and answer, in the order of the form."""
    typed = as_typed(answers)
    pairs = []
    for name, field in SelfCheckForm.base_fields.items():
        chosen = typed[name] if isinstance(typed[name], list) else [typed[name]]
        words = dict(field.choices)
        pairs.append((field.label, [words.get(code, code) for code in chosen]))
    return pairs


def page_to_read(row):
    """The article that fits best: how to tell your doctor, how to weigh it, or the page of the situation."""
    if row.end == SelfCheck.End.NOT_NEEDED:
        return "not-every-case"
    return PAGES.get(row.situation, "it-is-normal")
