"""What each reminder says: once, for the mail's two parts, its subject and the ledger of staff.

Nothing here may name an illness, a field of medicine, a file or a department (DESIGN.md 9): a subject says
what is waiting and by when, never why. The words take the case's dates, its number and counts; nothing typed.
"""

import datetime as dt
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from referrals.rules import catalogue, clocks
from referrals.vocabulary import CaseStatus, ItemStatus


@dataclass(frozen=True, kw_only=True)
class Words:
    """A mail without its frame. `then` is what happens if nothing is done: only where there is something to say."""

    subject: str
    lead: str
    text: str
    act: str
    path: str
    why: str
    then: str = ""


def words_for(reminder, *, now):
    """The words of one reminder, with dates in the recipient's zone."""
    zone = catalogue.zone_of(reminder.recipient, reminder.case.clinic)
    with timezone.override(zone):
        return SAYS[reminder.rule](reminder, now)


def _day(value):
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
    return dateformat.format(value, _("j F"))


def _moment(value):
    return dateformat.format(timezone.localtime(value), _("D j M, H:i"))


def address(name, *args):
    """The path of a page; the front page where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return "/"


def _case_page(reminder):
    return address("home:case", reminder.case.reference)


def _a_person_calls(reminder):
    if reminder.recipient.phone:
        return _(
            "This is our last mail about it. If we don’t hear from you, a person from our team will call you."
        )
    return _(
        "This is our last mail about it. If we don’t hear from you, a person from our team will look into it."
    )


def _draft_unfinished(reminder, now):
    until = _day(dt.date.fromisoformat(reminder.occasion)) if reminder.occasion else ""
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


def _decision_near(reminder, now):
    day = dt.date.fromisoformat(reminder.occasion)
    left = max(clocks.days_until(day, now, timezone.get_current_timezone()), 0)
    text = {
        "10d": _("Send your request now, and there is time to read it with care."),
        "5d": _("Send your request today. If something holds you up, call us: we will find a way."),
        "2d": _("Call us today. We find out together what can still be done in time."),
    }[reminder.step]
    return Words(
        subject=_("Your date comes near: %(day)s") % {"day": _day(day)},
        lead=ngettext("%(days)d day until %(day)s.", "%(days)d days until %(day)s.", left)
        % {"days": left, "day": _day(day)}
        + " "
        + _("Your request is not sent yet."),
        text=text,
        act=_("Go on with my request"),
        path=_case_page(reminder),
        why=_("You get this because you gave us a date by which you want to decide."),
        then=_("This is our last mail about this date.") if reminder.step == "2d" else "",
    )


def _hold_a_place(reminder, now):
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


def _we_need_something(reminder, now):
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
            "day": _day(request.asked_at)
        }
    is_last = reminder.step in catalogue.RULES["P9"].last
    return Words(
        subject=subject % {"count": count}, lead=lead % {"count": count}, text=text, act=act,
        path=_case_page(reminder), why=_("You get this because we asked you for something and wait for your answer."),
        then=_a_person_calls(reminder) if is_last else "",
    )  # fmt: skip


def _file_stopped(reminder, now):
    return Words(
        subject=_("Something you added needs a look"),
        lead=_("We could not take something that you added to your request."),
        text=_(
            "Your page says what it is and what you can do: most often it takes a minute. All else you added is safe."
        ),
        act=_("See what it is"),
        path=address("records:list", reminder.case.reference),
        why=_("You get this because you added something to your request that we can’t read."),
        then=_a_person_calls(reminder) if reminder.step in catalogue.RULES["P10"].last else "",
    )


def _opinion_ready(reminder, now):
    is_first = reminder.step == "ready"
    return Words(
        subject=_("Your opinion is ready") if is_first else _("Your opinion is waiting for you"),
        lead=_("Your second opinion is ready to read."),
        text=_(
            "It is written in plain words and answers each of your questions. You don’t have to choose anything today. "
            "If you would rather go through it with a person, call us first."
        ),
        act=_("Read my opinion"),
        path=address("decision:opinion", reminder.case.reference),
        why=_("You get this because you asked us for a second opinion."),
        then=_a_person_calls(reminder) if reminder.step == "3d" else "",
    )


def _referral_of(reminder):
    return next((row for row in reminder.case.referrals.all() if row.key.hex == reminder.occasion), None)


def _offer_waits(reminder, now):
    referral = _referral_of(reminder)
    until = _moment(referral.expires_at) if referral and referral.expires_at else ""
    return Words(
        subject=_("A case is offered to you. Reply by %(moment)s") % {"moment": until},
        lead=_("Can you read one more case?"),
        text=_(
            "The offer %(reference)s runs until %(moment)s. If you can’t take it, say so: it never counts against you."
        )
        % {"reference": reminder.case.reference, "moment": until},
        act=_("See the offer"),
        path=address("review:offer", referral.key) if referral else address("review:inbox"),
        why=_("You get this because you read cases for %(clinic)s.") % {"clinic": reminder.case.clinic.name},
    )


def _review_due(reminder, now):
    case = reminder.case
    due = _moment(case.review_due_at or reminder.ruled_at)
    subject, text = {
        "half": (
            _("Half of the time is over. Opinion due %(moment)s"),
            _(
                "Half of the time is over. If you need something from the patient, ask now. Your clock stands still "
                "until it comes."
            ),
        ),
        "24h": (
            _("An opinion is due soon: %(moment)s"),
            _("If you can’t finish it, tell the team today, so that the patient loses no time."),
        ),
        "due": (
            _("An opinion is due: %(moment)s"),
            _("If you can’t finish it, give it back or call the team. The patient waits for it."),
        ),
    }[reminder.step]
    return Words(
        subject=subject % {"moment": due},
        lead=_("Your opinion on %(reference)s is due %(moment)s.")
        % {"reference": case.reference, "moment": due},
        text=text,
        act=_("Open the case"),
        path=address("review:room", case.reference),
        why=_("You get this because you took this case."),
        then=_("This is our last mail about it. The team will call you.") if reminder.step == "due" else "",
    )


def _received(reminder, now):
    case, due = reminder.case, reminder.case.triage_due_at
    is_ours = case.status in (CaseStatus.SUBMITTED, CaseStatus.TRIAGE)
    text = _("A person reads it, and you hear from us if we can help, or if we need something more.")
    if is_ours and due and due > now:
        text = _(
            "A person reads it. By %(day)s you hear from us if we can help, or if we need something more."
        ) % {"day": _day(due)}
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


def _declined(reminder, now):
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


SAYS = {
    "P1": _draft_unfinished,
    "P2": _decision_near,
    "P3": _hold_a_place,
    "P9": _we_need_something,
    "P10": _file_stopped,
    "P14": _opinion_ready,
    "D1": _offer_waits,
    "D3": _review_due,
    "N1": _received,
    "N2": _declined,
}

# What a person may stop or put off, in their words.
KINDS = {
    "P1": gettext_lazy("A request you have not sent yet"),
    "P2": gettext_lazy("Your date comes near, and your request is not sent"),
    "P3": gettext_lazy("Hold a date somewhere while you decide"),
    "P9": gettext_lazy("We asked you for something and have no answer yet"),
    "P10": gettext_lazy("Something you added can’t be read"),
    "D3": gettext_lazy("An opinion you write is due"),
}

# --- where things are, in four lines: (state, words), state being done, now or "" for to come ------------


def way_of(reminder):
    """Empty for a case that has ended without an opinion."""
    return _specialists_way(reminder) if reminder.rule.startswith("D") else _patients_way(reminder.case)


def _patients_way(case):
    place = {
        CaseStatus.DRAFT: 0,
        CaseStatus.SUBMITTED: 1,
        CaseStatus.TRIAGE: 1,
        CaseStatus.INFO_NEEDED: 1,
        CaseStatus.ROUTING: 2,
        CaseStatus.IN_REVIEW: 2,
        CaseStatus.CLARIFICATION: 2,
        CaseStatus.DELIVERED: 3,
    }.get(case.status)
    if place is None:
        return []
    now = {
        CaseStatus.DRAFT: _("Request not sent yet"),
        CaseStatus.INFO_NEEDED: _("Our team reads it. Waiting for your answer"),
        CaseStatus.ROUTING: _("We are finding your specialist"),
        CaseStatus.CLARIFICATION: _("Your specialist reads it. Waiting for your answer"),
        CaseStatus.DELIVERED: _("Your opinion is ready"),
    }
    lines = (
        (_("Request sent"), _("Request not sent yet")),
        (_("Read by our team"), _("Our team reads it")),
        (_("Read by your specialist"), _("Your specialist reads it")),
        (_("You have the opinion"), _("You get the opinion")),
    )
    return _lines(lines, place, now.get(case.status))


def _specialists_way(reminder):
    lines = (
        (_("Offered to you"), _("Waiting for your reply")),
        (_("Taken by you"), _("You read and write")),
        (_("Signed"), _("You sign")),
        (_("Read by the patient"), _("The patient gets it")),
    )
    return _lines(lines, 0 if reminder.rule == "D1" else 1)


def _lines(lines, place, words_now=None):
    return [
        ("done", done) if n < place else ("now", words_now or ahead) if n == place else ("", ahead)
        for n, (done, ahead) in enumerate(lines)
    ]
