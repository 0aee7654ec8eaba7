"""A case in the patient's words: its title, its clock, whose turn it is. No queries, no markup."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.templatetags import _times
from referrals.vocabulary import BallHolder, Situation
from referrals.vocabulary import CaseStatus as S


def title_of(case):
    """The heading of a request: never in a page's title, which others may see."""
    if case.is_child and case.subject_name:
        return _("Your question for %(name)s") % {"name": case.subject_name}
    titles = {
        Situation.SURGERY: _("Your surgery question"),
        Situation.CANCER: _("Your cancer question"),
        Situation.UNCLEAR: _("Your open question"),
        Situation.NOT_WORKING: _("Your treatment question"),
        Situation.CHILD: _("Your question for your child"),
        Situation.TRUST: _("Your question"),
    }
    return titles.get(case.situation, _("Your request"))


def doctor_name(person):
    """Dr. Maren Oakley; the plain name of whoever has no profile."""
    if person is None:
        return ""
    profile = getattr(person, "specialist_profile", None)
    return f"{profile.title} {person.shown_name}".strip() if profile else person.shown_name


def clock_lines(case, today):
    """Under the big clock: when the opinion is due, and whether the time is enough."""
    lines = []
    if case.status in (S.IN_REVIEW, S.CLARIFICATION) and case.review_due_at:
        lines.append(_("Opinion due by %(date)s.") % {"date": _times.day(case.review_due_at)})
    days = (case.decide_by_on - today).days
    if case.delivered_at:
        lines.append(_("Your opinion is here."))
    elif days < 0:
        lines.append(_("This date has passed. Call us if you still have to decide."))
    elif days <= 5:
        lines.append(_("Time is short. Call us today, we will find a way."))
    elif days <= 14:
        lines.append(_("We keep an eye on it. If the date moves, tell us."))
    else:
        lines.append(_("You are in good time."))
    return lines


def asked_ago(case, today, submitted_on):
    """KA: never paused, always told."""
    days = (today - submitted_on).days
    if days <= 0:
        return _("You asked today.")
    return ngettext("You asked %(days)d day ago.", "You asked %(days)d days ago.", days) % {"days": days}


def holder_words(case, holder, specialist=""):
    return {
        BallHolder.PATIENT: _("It is your turn."),
        BallHolder.STAFF: _("It is with the care team."),
        BallHolder.SOURCE: _("It is with whoever holds your records, and we keep asking."),
        BallHolder.SPECIALIST: _("It is with %(name)s.") % {"name": specialist or _("a specialist")},
    }.get(holder, "")
