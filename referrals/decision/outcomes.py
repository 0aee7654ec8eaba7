"""What each choice means, and the step after it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Choice


@dataclass(frozen=True)
class Outcome:
    title: Any
    next_step: Any


OUTCOMES = {
    Choice.STAY: Outcome(
        _("You stay with your first doctor’s plan"),
        _(
            "Keep your dates. Print this opinion and show it to your doctor: it helps to know where both agree."
        ),
    ),
    Choice.SWITCH: Outcome(
        _("You follow the second opinion"),
        _(
            "Print this opinion and take it to a doctor who can treat you. Don’t stop a treatment on your own. If you "
            "hold a date you no longer need, cancel it in time. Call us if you look for somebody."
        ),
    ),
    Choice.TALK: Outcome(
        _("You would like the two doctors to talk"),
        _("A person from our team calls you first, asks for your consent, and then sets up the call."),
    ),
    Choice.ONE_MORE: Outcome(
        _("You would like to ask one more specialist"),
        _(
            "A person from our team calls you. You say if the next specialist may read this opinion, or should not."
        ),
    ),
    Choice.NEED_TIME: Outcome(
        _("You take your time"),
        _("This page stays here. Come back when you are ready, or call us to go through it."),
    ),
}
