"""What the second reading says, and what the patient decides."""

from django.utils.translation import gettext_lazy as _

from referrals.vocabulary.labels import TwoLabels


class OpinionStatus(TwoLabels):
    """FHIR DiagnosticReport: preliminary, final."""

    DRAFTING = "drafting", _("Being written"), _("Draft")
    SIGNED = "signed", _("Signed"), _("Signed")


class Stance(TwoLabels):
    """How the second reading stands to the first. Nobody is wrong."""

    AGREE = "agree", _("The same"), _("Agree")
    IN_PART = "in_part", _("Partly the same"), _("In part")
    DIFFER = "differ", _("Different"), _("Differ")
    CANT_TELL = "cant_tell", _("Can’t tell from the records"), _("Can’t tell")


class Confidence(TwoLabels):
    VERY = "very", _("Very sure"), _("Very")
    FAIRLY = "fairly", _("Fairly sure"), _("Fairly")
    NOT_VERY = "not_very", _("Not very sure"), _("Not very")


class SafeToWait(TwoLabels):
    YES = "yes", _("Yes"), _("Yes")
    FOR_A_TIME = "for_a_time", _("Yes, for a time"), _("For a time")
    NO = "no", _("No"), _("No")
    CANT_TELL = "cant_tell", _("Can’t tell from the records"), _("Can’t tell")


class Choice(TwoLabels):
    """What the patient decides. Only `need_time` keeps the case open."""

    STAY = "stay", _("Stay with my first doctor’s plan"), _("Stays")
    SWITCH = "switch", _("Follow the second opinion"), _("Switches")
    TALK = "talk", _("Let the two doctors talk"), _("Doctors to talk")
    ONE_MORE = "one_more", _("Ask one more specialist"), _("Third opinion")
    NEED_TIME = "need_time", _("I need time"), _("Needs time")
