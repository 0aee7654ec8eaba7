"""What the page about an opinion shows."""

from referrals.models import OpinionVersion
from referrals.rules import access, clocks, occasions
from referrals.vocabulary import Choice, OpinionStatus


def signed_version(case, person):
    """The newest signed version that this person may read, or None."""
    return (
        OpinionVersion.objects.filter(
            opinion__in=access.visible_opinions(person).filter(case=case, status=OpinionStatus.SIGNED)
        )
        .select_related("signed_by", "opinion__referral")
        .order_by("-signed_at", "-pk")
        .first()
    )


def decisions(case):
    """What the patient decided, the newest first."""
    return list(case.decisions.select_related("by").order_by("-at", "-pk"))


def days_left(case, *, now):
    """Days until the decision date, or None without one."""
    return clocks.days_until(case.decide_by_on, now, occasions.zone_of(case.patient, case.clinic))


def is_settled(decision):
    return decision is not None and decision.choice != Choice.NEED_TIME
