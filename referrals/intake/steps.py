"""The wizard's steps, in order. One is an address and a form; `records` is a page of its own room."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class WizardStep:
    slug: str
    title: Any  # in the list of steps and above "Check your answers"
    number: int

    def url(self, case):
        if self.slug == "records":
            return reverse("records:add", args=[case.reference])
        return reverse("intake:step", args=[case.reference, self.slug])

    def title_for(self, case):
        return ABOUT_A_CHILD if self.slug == "about" and case.is_child else self.title

    @property
    def passage(self):
        """The slug of the passage that stands beside it."""
        return PASSAGES.get(self.slug, f"ask-{self.slug}")


PASSAGES = {"about": "ask-about-you"}
ABOUT_A_CHILD = _("About your child")
TITLES = (
    ("what-happened", _("What happened")),
    ("about", _("About you")),
    ("first-opinion", _("The first opinion")),
    ("dates", _("Dates")),
    ("questions", _("Your questions")),
    ("records", _("Your records")),
    ("cost", _("What it costs")),
    ("check", _("Check and send")),
)
STEPS = tuple(WizardStep(slug, title, number) for number, (slug, title) in enumerate(TITLES, 1))
BY_SLUG = {step.slug: step for step in STEPS}


def after(step):
    return STEPS[min(step.number, len(STEPS) - 1)]


def before(step):
    return STEPS[step.number - 2] if step.number > 1 else None


def first_unfinished(lacking):
    """Where to go on: the first step that lacks something, else the last."""
    open_slugs = {slug for slug, _sentence in lacking}
    return next((step for step in STEPS if step.slug in open_slugs), STEPS[-1])
