"""What the pages of this room show: one function a page."""

import datetime as dt
import uuid

from django.db.models import Count, Exists, OuterRef
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from referrals.models import LegalHold, Membership, Person, Referral, Specialty
from referrals.rules import access, clocks
from referrals.triage import matching

REPLY_HOURS = (2, 4, 12, 24, 48)


def cases(person):
    """The cases a person works on as staff, with what each page of this room says of them."""
    held = LegalHold.objects.filter(case=OuterRef("pk"), lifted_at__isnull=True)
    return access.staffed_cases(person).select_related(
        "clinic", "patient", "claimed_by", "specialty", "first_opinion"
    ).annotate(is_held=Exists(held))  # fmt: skip


def colleagues(case):
    """The staff of the case's clinic: whom it can be given to. Nobody works on their own request."""
    staff = Membership.objects.current().of_role(*access.STAFF).filter(clinic=case.clinic)
    others = Person.objects.filter(pk__in=staff.values("person")).exclude(pk=case.patient_id)
    return others.order_by("name", "pk")


def record_name(case, person, key):
    """How a record of the case is called; '' for a key that is none."""
    try:
        found = access.visible_records(person).filter(case=case, key=uuid.UUID(key))
    except ValueError:
        return ""
    return found.values_list("name", flat=True).first() or ""


def specialties():
    return Specialty.objects.all()


def match_page(case):
    """Everybody who reads for the clinic, with reasons for and against, and the offer that is out."""
    specialists = list(
        access.specialists_of(case.clinic).select_related("specialist_profile__specialty").order_by("pk")
    )
    for person in specialists:
        person.specialist_profile.person = person
    loads = dict(
        Referral.objects.live()
        .filter(specialist__in=specialists)
        .order_by()
        .values_list("specialist")
        .annotate(Count("pk"))
    )
    referrals = list(case.referrals.select_related("specialist__specialist_profile").order_by("pk"))
    past = {}
    for referral in referrals:
        past.setdefault(referral.specialist_id, []).append(referral)
    return {
        "matches": matching.matches(case, specialists, loads=loads, past=past),
        "offer": next((each for each in referrals if each.status == "offered"), None),
        "fitting": _fitting(case, specialists),
    }


def _fitting(case, specialists):
    return sum(each.specialist_profile.specialty_id == case.specialty_id for each in specialists)


def replies(case, *, now):
    """By when a reply can be wanted: (code, words, moment). The usual (K5), and what the decision date allows."""
    usual = clocks.offer_due(now, case.urgency, clocks.clinic_hours(case.clinic))
    found = [("usual", _("%(moment)s, as usual") % {"moment": moment_words(usual)}, usual)]
    for hours in REPLY_HOURS:
        until = now + dt.timedelta(hours=hours)
        days = clocks.days_until(case.decide_by_on, until, timezone.get_current_timezone())
        if until != usual and (days is None or days >= 0):
            words = _("In %(hours)d hours: %(moment)s") % {"hours": hours, "moment": moment_words(until)}
            found.append((f"{hours}h", words, until))
    return found


def review_due(case, *, accepted_at):
    """K6: until when the opinion is due if the offer is accepted at a moment."""
    return clocks.review_due(accepted_at, case.urgency, clocks.clinic_hours(case.clinic))


def moment_words(value):
    return dateformat.format(timezone.localtime(value), "D j M, H:i")
