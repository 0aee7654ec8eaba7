"""The rules of "Is it time?", in the order in which they are read. No points, no weights: a rule applies or not.

    care first   any one applies: do not wait, get care now
    settled      any one applies: probably not needed, whatever else was said
    for          any one applies: a second opinion looks worth it
    against      speaks for leaving it; if nothing above applies: probably not needed
    time         says how the days stand; changes nothing

To change a rule, add a rulebook with a new version: stored results are shown with the rules they were made by.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from content.answers import Earlier, Options, Plan, Progress, Sign, Situation, Sure, Timing, YesNo


class Speaks(StrEnum):
    CARE_FIRST = "care_first"
    SETTLED = "settled"
    FOR = "for"
    AGAINST = "against"
    TIME = "time"


@dataclass(frozen=True)
class Rule:
    """One reason: when it applies, and what we say then. `looks_for` is what the reader sees when it does not."""

    code: str
    speaks: Speaks
    icon: str
    title: str
    says: str
    looks_for: str
    applies: Callable[[dict], bool]


@dataclass(frozen=True)
class Verdict:
    """What the rules make of one set of answers: why we say so, what speaks the other way, what did not apply."""

    end: str
    reasons: list
    other_side: list
    others: list


@dataclass(frozen=True)
class Rulebook:
    version: str
    rules: tuple

    def applied(self, answers):
        """The codes of the rules that apply to these answers."""
        return [rule.code for rule in self.rules if rule.applies(answers)]

    def verdict(self, codes):
        applied = [rule for rule in self.rules if rule.code in codes]
        end = _end({rule.speaks for rule in applied})
        return Verdict(
            end=end,
            reasons=[rule for rule in applied if rule.speaks in SPEAKS_FOR[end]],
            other_side=[rule for rule in applied if rule.speaks not in SPEAKS_FOR[end]],
            others=[rule for rule in self.rules if rule.code not in codes],
        )


SPEAKS_FOR = {
    "care_now": {Speaks.CARE_FIRST},
    "good_idea": {Speaks.FOR, Speaks.TIME},
    "not_needed": {Speaks.SETTLED, Speaks.AGAINST, Speaks.TIME},
}


def _end(spoken):
    if Speaks.CARE_FIRST in spoken:
        return "care_now"
    if Speaks.SETTLED in spoken:
        return "not_needed"
    return "good_idea" if Speaks.FOR in spoken else "not_needed"


NOT_BETTER = {Progress.SAME, Progress.WORSE}

VERSION_1 = Rulebook(
    "2026-1",
    (
        Rule(
            "warning_sign", Speaks.CARE_FIRST, "triangle-alert",
            _("You ticked a sign that needs care now"),
            _("Signs like these can mean danger. A second opinion takes days, and that is too slow for them."),
            _("A sign from the first list that needs care at once."),
            lambda a: bool(set(a["signs"]) - {Sign.SELF_HARM}),
        ),
        Rule(
            "self_harm", Speaks.CARE_FIRST, "life-buoy",
            _("You don’t have to be alone with this"),
            _(
                "You ticked thoughts of ending your life or hurting yourself. Call a crisis line or your local"
                " emergency number now. In the US, call or text 988. Stay with someone if you can."
            ),
            _("Thoughts of ending your life or hurting yourself."),
            lambda a: Sign.SELF_HARM in a["signs"],
        ),
        Rule(
            "cannot_wait", Speaks.CARE_FIRST, "clock",
            _("A doctor wants to treat you today or tomorrow"),
            _("Ask that doctor if there is time for another view. Don’t put off care to ask us."),
            _("A doctor said treatment has to start today or tomorrow."),
            lambda a: a["timing"] == Timing.NOW,
        ),
        Rule(
            "doctors_agree", Speaks.SETTLED, "check",
            _("Two doctors agree, and it fits"),
            _("You have asked a second doctor, who agreed. You feel sure, and it is not getting worse."),
            _("A second doctor agreed, you feel mostly sure, and it is not getting worse."),
            lambda a: a["earlier"] == Earlier.AGREED and a["sure"] != Sure.NO and a["progress"] != Progress.WORSE,
        ),
        Rule(
            "big_treatment", Speaks.FOR, "activity",
            _("A big treatment is planned"),
            _("An operation or a long, strong treatment is hard to undo. Two doctors may weigh it in two ways."),
            _("An operation or another big treatment is planned."),
            lambda a: a["plan"] == Plan.BIG,
        ),
        Rule(
            "other_ways", Speaks.FOR, "split",
            _("Other ways were not talked through"),
            _("There may be one more way that suits you. It is worth asking before you choose."),
            _("There is a plan, and no one has talked with you about other ways."),
            lambda a: a["plan"] in {Plan.BIG, Plan.WAIT} and a["options"] != Options.YES,
        ),
        Rule(
            "cancer", Speaks.FOR, "microscope",
            _("You were told it is cancer"),
            _("The name is often firm. The best plan may still differ, so the start is a good time to ask."),
            _("You were told it is cancer."),
            lambda a: a["situation"] == Situation.CANCER,
        ),
        Rule(
            "rare_or_doubtful", Speaks.FOR, "search",
            _("It is rare, complex or not certain"),
            _("Doctors see rare things seldom. A person who sees them often may read the same results in another way."),
            _("A doctor called it rare or complex, or was not certain about the results."),
            lambda a: a["doubt"] == YesNo.YES,
        ),
        Rule(
            "no_name", Speaks.FOR, "circle-question-mark",
            _("No one can say what it is"),
            _("Many illnesses look alike. New eyes may help, though a name can’t be promised."),
            _("No one can say what it is."),
            lambda a: a["situation"] == Situation.UNCLEAR,
        ),
        Rule(
            "not_helping", Speaks.FOR, "pill",
            _("The treatment is not helping"),
            _("You said it is not working. Not every body responds alike, so the plan may need a new look."),
            _("Treatment is not working, or it is getting worse in spite of a plan."),
            lambda a: a["situation"] == Situation.NOT_WORKING or (
                a["progress"] == Progress.WORSE and a["plan"] in {Plan.BIG, Plan.SMALL}
            ),
        ),
        Rule(
            "waiting_too_long", Speaks.FOR, "hourglass",
            _("You were told to wait, and it is not getting better"),
            _("Waiting can be the right plan. When nothing changes, it is fair to have it checked."),
            _("The plan is to wait and see, and it is the same or worse."),
            lambda a: a["plan"] == Plan.WAIT and a["progress"] in NOT_BETTER,
        ),
        Rule(
            "child", Speaks.FOR, "baby",
            _("It is about a child, and it is not clearly getting better"),
            _("Small children can’t always tell us what hurts. You may ask sooner than for yourself."),
            _("It is about your child, and it is not clearly getting better."),
            lambda a: a["situation"] == Situation.CHILD and a["progress"] != Progress.BETTER,
        ),
        Rule(
            "unsure", Speaks.FOR, "message-square",
            _("You don’t feel sure"),
            _("A plan is easier to follow when you stand behind it. Unease is a good enough reason to ask."),
            _("You don’t feel sure about the plan."),
            lambda a: a["sure"] == Sure.NO,
        ),
        Rule(
            "trust", Speaks.FOR, "hand-heart",
            _("You don’t feel sure about your doctor"),
            _("Not every pairing fits. You may see this team for a long time, so trust counts."),
            _("You don’t feel sure about your doctor."),
            lambda a: a["situation"] == Situation.TRUST,
        ),
        Rule(
            "doctors_differ", Speaks.FOR, "scale",
            _("Two doctors told you different things"),
            _("A third look can show where they part ways, and why."),
            _("You asked a second doctor, who saw it in another way."),
            lambda a: a["earlier"] == Earlier.DIFFERED,
        ),
        Rule(
            "getting_better", Speaks.AGAINST, "trending-up",
            _("It is getting better"),
            _("What you do now seems to help. You can come back if that changes."),
            _("It is getting better."),
            lambda a: a["progress"] == Progress.BETTER,
        ),
        Rule(
            "small_treatment", Speaks.AGAINST, "leaf",
            _("The treatment is small"),
            _("A short or light treatment is easy to stop or change. Your own doctor can answer most questions."),
            _("The plan is a small treatment that is easy to stop or change."),
            lambda a: a["plan"] == Plan.SMALL,
        ),
        Rule(
            "ways_discussed", Speaks.AGAINST, "list-checks",
            _("You know the other ways, and feel sure"),
            _("You talked about the choices and stand behind the plan."),
            _("Other ways were talked through, and you feel sure."),
            lambda a: a["options"] == Options.YES and a["sure"] == Sure.YES,
        ),
        Rule(
            "starts_soon", Speaks.TIME, "calendar-clock",
            _("It starts within 7 days"),
            _("That is short. Call us today, and we tell you honestly what we can do."),
            _("Treatment starts within 7 days."),
            lambda a: a["timing"] == Timing.SOON,
        ),
        Rule(
            "starts_in_weeks", Speaks.TIME, "calendar-days",
            _("It starts in 1 to 4 weeks"),
            _("That leaves time for an opinion first, if you ask this week."),
            _("Treatment starts in 1 to 4 weeks."),
            lambda a: a["timing"] == Timing.WEEKS,
        ),
        Rule(
            "has_started", Speaks.TIME, "calendar-check",
            _("Treatment has started"),
            _("You can still ask. Don’t stop or change it on your own while you wait for an answer."),
            _("Treatment has started."),
            lambda a: a["timing"] == Timing.STARTED,
        ),
        Rule(
            "no_warning_sign", Speaks.TIME, "shield-check",
            _("No warning signs"),
            _("You ticked none of the signs that need care at once."),
            _("None of the signs that need care at once."),
            lambda a: not a["signs"],
        ),
    ),
)  # fmt: skip

RULEBOOKS = {book.version: book for book in (VERSION_1,)}
CURRENT = VERSION_1
