"""The road of a referral: from an offer to a signed opinion."""

from django.utils.translation import gettext_lazy as _

from referrals.models import Referral
from referrals.rules import access, clocks, independence
from referrals.vocabulary import LIVE_REFERRAL, CaseStatus, OfferDeclineReason, ReferralStatus

from .step import Road, Step

R = ReferralStatus


def staff_for_its_case(person, referral):
    return access.is_staff_for(person, referral.case)


def triage_or_its_specialist(person, referral):
    return access.is_triage_for(person, referral.case) or access.is_referred_to(person, referral)


def its_specialist_or_system(person, referral):
    return person is None or access.is_referred_to(person, referral)


def whoever_ends_the_case(person, referral):
    """Cancelling follows an end of the case, whose own step has asked who may."""
    case = referral.case
    return person is None or access.is_patient_of(person, case) or access.is_triage_for(person, case)


def _may_be_offered(referral, _now):
    case = referral.case
    if case.status != CaseStatus.ROUTING:
        return _("The case is not waiting for a specialist")
    if not access.specialists_of(case.clinic).filter(pk=referral.specialist_id).exists():
        return _("This person does not read for the clinic")
    others = Referral.objects.exclude(pk=referral.pk).filter(specialist=referral.specialist)
    return independence.objection(
        case, referral.specialist.specialist_profile,
        avoided_names=case.avoided_names.values_list("name", flat=True),
        open_cases=others.live().count(),
        has_a_tie=others.filter(case=case, decline_reason=OfferDeclineReason.CONFLICT).exists(),
    )  # fmt: skip


def _still_open(referral, now):
    if referral.expires_at and referral.expires_at <= now:
        return _("The time to answer this offer is over")
    return ""


def _time_is_over(referral, now):
    return "" if referral.expires_at and referral.expires_at <= now else _("The offer still runs")


def _offered(referral, now):
    case = referral.case
    hours = clocks.clinic_hours(case.clinic)
    due = referral.expires_at or clocks.offer_due(now, case.urgency, hours)
    return {"offered_at": now, "expires_at": due}


def _answered(_referral, now):
    return {"answered_at": now}


def _accepted(_referral, now):
    return {"answered_at": now, "no_conflict_declared_at": now}


def _ended(_referral, now):
    return {"ended_at": now}


def _turned_down(_referral, now):
    return {"answered_at": now, "ended_at": now}


def _offer_is_out(referral, now):
    return {"offer_due_at": _offered(referral, now)["expires_at"], "route_due_at": None}


def _offer_is_over(_referral, _now):
    return {"offer_due_at": None}


def _offer_to_the_next(referral, now):
    """Nobody took it: the case waits for another offer from now on."""
    case = referral.case
    if case.status != CaseStatus.ROUTING:
        return {"offer_due_at": None}
    due = clocks.route_due(now, case.urgency, clocks.clinic_hours(case.clinic))
    return {"offer_due_at": None, "route_due_at": due}


STEPS = (
    Step(
        act="offer", label=_("Send offer"), sources=frozenset({R.PREPARED}), target=R.OFFERED,
        who=staff_for_its_case, guard=_may_be_offered, clocks=_offered, on_case=_offer_is_out, codes=("", "requested", "offered", ""),
    ),
    Step(
        act="accept", label=_("Take this case"), sources=frozenset({R.OFFERED}), target=R.IN_REVIEW,
        who=access.is_referred_to, guard=_still_open, clocks=_accepted, on_case=_offer_is_over, codes=("", "in-progress", "in-review", ""),
    ),
    Step(
        act="decline", label=_("Decline"), sources=frozenset({R.OFFERED}), target=R.DECLINED,
        who=access.is_referred_to, guard=_still_open, clocks=_turned_down, reasons=OfferDeclineReason,
        on_case=_offer_to_the_next, codes=("", "rejected", "declined", ""),
    ),
    Step(
        act="expire", label=_("No reply in time"), sources=frozenset({R.OFFERED}), target=R.EXPIRED,
        who=access.is_system, guard=_time_is_over, clocks=_ended, on_case=_offer_to_the_next, codes=("", "cancelled", "offer-expired", ""),
    ),
    Step(
        act="pause", label=_("Wait for an answer"), sources=frozenset({R.IN_REVIEW}), target=R.PAUSED,
        who=access.is_referred_to, codes=("", "on-hold", "clarification", ""),
    ),
    Step(
        act="resume", label=_("Go on"), sources=frozenset({R.PAUSED}), target=R.IN_REVIEW,
        who=its_specialist_or_system, codes=("", "in-progress", "in-review", ""),
    ),
    Step(
        act="sign", label=_("Sign"), sources=frozenset({R.IN_REVIEW}), target=R.SIGNED,
        who=access.is_referred_to, clocks=_ended, codes=("", "completed", "signed", "PCC-57 CM"),
    ),
    Step(
        act="take_back", label=_("Give to someone else"), sources=frozenset({R.IN_REVIEW, R.PAUSED}), target=R.TAKEN_BACK,
        who=triage_or_its_specialist, clocks=_ended, codes=("", "cancelled", "reassigned", ""),
    ),
    Step(
        act="recall", label=_("Take the offer back"), sources=frozenset({R.OFFERED}), target=R.CANCELLED,
        who=staff_for_its_case, clocks=_ended, on_case=_offer_to_the_next, codes=("", "cancelled", "offer-recalled", ""),
    ),
    Step(
        act="cancel", label=_("Cancel"), sources=LIVE_REFERRAL, target=R.CANCELLED,
        who=whoever_ends_the_case, clocks=_ended, on_case=_offer_is_over, codes=("", "cancelled", "cancelled", ""),
    ),
)  # fmt: skip

REFERRAL = Road("referral", Referral, STEPS)
