"""When somebody is to be reminded about records that others hold (REMINDERS.md P7, P8, P11, S5), and about slides.

Nobody is reminded of what only another can do: patients of their own copies and their own signature, staff of the rest.
Sources asked on one day share their reminders: an occasion is a day, not a source.
"""

from referrals.models import Authorisation, Membership, Person
from referrals.rules import clocks
from referrals.rules.occasions import Occasion, patient_hours
from referrals.vocabulary import (
    SETTLED,
    WAITING,
    WORKING,
    AuthorisationStatus,
    CaseStatus,
    Role,
    SourceRoute,
    SourceStatus,
    SpecimenStatus,
    Urgency,
)

DAY = clocks.DAY
ASKED = WORKING | {CaseStatus.DRAFT}
CHASE = (7, 14, 21, 28)  # P8
BEFORE_IT_ENDS = (14, 3)  # P11
SLIDES = (7, 21)  # S17


def form_not_signed(case):
    """P7: 24 h, 72 h and 5 days after the form was laid out."""
    if case.status not in ASKED:
        return
    hours = patient_hours(case, urgent=case.urgency == Urgency.URGENT)
    for source in case.sources.filter(status=SourceStatus.AUTHORISATION_NEEDED, routed_at__isnull=False):
        moments = tuple((f"{n}d", source.routed_at + n * DAY) for n in (1, 3, 5))
        yield Occasion(case.patient, f"{source.routed_at:%Y%m%d}", moments, hours)


def ask_them_again(case):
    """P8: the patient asked for their own copy; on days 7, 14, 21, 28, and on the last day that the law gives."""
    if case.status not in ASKED:
        return
    hours = patient_hours(case)
    for source in case.sources.filter(status__in=WAITING, route=SourceRoute.OWN_COPY):
        days = [(f"{n}d", source.requested_on + n * DAY) for n in CHASE]
        moments = tuple((step, clocks.at_opening(day, hours)) for step, day in days)
        yield Occasion(case.patient, f"{source.requested_on:%Y%m%d}", moments, hours)
        last = (("due", clocks.at_opening(source.due_on, hours)),)
        yield Occasion(case.patient, f"due{source.due_on:%Y%m%d}", last, hours)


def expires_on(authorisation, case, zone):
    """The last day on which a form holds; None while that hangs on an opinion that is not there yet."""
    if authorisation.expires_on:
        return authorisation.expires_on
    if case.delivered_at is None:
        return None
    return clocks.today(case.delivered_at, zone) + authorisation.days_after_delivery * DAY


def form_runs_out(case):
    """P11: 14 and 3 days before a form runs out whose records are not all here."""
    if case.status not in ASKED:
        return
    hours = patient_hours(case)
    holding = Authorisation.objects.filter(source__case=case, status=AuthorisationStatus.SIGNED)
    for each in holding.exclude(source__status__in=SETTLED):
        if end := expires_on(each, case, hours.zone):
            moments = tuple((f"{n}d", clocks.at_opening(end - n * DAY, hours)) for n in BEFORE_IT_ENDS)
            yield Occasion(case.patient, each.key.hex, moments, hours)


def source_silent(case):
    """S5: whoever has the case asks again on days 5, 12, 20, 28 and 31; of own copies once the case waits for them."""
    if case.status not in WORKING:
        return
    sources = case.sources.filter(status__in=WAITING)
    if case.status != CaseStatus.RECORDS_PENDING:
        sources = sources.exclude(route=SourceRoute.OWN_COPY)
    hours = clocks.clinic_hours(case.clinic)
    for source in sources:
        moments = tuple(
            (f"{n}d", clocks.at_opening(source.requested_on + n * DAY, hours)) for n in clocks.CHASE_AFTER
        )
        for person in staff_of(case):
            yield Occasion(person, f"{source.requested_on:%Y%m%d}", moments, hours)


def signature_gone(case):
    """S18: a patient took a signature back; nothing more is asked for on its strength."""
    if case.status not in WORKING:
        return
    revoked = Authorisation.objects.filter(
        source__case=case,
        status=AuthorisationStatus.REVOKED,
        source__status=SourceStatus.AUTHORISATION_NEEDED,
    )
    for each in revoked:
        for person in staff_of(case):
            moments = (("revoked", each.ended_at),)
            yield Occasion(person, each.key.hex, moments, clocks.clinic_hours(case.clinic))


def slides_here(case):
    """S17: slides and blocks that were read, or whose case is over, go back."""
    if case.status == CaseStatus.DRAFT:
        return
    hours, over = clocks.clinic_hours(case.clinic), case.delivered_at or case.ended_at
    for specimen in case.specimens.filter(status__in=[SpecimenStatus.ARRIVED, SpecimenStatus.READ]):
        since = specimen.moved_at if specimen.status == SpecimenStatus.READ else over
        if since is None or case.status == CaseStatus.ENTERED_IN_ERROR:
            continue
        moments = tuple((f"{n}d", since + n * DAY) for n in SLIDES)
        for person in staff_of(case):
            yield Occasion(person, specimen.key.hex, moments, hours)


def staff_of(case):
    """Who is written to: whoever has the case while they work there, else the coordinators of the clinic."""
    current = Membership.objects.current().filter(clinic_id=case.clinic_id)
    staff = current.of_role(Role.COORDINATOR, Role.TRIAGE_CLINICIAN, Role.LEAD)
    if case.claimed_by_id and staff.filter(person_id=case.claimed_by_id).exists():
        return [case.claimed_by]
    coordinators = current.of_role(Role.COORDINATOR).exclude(person_id=case.patient_id)
    return list(Person.objects.filter(pk__in=coordinators.values("person")).order_by("pk"))
