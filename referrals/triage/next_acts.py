"""What each request waits for: the stage, the next act, who holds the ball, and whether it is late."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.rules import clocks, source_words, turn
from referrals.vocabulary import WORKING, AskedOf, BallHolder, CaseStatus, ConsentStatus

EXPIRIES_FOR_THE_LEAD = 2


@dataclass(frozen=True)
class NextAct:
    """`words` of the next act, `holder` of the ball, `due_at` (None where no clock runs), and how it stands."""

    words: str
    holder: str
    due_at: object = None
    is_late: bool = False
    flag: str = ""  # what the lead should look at

    @property
    def holder_words(self):
        return BallHolder(self.holder).label


def stage_of(case):
    """What the pill says: the status, but an offer that is out is a stage of its own for staff."""
    if case.status == CaseStatus.ROUTING and case.offer_due_at:
        return _("Offer out")
    return CaseStatus(case.status).label


def stage_tone(case):
    return "info" if case.status == CaseStatus.ROUTING and case.offer_due_at else ""


def next_act(case, *, now):
    """For a case with `asked_of`, `reader`, `records_wanted`, `records_here` and `offers_run_out` (see worklist)."""
    due_at = case.due_at if case.status in WORKING else None
    return NextAct(
        words=_words(case, now),
        holder=turn.holder(
            case,
            asked_of=case.asked_of or "",
            consent=case.consent or "",
            is_asked=bool(case.chase_name) and not case.send_name,
        ),
        due_at=due_at,
        is_late=bool(due_at and due_at < now),
        flag=_flag(case),
    )


def _flag(case):
    if case.status == CaseStatus.ROUTING and case.offers_run_out >= EXPIRIES_FOR_THE_LEAD:
        return ngettext("%(count)d offer ran out", "%(count)d offers ran out", case.offers_run_out) % {
            "count": case.offers_run_out
        }
    return ""


def _words(case, now):
    if case.status == CaseStatus.RECORDS_PENDING:
        return _chase(case, clocks.today(now, clocks.clinic_hours(case.clinic).zone))
    return {
        CaseStatus.SUBMITTED: _first_look,
        CaseStatus.TRIAGE: _decide,
        CaseStatus.INFO_NEEDED: lambda _case: _("Patient to answer"),
        CaseStatus.ROUTING: _match,
        CaseStatus.IN_REVIEW: lambda case: _("%(name)s to sign") % {"name": case.reader or _("Specialist")},
        CaseStatus.CLARIFICATION: _clarify,
        CaseStatus.DELIVERED: lambda _case: _("Patient to decide"),
    }.get(case.status, lambda _case: "")(case)


def _first_look(_case):
    return _("First look")


def _decide(case):
    missing = case.records_wanted - case.records_here
    if missing > 0:
        return ngettext("%(count)d record missing", "%(count)d records missing", missing) % {"count": missing}
    return _("Say yes or no")


def _chase(case, today):
    """Whom to call; or that the file is complete, or that the patient has answered."""
    if case.records_wanted - case.records_here <= 0:
        return _("Say that the file is complete")
    if case.send_name:
        return source_words.to_ask(case.send_status, case.send_name)
    is_due = bool(case.chase_name and case.chase_on and case.chase_on <= today)
    if case.consent == ConsentStatus.OPEN and not is_due:
        return _("Patient to answer: begin without?")
    if not case.chase_name:
        return _("Ask for the missing records")
    if is_due:
        days = (today - case.chase_since).days
        words = ngettext(
            "Call %(name)s: %(days)d day since asked", "Call %(name)s: %(days)d days since asked", days
        )
        return words % {"name": case.chase_name, "days": days}
    return _("Wait for %(name)s") % {"name": case.chase_name}


def _match(case):
    if case.offer_due_at:
        return _("%(name)s to reply") % {"name": case.reader or _("Specialist")}
    return _("Match anew") if case.offers_run_out else _("Match")


def _clarify(case):
    if case.asked_of == AskedOf.PATIENT:
        return _("Patient to answer")
    if case.asked_of == AskedOf.STAFF:
        return _("Answer %(name)s") % {"name": case.reader or _("the specialist")}
    return _("%(name)s to go on") % {"name": case.reader or _("Specialist")}
