"""The answers that "Is it time?" offers. What is stored are these codes, never a person’s own words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sign(models.TextChoices):
    CHEST = "chest", _("Chest pain, or trouble breathing")
    STROKE = "stroke", _("A face that droops, one weak side, or sudden trouble speaking")
    BLEEDING = "bleeding", _("Heavy bleeding that does not stop")
    NUMB = "numb", _("New loss of feeling between the legs, or you can’t pass urine")
    DROWSY = "drowsy", _("Somebody is hard to wake, confused or has a fit")
    SELF_HARM = "self_harm", _("Thoughts of ending your life or hurting yourself")


NO_SIGN = "none"


class Situation(models.TextChoices):
    SURGERY = "surgery", _("Surgery was advised")
    CANCER = "cancer", _("I was told it is cancer")
    UNCLEAR = "unclear", _("No one can say what it is")
    NOT_WORKING = "not_working", _("Treatment isn’t working")
    CHILD = "child", _("It is about my child")
    TRUST = "trust", _("I don’t feel sure about my doctor")


NO_SITUATION = "other"

SITUATION_NOTES = {
    Situation.SURGERY: ("activity", _("Or you were told to wait, and you wonder if you should.")),
    Situation.CANCER: ("microscope", _("You want the name checked, the plan checked, or both.")),
    Situation.UNCLEAR: ("circle-question-mark", _("Tests came back clear, or doctors don’t agree.")),
    Situation.NOT_WORKING: ("pill", _("You follow the plan, and it doesn’t get better.")),
    Situation.CHILD: ("baby", _("You would like one more look, or were told to wait.")),
    Situation.TRUST: ("hand-heart", _("You need not say why here.")),
    NO_SITUATION: ("ellipsis", _("It is something else, or you just want to know.")),
}


class Plan(models.TextChoices):
    BIG = "big", _("An operation, or another big treatment")
    SMALL = "small", _("A small treatment that is easy to stop")
    WAIT = "wait", _("Wait and see")
    NONE = "none", _("Nothing yet")


class Timing(models.TextChoices):
    NOW = "now", _("A doctor said today or tomorrow")
    SOON = "soon", _("Within 7 days")
    WEEKS = "weeks", _("In 1 to 4 weeks")
    LATER = "later", _("Later, or there is no date")
    STARTED = "started", _("It has started")


class Options(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNSURE = "unsure", _("I’m not sure")


class Progress(models.TextChoices):
    BETTER = "better", _("Better")
    SAME = "same", _("About the same")
    WORSE = "worse", _("Worse")
    EARLY = "early", _("Too early to say")


class YesNo(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No, or I don’t know")


class Sure(models.TextChoices):
    YES = "yes", _("Sure")
    MOSTLY = "mostly", _("Mostly sure")
    NO = "no", _("Not sure")


class Earlier(models.TextChoices):
    NO = "no", _("No")
    AGREED = "agreed", _("Yes, and that doctor agreed")
    DIFFERED = "differed", _("Yes, and that doctor saw it in another way")
