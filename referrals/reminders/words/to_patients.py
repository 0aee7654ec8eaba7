"""What is written to patients."""

import datetime as dt

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.reminders.words import saying
from referrals.reminders.words.saying import Words
from referrals.rules import catalogue, clocks
from referrals.vocabulary import CaseStatus, ItemStatus


def _case_page(reminder):
    return reverse("home:case", args=[reminder.case.reference])


def draft_unfinished(reminder, now):
    until = saying.day(dt.date.fromisoformat(reminder.occasion)) if reminder.occasion else ""
    subject, lead, text = {
        "1d": (
            _("Your request is not sent yet"),
            _("Your request is saved. It is not sent yet."),
            _("You can go on where you stopped, on any device, and send it when you are ready."),
        ),
        "3d": (
            _("Your request is waiting for you"),
            _("Your request is still here, as you left it."),
            _("If a question is hard to answer, leave it open or call us. We can go through it with you."),
        ),
        "7d": (
            _("Do you want to go on with your request?"),
            _("Do you want to go on with your request?"),
            _("It is saved and waits for you. Nobody reads it before you send it."),
        ),
        "kept-7d": (
            _("We keep your request until %(day)s") % {"day": until},
            _("Your request is not sent. We keep it until %(day)s.") % {"day": until},
            _("Go on before that day, and it stays. Each change you make keeps it longer."),
        ),
        "kept-2d": (
            _("We keep your request until %(day)s") % {"day": until},
            _("Your request is not sent. We keep it until %(day)s.") % {"day": until},
            _("Go on before that day, and it stays. If you want help with it, call us."),
        ),
    }[reminder.step]
    then = _("This is our last mail about it.") if reminder.step == "kept-2d" else ""
    return Words(
        subject=subject, lead=lead, text=text, then=then, act=_("Go on with my request"),
        path=_case_page(reminder), why=_("You get this because you began a request and have not sent it."),
    )  # fmt: skip


def decision_near(reminder, now):
    day = dt.date.fromisoformat(reminder.occasion)
    left = max(clocks.days_until(day, now, timezone.get_current_timezone()), 0)
    text = {
        "10d": _("Send your request now, and there is time to read it with care."),
        "5d": _("Send your request today. If something holds you up, call us: we will find a way."),
        "2d": _("Call us today. We find out together what can still be done in time."),
    }[reminder.step]
    return Words(
        subject=_("Your date comes near: %(day)s") % {"day": saying.day(day)},
        lead=ngettext("%(days)d day until %(day)s.", "%(days)d days until %(day)s.", left)
        % {"days": left, "day": saying.day(day)}
        + " "
        + _("Your request is not sent yet."),
        text=text,
        act=_("Go on with my request"),
        path=_case_page(reminder),
        why=_("You get this because you gave us a date by which you want to decide."),
        then=_("This is our last mail about this date.") if reminder.step == "2d" else "",
    )


def hold_a_place(reminder, now):
    if reminder.step == "1d":
        subject, lead = _("One thing to do while you wait"), _("Ask for a date now. You can cancel it later.")
        text = _(
            "Places fill up early. Ask where you might go for the next free date, and until when you can cancel it. "
            "Then you lose no time, whatever you decide."
        )
    else:
        subject, lead = (
            _("Do you hold a date?"),
            _("You have little time left. Hold a date while you decide."),
        )
        text = _("Ask for the next free date, and until when you can cancel it. Tell us, and we stop asking.")
    return Words(
        subject=subject, lead=lead, text=text, act=_("Write down my date"), path=_case_page(reminder),
        why=_("You get this because waiting times can be long. Not for you? Use “Stop” below."),
    )  # fmt: skip


def we_need_something(reminder, now):
    request = next(
        (row for row in reminder.case.info_requests.all() if row.key.hex == reminder.occasion), None
    )
    items = list(request.items.all()) if request else []
    count = sum(item.status == ItemStatus.OPEN for item in items) or len(items) or 1
    asks = bool(request and request.referral_id)
    if asks:
        subject = ngettext(
            "One short question is waiting for you", "%(count)d short questions are waiting for you", count
        )
        lead = ngettext(
            "Your specialist has one question for you.",
            "Your specialist has %(count)d questions for you.",
            count,
        )
        act = ngettext("Answer the question", "Answer the questions", count)
    else:
        subject = ngettext("One thing is waiting for you", "%(count)d things are waiting for you", count)
        lead = ngettext("We need one thing from you.", "We need %(count)d things from you.", count)
        act = ngettext("See what it is", "See what they are", count)
    text = _("Your answer helps the reading go on, so that you have your opinion in good time.")
    if reminder.step != "asked" and request:
        text = _("We asked on %(day)s. Until you answer, the reading waits.") % {
            "day": saying.day(request.asked_at)
        }
    is_last = reminder.step in catalogue.RULES["P9"].last
    return Words(
        subject=subject % {"count": count}, lead=lead % {"count": count}, text=text, act=act,
        path=_case_page(reminder), why=_("You get this because we asked you for something and wait for your answer."),
        then=saying.a_person_calls(reminder) if is_last else "",
    )  # fmt: skip


def file_stopped(reminder, now):
    return Words(
        subject=_("Something you added needs a look"),
        lead=_("We could not take something that you added to your request."),
        text=_(
            "Your page says what it is and what you can do: most often it takes a minute. All else you added is safe."
        ),
        act=_("See what it is"),
        path=reverse("records:list", args=[reminder.case.reference]),
        why=_("You get this because you added something to your request that we can’t read."),
        then=saying.a_person_calls(reminder) if reminder.step in catalogue.RULES["P10"].last else "",
    )


def opinion_ready(reminder, now):
    is_first = reminder.step == "ready"
    return Words(
        subject=_("Your opinion is ready") if is_first else _("Your opinion is waiting for you"),
        lead=_("Your second opinion is ready to read."),
        text=_(
            "It is written in plain words and answers each of your questions. You don’t have to choose anything today. "
            "If you would rather go through it with a person, call us first."
        ),
        act=_("Read my opinion"),
        path=reverse("decision:opinion", args=[reminder.case.reference]),
        why=_("You get this because you asked us for a second opinion."),
        then=saying.a_person_calls(reminder) if reminder.step == "3d" else "",
    )


def received(reminder, now):
    case, due = reminder.case, reminder.case.triage_due_at
    is_ours = case.status in (CaseStatus.SUBMITTED, CaseStatus.TRIAGE)
    text = _("A person reads it, and you hear from us if we can help, or if we need something more.")
    if is_ours and due and due > now:
        text = _(
            "A person reads it. By %(day)s you hear from us if we can help, or if we need something more."
        ) % {"day": saying.day(due)}
    return Words(
        subject=_("We have your request"),
        lead=_("We have your request. You have nothing to do now.")
        if is_ours
        else _("We have your request."),
        text=text,
        act=_("See where it is"),
        path=_case_page(reminder),
        why=_("You get this once, because you sent us a request."),
    )


def declined(reminder, now):
    return Words(
        subject=_("We have an answer to your request"),
        lead=_("We have read your request, and our answer is on your page."),
        text=_(
            "It says what we found and where you can turn next. If you would rather talk about it, call us."
        ),
        act=_("Read the answer"),
        path=_case_page(reminder),
        why=_("You get this once, because you sent us a request."),
    )


def files_end(reminder, now):
    words = {"day": dateformat.format(dt.date.fromisoformat(reminder.occasion), _("j F Y"))}
    return Words(
        subject=_("We keep your files until %(day)s") % words,
        lead=_("We keep the files of your request until %(day)s.") % words,
        text=_(
            "After that day we delete them. Download what you want to have, or tell us to keep them longer."
        ),
        act=_("See until when, and keep longer"),
        path=reverse("keeping:mine", args=[reminder.case.reference]),
        why=_("You get this because your request has ended and its files have a last day."),
        then=_("This is our last mail about it.") if reminder.step == "7d" else "",
    )
