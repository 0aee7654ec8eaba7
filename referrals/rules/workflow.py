"""Taking a step on a road: the only place that sets a status.

`possible_steps` gives the buttons and `take` checks by the same questions, so that what is shown, what is
allowed and what an interface accepts are one thing.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, StatusChange
from referrals.rules import audit, catalogue
from referrals.rules.roads import CASE, REFERRAL
from referrals.vocabulary import ENDED, LIVE_REFERRAL, Act, ConsentStatus, InfoRequestStatus


class StepNotPossible(Exception):
    """The step can't be taken as things stand; `str()` is a sentence for the person who tried."""

    def __init__(self, sentence=""):
        super().__init__(
            sentence or _("Somebody was faster. Things have moved on since you opened this page.")
        )


def own_steps(road, row, *, by, now):
    """The steps that are this person's to take from here, each with the sentence that stands against it now or ''."""
    return [(step, step.guard(row, now)) for step in road.steps_from(row.status) if step.who(by, row)]


def possible_steps(road, row, *, by, now):
    """The steps this person may take on this row at this moment."""
    return [step for step, objection in own_steps(road, row, by=by, now=now) if not objection]


def may_take(road, act, row, *, by, now):
    step = road.step(act, row.status)
    return bool(step and step.who(by, row) and not step.guard(row, now))


def require(road, act, row, *, by, now, not_yours=""):
    """Before a form: PermissionDenied where the act isn't theirs, StepNotPossible where it can't be done now."""
    if not any(step.act == act and step.who(by, row) for step in road.steps):
        raise PermissionDenied(not_yours or _("This is not yours to do."))
    step = road.step(act, row.status)
    if step is None:
        raise StepNotPossible
    if objection := step.guard(row, now):
        raise StepNotPossible(objection)


def why_not(road, act, row, *, by, now):
    """The sentence that stands against an act which is this person's to do now; '' where nothing does."""
    step = road.step(act, row.status)
    return step.guard(row, now) if step and step.who(by, row) else ""


@transaction.atomic
def take(road, act, row, *, by, now, reason="", sentence="", note="", changes=None):
    """Take one step: check, set the status, write the StatusChange and the audit event, plan reminders.

    `by` is a Person, or None for the system. `changes` are further fields of the row that go with the step.
    Raises PermissionDenied where it isn't theirs to do, StepNotPossible where it can't be done now, and
    ValueError where a reason or a sentence is owed and missing. `row` is up to date afterwards.
    """
    if not road.knows(act):
        raise ValueError(f"{road.name} knows no act {act!r}")
    case = _lock(road, row)
    step = road.step(act, row.status)
    if step is None:
        if not any(each.act == act and each.who(by, row) for each in road.steps):
            raise PermissionDenied(_("This is not yours to do."))
        raise StepNotPossible
    if not step.who(by, row):
        raise PermissionDenied(_("This is not yours to do."))
    _set(row, changes or {})
    if objection := step.guard(row, now):
        raise StepNotPossible(objection)
    _check_words(step, reason, sentence)
    before = row.status
    timed = step.clocks(row, now)
    moved = {name: [_iso(getattr(row, name)), _iso(value)] for name, value in timed.items()}
    _set(row, {**timed, "status": step.target or before})
    row.save(update_fields=[*(changes or {}), *timed, "status"])
    if road is REFERRAL:
        moved |= _touch_case(case, step.on_case(row, now))
    change = StatusChange.objects.create(
        case=case, referral=row if road is REFERRAL else None, act=act, from_status=before,
        to_status=row.status, by=by, at=now, reason=reason, sentence=sentence, note=note, clocks=moved,
    )  # fmt: skip
    audit.record(
        Act.STEP, by=by, now=now, case=case, subject_kind=road.name, subject_key=getattr(row, "key", ""),
        detail={"act": act, "from": before, "to": row.status, "reason": reason},
    )  # fmt: skip
    if road is CASE and row.status in ENDED:
        _end_open_work(row, by=by, now=now)
    if road is REFERRAL and row.status not in LIVE_REFERRAL:
        _close_questions(row.info_requests, now)
    catalogue.plan(case, now=now)
    return change


def _lock(road, row):
    """Lock the case first, whatever is stepped, so that two steps never wait for each other in a ring."""
    case = Case.objects.select_for_update().get(pk=row.pk if road is CASE else row.case_id)
    if road is CASE:
        row.refresh_from_db(from_queryset=Case.objects.select_related("clinic", "patient"))
        return row
    row.refresh_from_db(
        from_queryset=road.model.objects.select_for_update(of=("self",)).select_related("case__clinic")
    )
    row.case = case
    return case


def _touch_case(case, timed):
    """The clocks of the case that go with a step of its referral."""
    moved = {name: [_iso(getattr(case, name)), _iso(value)] for name, value in timed.items()}
    _set(case, timed)
    if timed:
        case.save(update_fields=[*timed])
    return moved


def _set(row, values):
    for name, value in values.items():
        setattr(row, name, value)


def _iso(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def _check_words(step, reason, sentence):
    if step.reasons and reason not in step.reasons.values:
        raise ValueError(f"{step.act} needs a reason of {step.reasons.__name__}, not {reason!r}")
    if step.told and not sentence.strip():
        raise ValueError(f"{step.act} needs a sentence for the patient")


def _end_open_work(case, *, by, now):
    """An ended case leaves no offer, reading or question behind."""
    for referral in case.referrals.live():
        take(REFERRAL, "cancel", referral, by=by, now=now)
    _close_questions(case.info_requests, now)
    case.go_withouts.filter(status=ConsentStatus.OPEN).update(status=ConsentStatus.CLOSED, answered_at=now)


def _close_questions(requests, now):
    requests.filter(status=InfoRequestStatus.OPEN).update(status=InfoRequestStatus.CLOSED, closed_at=now)
