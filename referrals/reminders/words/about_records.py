"""What the reminders about records that others hold say: never who holds them, nor what."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.reminders.words.saying import Words, a_person_calls, day, moment
from referrals.rules import catalogue, clocks
from referrals.vocabulary import WAITING, SourceRoute, SourceStatus


def form_not_signed(reminder, now):
    count = max(sum(s.status == SourceStatus.AUTHORISATION_NEEDED for s in reminder.case.sources.all()), 1)
    is_last = reminder.step in catalogue.RULES["P7"].last
    return Words(
        subject=ngettext("One form waits for you", "%(count)d forms wait for you", count) % {"count": count},
        lead=ngettext(
            "One form waits for you to sign it.", "%(count)d forms wait for you to sign them.", count
        ) % {"count": count},
        text=_("You wanted us to ask for you. We may do so once you signed, on the screen. It takes two minutes."),
        act=_("Read and sign"), path=reverse("sources:list", args=[reminder.case.reference]),
        why=_("You get this because you began a form and have not signed it."),
        then=a_person_calls(reminder) if is_last else "",
    )  # fmt: skip


def ask_them_again(reminder, now):
    case, occasion = reminder.case, reminder.occasion
    own = [
        s for s in case.sources.all() if s.status in WAITING and s.route == SourceRoute.OWN_COPY and s.due_on
    ]
    if reminder.step == "due":
        sources = [s for s in own if f"due{s.due_on:%Y%m%d}" == occasion]
        due = dt.date.fromisoformat(occasion.removeprefix("due"))
        text = _(
            "The law gave them until this day. Call them once more, and say so. On your page you find how to complain."
        )
        subject, lead = (
            _("Today they must answer you"),
            _("By law they must answer you by %(day)s.") % {"day": day(due)},
        )
    else:
        sources = [s for s in own if f"{s.requested_on:%Y%m%d}" == occasion]
        asked = dt.date.fromisoformat(occasion)
        subject = _("Ask them again: you asked on %(day)s") % {"day": day(asked)}
        lead = ngettext(
            "You asked for one thing on %(day)s, and it is not here yet.",
            "You asked in %(count)d places on %(day)s, and not all is here yet.",
            max(len(sources), 1),
        ) % {"count": len(sources), "day": day(asked)}
        text = _(
            "A short call helps most. Your page says whom to call. Is it here? Tell us, and we stop asking."
        )
    path = (
        reverse("sources:source", args=[case.reference, sources[0].key])
        if len(sources) == 1
        else reverse("sources:list", args=[case.reference])
    )
    return Words(
        subject=subject, lead=lead, text=text, act=_("See whom to call"), path=path,
        why=_("You get this because you asked somebody for your own copy."),
        then=_("This is our last mail about it.") if reminder.step == "due" else "",
    )  # fmt: skip


def form_runs_out(reminder, now):
    days = int(reminder.step.removesuffix("d"))
    return Words(
        subject=_("A form you signed runs out in %(days)d days") % {"days": days},
        lead=_("A form you signed runs out in %(days)d days.") % {"days": days},
        text=_("Not all of what you asked for is here. If you still want it, sign the form once more."),
        act=_("See the form"), path=reverse("sources:list", args=[reminder.case.reference]),
        why=_("You get this because you signed a form that lets us ask for you."),
    )  # fmt: skip


def source_silent(reminder, now):
    case = reminder.case
    asked = dt.date.fromisoformat(reminder.occasion)
    days = int(reminder.step.removesuffix("d"))
    text = _("Call them, and write down what they say. The page names who it is.")
    if reminder.step in catalogue.RULES["S5"].last:
        text = _("The day of the law has passed. Send the formal letter, and call.")
    return Words(
        subject=_("Chase: %(reference)s, asked %(day)s") % {"reference": case.reference, "day": day(asked)},
        lead=_("%(reference)s: asked on %(day)s, and silent for %(days)d days.")
        % {"reference": case.reference, "day": day(asked), "days": days},
        text=text, act=_("See whom to call"), path=reverse("sources:list", args=[case.reference]),
        why=_("You get this because this request is yours to look after."),
        then=_("This is our last mail about it.") if reminder.step in catalogue.RULES["S5"].last else "",
    )  # fmt: skip


def signature_gone(reminder, now):
    case = reminder.case
    return Words(
        subject=_("Stop asking: %(reference)s, signature taken back") % {"reference": case.reference},
        lead=_("The patient of %(reference)s took a signature back.") % {"reference": case.reference},
        text=_("Letters that rest on it don’t go out any more. Send the one that says so, and call."),
        act=_("See which one"), path=reverse("sources:list", args=[case.reference]),
        why=_("You get this because this request is yours to look after."),
    )  # fmt: skip


def slides_here(reminder, now):
    case = reminder.case
    return Words(
        subject=_("To send back: %(reference)s") % {"reference": case.reference},
        lead=_("What came by post for %(reference)s is still here.") % {"reference": case.reference},
        text=_("It belongs to the house that sent it. Send it back, and write down the tracking number."),
        act=_("See what it is"), path=reverse("sources:specimens", args=[case.reference]),
        why=_("You get this because this request is yours to look after."),
    )  # fmt: skip


def upload_unfinished(reminder, now):
    until = {"moment": moment(clocks.moment_of(reminder.occasion))}
    return Words(
        subject=_("Finish your upload by %(moment)s") % until,
        lead=_("Something that you began to send is not all here yet."),
        text=_(
            "What is here is kept until %(moment)s. Choose the same file again, and it goes on where it stopped."
        ) % until,
        act=_("Go on with the upload"), path=reverse("records:add", args=[reminder.case.reference]),
        why=_("You get this once, because you began to send a file and it stopped."),
        then=_(
            "If you no longer want to send it, you have nothing to do: we delete the part that is here. "
            "You can add the file anew at any time."
        ),
    )  # fmt: skip
