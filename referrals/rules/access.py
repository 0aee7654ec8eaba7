"""The only doors to patient data: who is what to whom, and which rows a person may see.

Rows come as querysets that hold exactly what the person may see; views take them from here and nowhere
else. A specialist sees a case only while it is referred to them, and for a window after they signed.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from referrals.models import (
    CarryPack,
    Case,
    Citation,
    GoWithout,
    InfoRequest,
    Letter,
    Membership,
    Opinion,
    Person,
    Record,
    RecordSource,
    Referral,
    Reminder,
    Specimen,
    Upload,
    UploadLink,
)
from referrals.vocabulary import (
    READING_REFERRAL,
    STOPPED,
    AskedOf,
    CaseStatus,
    InfoRequestStatus,
    OpinionStatus,
    ReferralStatus,
    Role,
)

WINDOW_AFTER_SIGNING = dt.timedelta(days=30)
STAFF = frozenset({Role.COORDINATOR, Role.TRIAGE_CLINICIAN, Role.LEAD})
TRIAGE = frozenset({Role.TRIAGE_CLINICIAN, Role.LEAD})
READABLE_BY_PATIENT = frozenset({CaseStatus.DELIVERED, CaseStatus.CLOSED})


# --- who somebody is ------------------------------------------------------------------------------


def is_known(person):
    """Signed in, with an account that is not closed."""
    return person is not None and person.is_authenticated and person.is_active


def roles_of(person):
    """The codes of all roles a person holds today; empty for a patient."""
    if not is_known(person):
        return frozenset()
    return frozenset(membership.role for membership in person.memberships_now)


def clinics_as(person, *roles):
    """Ids of the clinics at which a person holds one of the roles."""
    if not is_known(person):
        return frozenset()
    return frozenset(m.clinic_id for m in person.memberships_now if m.role in roles)


def is_system(person, _row=None):
    return person is None


def is_patient_of(person, case):
    return is_known(person) and case.patient_id == person.pk


def works_on(person, case, *roles):
    """Holds one of the roles at the case's clinic; but nobody works on their own request."""
    return case.clinic_id in clinics_as(person, *roles) and case.patient_id != person.pk


def is_staff_for(person, case):
    return works_on(person, case, *STAFF)


def is_triage_for(person, case):
    return works_on(person, case, *TRIAGE)


def is_lead_for(person, case):
    return works_on(person, case, Role.LEAD)


def is_reading(person, case):
    """The specialist to whom the case is referred now."""
    return (
        case.clinic_id in clinics_as(person, Role.SPECIALIST)
        and case.referrals.filter(specialist_id=person.pk, status__in=READING_REFERRAL).exists()
    )


def is_referred_to(person, referral):
    return referral.case.clinic_id in clinics_as(person, Role.SPECIALIST) and (
        referral.specialist_id == person.pk
    )


def may_answer(person, request):
    """What is asked of the patient: they, or staff for them. What is asked of staff: staff."""
    if request.asked_of == AskedOf.PATIENT and is_patient_of(person, request.case):
        return True
    return is_staff_for(person, request.case)


# --- what somebody may see ------------------------------------------------------------------------


def visible_cases(person):
    """A patient's own; those sent to the clinic, for its staff; those being read, for their specialist."""
    if not is_known(person):
        return Case.objects.none()
    own = Q(patient_id=person.pk) & ~Q(status=CaseStatus.ENTERED_IN_ERROR)
    staff = Q(clinic_id__in=clinics_as(person, *STAFF), submitted_at__isnull=False) & ~Q(
        status=CaseStatus.ENTERED_IN_ERROR
    )
    lead = Q(clinic_id__in=clinics_as(person, Role.LEAD), status=CaseStatus.ENTERED_IN_ERROR)
    seen = own | staff | lead
    if clinics := clinics_as(person, Role.SPECIALIST):
        seen |= Q(Exists(_read_by(person, OuterRef("pk"))), clinic_id__in=clinics) & ~Q(
            status=CaseStatus.ENTERED_IN_ERROR
        )
    return Case.objects.filter(seen)


def staffed_cases(person):
    """Of the visible cases, those sent to a clinic whose staff the person is, and not by themselves."""
    sent = visible_cases(person).filter(clinic_id__in=clinics_as(person, *STAFF), submitted_at__isnull=False)
    return sent.exclude(patient_id=getattr(person, "pk", None))


def _staffed_by(person, *roles):
    """Rows of cases that a person works on in one of the roles: never of their own request."""
    return Q(case__clinic_id__in=clinics_as(person, *roles)) & ~Q(case__patient_id=person.pk)


def _read_by(person, case_pk):
    return _readings().filter(case_id=case_pk, specialist_id=person.pk)


def _readings():
    in_window = Q(status=ReferralStatus.SIGNED, ended_at__gt=Now() - WINDOW_AFTER_SIGNING)
    return Referral.objects.filter(Q(status__in=READING_REFERRAL) | in_window)


def visible_readings(person):
    """The referrals under which a specialist reads: accepted, or signed within the window."""
    clinics = clinics_as(person, Role.SPECIALIST)
    if not clinics:
        return Referral.objects.none()
    own = _readings().filter(specialist_id=person.pk, case__clinic_id__in=clinics)
    return own.exclude(case__status=CaseStatus.ENTERED_IN_ERROR)


def visible_records(person):
    """Records of visible cases. What nobody can read (or may) is for the patient and staff alone."""
    if not is_known(person):
        return Record.objects.none()
    seen = Record.objects.filter(case__in=visible_cases(person))
    if clinics_as(person, Role.SPECIALIST):
        seen = seen.filter(
            ~Q(status__in=STOPPED)
            | Q(case__patient_id=person.pk)
            | Q(case__clinic_id__in=clinics_as(person, *STAFF))
        )
    return seen


def _own_or_staffed(person):
    """Cases that are the person's own, or their clinic's to work on: what is asked of others is theirs alone."""
    own = Q(case__patient_id=getattr(person, "pk", None)) & ~Q(case__status=CaseStatus.ENTERED_IN_ERROR)
    return own | Q(case__in=staffed_cases(person))


def visible_sources(person):
    """Who holds records: the patient's own cases, and the clinic's for its staff."""
    return (
        RecordSource.objects.filter(_own_or_staffed(person))
        if is_known(person)
        else RecordSource.objects.none()
    )


def visible_letters(person):
    return Letter.objects.filter(_own_or_staffed(person)) if is_known(person) else Letter.objects.none()


def visible_packs(person):
    return CarryPack.objects.filter(_own_or_staffed(person)) if is_known(person) else CarryPack.objects.none()


def visible_specimens(person):
    return Specimen.objects.filter(_own_or_staffed(person)) if is_known(person) else Specimen.objects.none()


def visible_go_withouts(person):
    return GoWithout.objects.filter(_own_or_staffed(person)) if is_known(person) else GoWithout.objects.none()


def visible_uploads(person):
    """One's own files on their way in; nobody sees another's."""
    if not is_known(person):
        return Upload.objects.none()
    return Upload.objects.filter(by_id=person.pk, case__in=visible_cases(person))


def visible_upload_links(person):
    """The patient sees the links of their case, staff those of their clinic's."""
    if not is_known(person):
        return UploadLink.objects.none()
    own = Q(case__patient_id=person.pk) & Q(case__in=visible_cases(person))
    return UploadLink.objects.filter(own | Q(case__in=staffed_cases(person)))


def visible_referrals(person):
    """A specialist's own offers and readings, also those that ended; all of the clinic's, for its staff."""
    if not is_known(person):
        return Referral.objects.none()
    own = Q(specialist_id=person.pk, case__clinic_id__in=clinics_as(person, Role.SPECIALIST)) & Q(
        offered_at__isnull=False
    )
    staff = _staffed_by(person, *STAFF)
    return Referral.objects.filter(own | staff).exclude(case__status=CaseStatus.ENTERED_IN_ERROR)


def visible_info_requests(person):
    """Patients see what is asked of them; staff all; a specialist what they asked, and whatever was answered."""
    if not is_known(person):
        return InfoRequest.objects.none()
    return (
        InfoRequest.objects.filter(case__in=visible_cases(person))
        .filter(
            Q(case__patient_id=person.pk, asked_of=AskedOf.PATIENT)
            | _staffed_by(person, *STAFF)
            | Q(referral__specialist_id=person.pk)
            | Q(status=InfoRequestStatus.ANSWERED, case__referrals__specialist_id=person.pk)
        )
        .distinct()
    )


def visible_opinions(person):
    """Signed: the patient once delivered, the clinic's staff, its author. A draft: its author and the lead."""
    if not is_known(person):
        return Opinion.objects.none()
    signed = Q(status=OpinionStatus.SIGNED)
    patient = signed & Q(case__patient_id=person.pk, case__status__in=READABLE_BY_PATIENT)
    staff = signed & _staffed_by(person, *STAFF)
    lead = _staffed_by(person, Role.LEAD)
    author = Q(author_id=person.pk, referral__specialist_id=person.pk, case__in=visible_cases(person))
    return Opinion.objects.filter(patient | staff | lead | author).exclude(
        case__status=CaseStatus.ENTERED_IN_ERROR
    )


def visible_citations(person):
    """Pins: one's own, and as drafts the lead's to see; once a signed opinion quotes them, its readers'."""
    if not is_known(person):
        return Citation.objects.none()
    own = Q(by_id=person.pk, case__in=visible_cases(person))
    lead = Q(case__clinic_id__in=clinics_as(person, Role.LEAD)) & ~Q(case__patient_id=person.pk)
    signed = visible_opinions(person).filter(status=OpinionStatus.SIGNED)
    return Citation.objects.filter(own | lead | Q(version__opinion__in=signed)).exclude(
        case__status=CaseStatus.ENTERED_IN_ERROR
    )


def visible_reminders(person):
    """Staff see the ledger of the cases sent to their clinic, each person what was written to them."""
    if not is_known(person):
        return Reminder.objects.none()
    return Reminder.objects.filter(Q(recipient_id=person.pk) | Q(case__in=staffed_cases(person)))


def visible_people(person):
    """The people who work at the clinics a lead leads."""
    return Person.objects.filter(
        Exists(Membership.objects.filter(person=OuterRef("pk"), clinic_id__in=clinics_as(person, Role.LEAD)))
    )


def specialists_of(clinic):
    """Everybody who reads for a clinic and has a profile."""
    return Person.objects.filter(
        Exists(
            Membership.objects.current().of_role(Role.SPECIALIST).filter(person=OuterRef("pk"), clinic=clinic)
        ),
        specialist_profile__isnull=False,
        is_active=True,
    )
