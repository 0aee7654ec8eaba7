"""Where things are, in the patient's words: what happened, what runs now, what comes. No queries, no markup."""

from django.utils.translation import gettext as _

from referrals.home.patient_words import doctor_name
from referrals.templatetags import _times
from referrals.vocabulary import CaseStatus as S


def timeline(case, changes, *, specialist="", goes_without=False):
    """Done steps as they were taken, the one that runs now, and what is still to come.

    `goes_without`: the patient agreed to begin without what is missing.
    """
    steps = [step for change in changes if (step := _done(change))]
    return steps + _now(case, specialist, goes_without) + _to_come(case)


def _done(change):
    words = {
        "submit": _("You sent your request"),
        "claim": _("The care team began to read it"),
        "ask": _("We asked you for something"),
        "unask": _("We no longer need what we asked for"),
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


def _now(case, specialist, goes_without):
    name = specialist or _("The specialist")
    title, due = {
        S.SUBMITTED: (_("A person takes it in hand"), case.acknowledge_due_at),
        S.TRIAGE: (_("The care team reads it"), case.triage_due_at),
        S.INFO_NEEDED: (_("You answer what we asked"), case.answer_due_at),
        S.RECORDS_PENDING: (
            _("We begin with the records that are here") if goes_without else _("We wait for your records"),
            case.records_due_at,
        ),
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
