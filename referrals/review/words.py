"""Offers and dates in words: who it is about without a name, by when to answer, why a case is gone."""

import re

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.rules import clocks
from referrals.vocabulary import CaseStatus, ReferralStatus, Sex, Situation

HOUR = 3600


def age_of(case, now):
    return clocks.age_on(timezone.localtime(now).date(), case.subject_born_on)


def anonymous(case, now):
    """`Woman, 60, surgery`: all that an offer says of a person."""
    age = age_of(case, now)
    words = [_who(case.subject_sex, age), str(age) if age is not None else ""]
    if case.situation and case.situation not in (Situation.TRUST, Situation.CHILD):
        label = str(Situation(case.situation).label)
        words.append(label[:1].lower() + label[1:])
    elif case.specialty:
        words.append(case.specialty.name)
    return ", ".join(word for word in words if word)


def _who(sex, age):
    is_child = age is not None and age < 18
    if sex == Sex.FEMALE:
        return _("Girl") if is_child else _("Woman")
    if sex == Sex.MALE:
        return _("Boy") if is_child else _("Man")
    return _("Child") if is_child else _("Person")


def without_names(text, case):
    """The patient's question as an offer shows it: their names are left out."""
    names = {word for name in (case.subject_name, case.patient.name) for word in re.findall(r"\w{3,}", name)}
    if not names:
        return text
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"\b(?:{pattern})\b", "…", text)


def reply_by(expires_at, now):
    """`Reply by 18:00 today`"""
    if expires_at <= now:
        return _("The time to answer is over")
    return _("Reply by %(when)s") % {"when": near(expires_at, now)}


def near(moment, now):
    """A moment soon: `18:00 today`, `10:00 tomorrow`, `Thu 26 Nov, 10:00`."""
    local, days = timezone.localtime(moment), _days(moment, now)
    time = dateformat.format(local, _("H:i"))
    if days == 0:
        return _("%(time)s today") % {"time": time}
    if days == 1:
        return _("%(time)s tomorrow") % {"time": time}
    return dateformat.format(local, _("D j M, H:i"))


def due(due_at, now):
    """How an opinion stands to its due date: (words, tone)."""
    if due_at is None:
        return "", "idle"
    days = _days(due_at, now)
    if due_at <= now:
        if days == 0:
            return _("Late since today"), "stop"
        return ngettext("Late by %(days)d day", "Late by %(days)d days", -days) % {"days": -days}, "stop"
    if days == 0:
        return _("Due today"), "warn"
    if days == 1:
        return _("Due tomorrow"), "warn"
    return ngettext("Due in %(days)d day", "Due in %(days)d days", days) % {"days": days}, "info"


def _days(moment, now):
    return (timezone.localtime(moment).date() - timezone.localtime(now).date()).days


def why_gone(referral):
    """Why an offer or a reading is no longer there, in a sentence; '' while it is."""
    if referral.status == ReferralStatus.CANCELLED:
        if referral.case.status == CaseStatus.WITHDRAWN:
            return _("The patient took the request back.")
        return _("The clinic took the offer back.")
    return {
        ReferralStatus.EXPIRED: _("The time to answer this offer is over"),
        ReferralStatus.DECLINED: _("You have declined this offer already."),
        ReferralStatus.IN_REVIEW: _("You have taken this case already. It is under “To read and write”."),
        ReferralStatus.PAUSED: _("You have taken this case already. It is under “Waiting for others”."),
        ReferralStatus.SIGNED: _("You have signed this case already."),
        ReferralStatus.TAKEN_BACK: _("This case is no longer with you."),
    }.get(referral.status, "")
