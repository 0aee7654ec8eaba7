"""A case in the patient's words: what happened, what comes, whose turn it is. No queries, no markup."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.rules import source_words, turn
from referrals.templatetags import _times
from referrals.vocabulary import (
    WAITING,
    BallHolder,
    CaseStatus,
    Choice,
    ConsentStatus,
    DeclineReason,
    Situation,
)

S = CaseStatus


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


def address(name, *args):
    """The address of a page, or nothing where there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# --- the next step ---


def next_step(case, *, request=None, specialist="", change=None, decision=None, now):
    """{"title", "text", "url", "act", "is_mine"}: what to do, or who does what by when."""
    made = _NEXT[case.status](case, request, specialist or _("The specialist"), change, decision)
    step = {"text": "", "url": "", "act": "", "is_mine": False, **made}
    late = case.due_at and case.due_at < now and not step["is_mine"] and case.status not in _QUIET
    step["late"] = (
        _("This should have been done by now. We are late, and sorry. Call us if you like.") if late else ""
    )
    return step


_QUIET = frozenset({S.DRAFT, S.DELIVERED, S.CLOSED, S.DECLINED, S.WITHDRAWN, S.LAPSED, S.CLARIFICATION})


def _by(when):
    return _times.moment(when)


def _mine(title, text, url, act):
    return {"title": title, "text": text, "url": url, "act": act, "is_mine": True}


def _theirs(text):
    return {"title": _("Nothing to do"), "text": text}


def _draft(case, *_rest):
    text = _("It is saved. Nobody has read it yet.")
    return _mine(_("Go on with your request"), text, address("home:case", case.reference), _("Go on"))


def _submitted(case, *_rest):
    words = {"clinic": case.clinic.name, "time": _by(case.acknowledge_due_at)}
    return _theirs(_("A person at %(clinic)s takes it in hand by %(time)s.") % words)


def _triage(case, *_rest):
    return _theirs(
        _("The care team reads it and tells you by %(time)s if we can help.")
        % {"time": _by(case.triage_due_at)}
    )


def _info_needed(case, request, specialist, *_rest):
    return _answer(case, request, _("the care team"))


def _answer(case, request, who):
    count = len(request.items.all()) if request else 1
    title = ngettext("Answer one thing for %(who)s", "Answer %(count)d things for %(who)s", count) % {
        "who": who,
        "count": count,
    }
    text = (
        _("Best by %(date)s, so that the reading goes on.") % {"date": _times.day(case.answer_due_at)}
        if case.answer_due_at
        else ""
    )
    return _mine(title, text, address("intake:answer", case.reference), _("Write an answer"))


def consent_of(case):
    """How the last question to go on without records stands; '' where none was asked."""
    asked = getattr(case, "questions_to_go_without", [])
    return asked[0].status if asked else ""


def waiting(case):
    """Who was asked for records and still owes some."""
    return [source for source in getattr(case, "all_sources", []) if source.status in WAITING]


def _records_pending(case, *_rest):
    consent = consent_of(case)
    if consent == ConsentStatus.OPEN:
        text = _("You decide if the specialist begins without what is still missing.")
        return _mine(
            _("One question about your records"),
            text,
            address("sources:consent", case.reference),
            _("Read and answer"),
        )
    if consent == ConsentStatus.YES:
        return _theirs(
            _("You agreed to begin without some records. The care team finds the right specialist now.")
        )
    names = source_words.waiting_names(waiting(case))
    if not names:
        text = _("We said yes. Some records are still missing: name who has them, or add them yourself.")
        return _mine(
            _("Help us get your records"),
            text,
            address("sources:list", case.reference),
            _("See what is missing"),
        )
    words = {"names": names, "time": _times.day(case.records_due_at)}
    return {
        "title": _("Waiting for records from %(names)s") % words,
        "text": _("We said yes to your request. They have until %(time)s, and we keep asking.") % words,
    }


def _routing(case, *_rest):
    if case.offer_due_at:
        return _theirs(
            _("We asked a specialist and wait for the reply, until %(time)s.")
            % {"time": _by(case.offer_due_at)}
        )
    text = _("We said yes to your request and look for the right specialist.")
    if case.route_due_at:
        text = _("We said yes to your request and ask the right specialist by %(time)s.") % {
            "time": _by(case.route_due_at)
        }
    return _theirs(text)


def _in_review(case, request, specialist, *_rest):
    return _theirs(
        _("%(name)s reads and writes until %(time)s.") % {"name": specialist, "time": _by(case.review_due_at)}
    )


def _clarification(case, request, specialist, *_rest):
    holder = turn.holder(case, asked_of=request.asked_of if request else "")
    if holder == BallHolder.PATIENT:
        return _answer(case, request, specialist)
    if holder == BallHolder.STAFF:
        return _theirs(
            _("%(name)s asked the care team for something. They see to it.") % {"name": specialist}
        )
    return _theirs(_("%(name)s has the answer and reads on.") % {"name": specialist})


def _delivered(case, *_rest):
    url = address("decision:opinion", case.reference)
    if case.opened_at:
        return _mine(
            _("Decide when you are ready"),
            _("Your opinion stays here. You can read it again and talk it through with us."),
            url,
            _("Read it and decide"),
        )
    return _mine(
        _("Your opinion is ready"),
        _("Both opinions stand side by side. You can talk it through with us."),
        url,
        _("Read my opinion"),
    )


def _closed(case, request, specialist, change, decision):
    url = address("decision:opinion", case.reference)
    chosen = Choice(decision).for_patient if decision else ""
    text = (
        _("You chose: %(choice)s. You can read the opinion again, and change your mind.") % {"choice": chosen}
        if chosen
        else ""
    )
    return {"title": _("You made your choice"), "text": text, "url": url, "act": _("Read my opinion")}


def _declined(case, request, specialist, change, *_rest):
    reason = (
        DeclineReason(change.reason).for_patient if change and change.reason in DeclineReason.values else ""
    )
    return {
        "title": _("We can’t help with this one"),
        "text": f"{reason}." if reason else "",
        "is_mine": False,
    }


def _withdrawn(case, *_rest):
    return {
        "title": _("You took it back"),
        "text": _("Nobody reads it any more. What was sent stays on file.")
        if case.submitted_at
        else _("It was never sent."),
    }


def _lapsed(case, *_rest):
    return {"title": _("Closed because we heard nothing"), "text": _("What you wrote is still here.")}


_NEXT = {
    S.DRAFT: _draft, S.SUBMITTED: _submitted, S.TRIAGE: _triage, S.INFO_NEEDED: _info_needed,
    S.RECORDS_PENDING: _records_pending, S.ROUTING: _routing,
    S.IN_REVIEW: _in_review, S.CLARIFICATION: _clarification, S.DELIVERED: _delivered, S.CLOSED: _closed,
    S.DECLINED: _declined, S.WITHDRAWN: _withdrawn, S.LAPSED: _lapsed,
}  # fmt: skip


# --- where things are ---


def timeline(case, changes, *, specialist=""):
    """Done steps as they were taken, the one that runs now, and what is still to come."""
    steps = [step for change in changes if (step := _done(change))]
    return steps + _now(case, specialist) + _to_come(case)


def _done(change):
    words = {
        "submit": _("You sent your request"),
        "claim": _("The care team began to read it"),
        "ask": _("We asked you for something"),
        "accept": _("We said yes to your request"),
        "accept_pending": _("We said yes to your request, and wait for records"),
        "complete": _("Your records are complete"),
        "clarify": _("The specialist asked for more"),
        "resume": _("The specialist read on"),
        "reassign": _("We look for another specialist"),
        "deliver": _("Your opinion was signed"),
        "need_time": _("You took more time"),
        "decide": _("You made your choice"),
        "decline": _("We could not take your request"),
        "withdraw": _("You took your request back"),
        "lapse": _("Closed because we heard nothing"),
        "reopen": _("You opened it again"),
    }
    if change.act == "begin_review":
        title = _("%(name)s said yes to your case") % {"name": doctor_name(change.by) or _("A specialist")}
    elif change.act == "answer":
        mine = change.by_id == change.case.patient_id
        title = _("You answered") if mine else _("The care team has what it needed")
    else:
        title = words.get(change.act)
    return {"title": title, "state": "done", "at": change.at} if title else None


def _now(case, specialist):
    name = specialist or _("The specialist")
    title, due = {
        S.SUBMITTED: (_("A person takes it in hand"), case.acknowledge_due_at),
        S.TRIAGE: (_("The care team reads it"), case.triage_due_at),
        S.INFO_NEEDED: (_("You answer what we asked"), case.answer_due_at),
        S.RECORDS_PENDING: (_("We wait for your records"), case.records_due_at),
        S.ROUTING: (_("We look for the right specialist"), case.offer_due_at or case.route_due_at),
        S.IN_REVIEW: (_("%(name)s reads and writes your opinion") % {"name": name}, case.review_due_at),
        S.CLARIFICATION: (_("%(name)s waits for an answer") % {"name": name}, case.answer_due_at),
        S.DELIVERED: (_("You read it and decide"), None),
    }.get(case.status, ("", None))
    note = _("Due by %(time)s") % {"time": _times.moment(due)} if due else ""
    return [{"title": title, "state": "now", "note": note}] if title else []


def _to_come(case):
    way = [S.SUBMITTED, S.TRIAGE, S.ROUTING, S.IN_REVIEW, S.DELIVERED]
    like = {S.INFO_NEEDED: S.TRIAGE, S.RECORDS_PENDING: S.TRIAGE, S.CLARIFICATION: S.IN_REVIEW}
    at = like.get(case.status, case.status)
    if at not in way:
        return []
    words = {
        S.TRIAGE: _("The care team reads it and says if we can help"),
        S.ROUTING: _("We find the right specialist"),
        S.IN_REVIEW: _("The specialist reads and writes your opinion"),
        S.DELIVERED: _("You read it and decide"),
    }
    note = _("Before %(date)s") % {"date": _times.day(case.decide_by_on)} if case.decide_by_on else ""
    return [
        {"title": words[status], "state": "", "note": note if status == S.DELIVERED else ""}
        for status in way[way.index(at) + 1 :]
    ]


def doctor_name(person):
    """Dr. Maren Oakley; the plain name of whoever has no profile."""
    if person is None:
        return ""
    profile = getattr(person, "specialist_profile", None)
    return f"{profile.title} {person.shown_name}".strip() if profile else person.shown_name


# --- the clock ---


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
