"""The patient's next step in their words: what to do, or who does what by when. No queries, no markup."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.rules import source_words, turn
from referrals.templatetags import _times
from referrals.vocabulary import WAITING, BallHolder, Choice, ConsentStatus, DeclineReason, SourceStatus
from referrals.vocabulary import CaseStatus as S


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
    return _mine(_("Go on with your request"), text, reverse("home:case", args=[case.reference]), _("Go on"))


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
    return _mine(title, text, reverse("intake:answer", args=[case.reference]), _("Write an answer"))


def consent_of(case):
    """How the last question to go on without records stands; '' where none was asked."""
    asked = getattr(case, "questions_to_go_without", [])
    return asked[0].status if asked else ""


def waiting(case):
    """Who was asked for records and still owes some."""
    return [source for source in getattr(case, "all_sources", []) if source.status in WAITING]


def _to_sign(case):
    """The first that waits for the patient's signature, and was not refused it."""
    sources = getattr(case, "all_sources", [])
    return next(
        (
            s
            for s in sources
            if s.status == SourceStatus.AUTHORISATION_NEEDED and not source_words.is_taken_back(s)
        ),
        None,
    )


def _records_pending(case, *_rest):
    consent = consent_of(case)
    if consent == ConsentStatus.OPEN:
        text = _("You decide if the specialist begins without what is still missing.")
        return _mine(
            _("One question about your records"),
            text,
            reverse("sources:consent", args=[case.reference]),
            _("Read and answer"),
        )
    if consent == ConsentStatus.YES:
        return _theirs(
            _("You agreed to begin without some records. The care team finds the right specialist now.")
        )
    if source := _to_sign(case):
        return _mine(
            _("Read and sign the form for %(name)s") % {"name": source.name},
            _("We ask for these records as soon as you have signed."),
            reverse("sources:sign", args=[case.reference, source.key]),
            _("Read and sign"),
        )
    names = source_words.waiting_names(waiting(case))
    if not names:
        text = _("We said yes. Some records are still missing: name who has them, or add them yourself.")
        return _mine(
            _("Help us get your records"),
            text,
            reverse("sources:list", args=[case.reference]),
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
    url = reverse("decision:opinion", args=[case.reference])
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
    url = reverse("decision:opinion", args=[case.reference])
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
