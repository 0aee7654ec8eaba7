"""Plain builders. A case is brought to a status by the real steps of its road, so that it is whole."""

import datetime as dt
import hashlib
import uuid

from django.conf import settings
from django.utils import timezone

from referrals.models import (
    Case,
    CaseQuestion,
    Clinic,
    FirstOpinion,
    Membership,
    Opinion,
    OpinionAnswer,
    OpinionVersion,
    Person,
    Record,
    RecordSource,
    Referral,
    SpecialistProfile,
    Specialty,
    Upload,
)
from referrals.rules import checklists, clocks, information
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import take
from referrals.vocabulary import (
    AskedOf,
    CaseStatus,
    ChecklistState,
    DeclineReason,
    OpinionStatus,
    RecordStatus,
    Role,
    VoidReason,
)

PASSWORD = "a-long-enough-password"
# Tuesday in working hours of the test clinic.
NOW = dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC)


def make_clinic(**fields):
    clinic = Clinic.objects.order_by("pk").first() or Clinic()
    values = {"name": "Fernhollow Clinic", "phone": "555 014 2200", "zone": "America/Chicago", **fields}
    for name, value in values.items():
        setattr(clinic, name, value)
    clinic.save()
    return clinic


def make_person(name, *roles, clinic=None, **fields):
    """A person with an account and, for each role, a membership."""
    email = fields.pop("email", f"{name.casefold().replace(' ', '.')}@fernhollow.example")
    person = Person.objects.create_user(email, PASSWORD, name=name.title(), **fields)
    person.emailaddress_set.create(email=email, verified=True, primary=True)
    for role in roles:
        Membership.objects.create(person=person, clinic=clinic or make_clinic(), role=role)
    return person


def make_specialist(name, *, clinic=None, specialty="orthopaedics", **profile):
    person = make_person(name, Role.SPECIALIST, clinic=clinic)
    field, _new = Specialty.objects.get_or_create(code=specialty, defaults={"name": specialty.title()})
    SpecialistProfile.objects.create(
        person=person, specialty=field, **{"practice": f"{name} House", **profile}
    )
    return person


def make_draft(
    patient, *, now=NOW, clinic=None, questions=("Do I need the screws?",), first_opinion=None, **fields
):
    """A draft with all that sending asks for; `fields` override."""
    values = {
        "situation": "surgery",
        "subject_name": patient.name,
        "subject_born_on": dt.date(1968, 3, 3),
        "located_in": "Illinois, US",
        "story": "My back hurts.",
        "decide_by_on": (now + dt.timedelta(days=21)).date(),
        "cover": "self_pay",
        "emergency": "none",
        "disclaimer_version": "1",
        "consented_at": now,
        **fields,
    }
    case = Case.objects.create(
        clinic=clinic or make_clinic(), patient=patient, created_at=now, edited_at=now, **values
    )
    for position, text in enumerate(questions, 1):
        CaseQuestion.objects.create(case=case, position=position, text=text)
    FirstOpinion.objects.create(
        case=case,
        **{
            "doctor_name": "Corvin Hale",
            "practice": "Millpond Spine Center",
            "given_on": now.date() - dt.timedelta(days=9),
            "diagnosis": "Slipped bone in the lower back",
            "advice": "surgery",
            "plan": "Screws and rods",
            **(first_opinion or {}),
        },
    )
    checklists.lay_out(case)
    return case


def make_case(patient, status=CaseStatus.SUBMITTED, *, staff=None, specialist=None, now=NOW, **fields):
    """A case walked to `status`. `staff` (a triage clinician) and `specialist` are needed from where they act."""
    case = make_draft(patient, now=now, **fields)
    for act in ROUTES[status]:
        STAGES[act](case, staff, specialist, now)
    case.refresh_from_db()
    assert case.status == status
    return case


def make_record(case, *, name="letter.pdf", by=None, now=NOW, body=None, **fields):
    """A record's row (no bytes in the storage)."""
    body = body or f"{case.pk} {name} {case.records.count()}".encode()
    values = {"kind": "pdf", "status": RecordStatus.READY, "checked_at": now, "page_count": 1, **fields}
    return Record.objects.create(
        case=case, added_by=by or case.patient, added_at=now, name=name, size=len(body),
        sha256=hashlib.sha256(body).hexdigest(), **values,
    )  # fmt: skip


def make_upload(case, *, by=None, now=NOW, **fields):
    """A file that is half here, and was last heard of at `now`."""
    values = {
        "name": "scan.dcm", "size": 1000, "offset": 500, "file_key": uuid.uuid4(), "started_at": now, "touched_at": now,
        "expires_at": now + settings.UPLOAD_DAYS * dt.timedelta(days=1),
    }  # fmt: skip
    sender = {} if "link" in fields else {"by": by or case.patient}
    return Upload.objects.create(case=case, **{**values, **sender, **fields})


def make_offer(case, specialist, *, by, now=NOW, **fields):
    referral = Referral.objects.create(case=case, specialist=specialist, offered_by=by, **fields)
    take(REFERRAL, "offer", referral, by=by, now=now)
    return referral


def make_source(case, *, by=None, now=NOW, **fields):
    """Somebody who holds records, as the row; `status` and dates as given."""
    values = {"name": "Millpond Imaging", "kind": "imaging", "types": ["images"], **fields}
    if values.get("requested_on"):
        values.setdefault("route", "own_copy")
        values.setdefault("due_on", clocks.source_due(values["requested_on"]))
        values.setdefault("chase_on", clocks.next_chase(values["requested_on"], values["requested_on"]))
    return RecordSource.objects.create(case=case, added_by=by or case.patient, added_at=now, **values)


def make_info_request(
    case, *, by, now=NOW, of=AskedOf.PATIENT, items=("How far can you walk?",), referral=None
):
    return information.open_request(case=case, asked_of=of, items=items, by=by, now=now, referral=referral)


def make_opinion(case, *, signed=False, now=NOW, **fields):
    """A whole draft opinion of the specialist who reads the case; signed, with a version, on demand."""
    referral = case.referrals.reading().get()
    values = {
        "diagnosis_stance": "agree",
        "diagnosis": "Slip of L4 on L5, grade 1.",
        "plan_stance": "differ",
        "advice": "Eight weeks of exercise first.",
        "confidence": "fairly",
        "safe_to_wait": "for_a_time",
        "warning_signs": "A leg turns weak",
        "plain_words": "You do have a slipped bone. I would not operate now.",
        **fields,
    }
    opinion = Opinion.objects.create(
        case=case, referral=referral, author=referral.specialist, saved_at=now, **values
    )
    for question in case.questions.all():
        OpinionAnswer.objects.create(opinion=opinion, question=question, text="Not now, I think.")
    if signed:
        body = {"advice": opinion.advice}
        Opinion.objects.filter(pk=opinion.pk).update(status=OpinionStatus.SIGNED)
        OpinionVersion.objects.create(
            opinion=opinion, body=body, sha256="0" * 64, signed_by=opinion.author, signed_at=now
        )
        opinion.refresh_from_db()
    return opinion


def _submit(case, _staff, _specialist, now):
    take(CASE, "submit", case, by=case.patient, now=now)


def _claim(case, staff, _specialist, now):
    take(CASE, "claim", case, by=staff, now=now, changes={"claimed_by": staff})


def _ask(case, staff, _specialist, now):
    take(CASE, "ask", case, by=staff, now=now)
    make_info_request(case, by=staff, now=now)


def _accept(case, staff, _specialist, now):
    case.checklist.update(state=ChecklistState.HAVE)
    take(CASE, "prioritise", case, by=staff, now=now, changes={"urgency": "routine"})
    take(CASE, "accept", case, by=staff, now=now)


def _wait(case, staff, _specialist, now):
    take(CASE, "prioritise", case, by=staff, now=now, changes={"urgency": "routine"})
    take(CASE, "accept_pending", case, by=staff, now=now)


def _review(case, staff, specialist, now):
    referral = make_offer(case, specialist, by=staff, now=now)
    take(REFERRAL, "accept", referral, by=specialist, now=now)
    take(CASE, "begin_review", case, by=specialist, now=now)


def _clarify(case, _staff, specialist, now):
    referral = case.referrals.reading().get()
    take(CASE, "clarify", case, by=specialist, now=now)
    take(REFERRAL, "pause", referral, by=specialist, now=now)
    make_info_request(case, by=specialist, now=now, referral=referral)


def _deliver(case, _staff, specialist, now):
    referral = case.referrals.reading().get()
    make_opinion(case, signed=True, now=now)
    take(CASE, "deliver", case, by=specialist, now=now)
    take(REFERRAL, "sign", referral, by=specialist, now=now)


def _close(case, _staff, _specialist, now):
    take(CASE, "decide", case, by=case.patient, now=now)


def _decline(case, staff, _specialist, now):
    take(
        CASE, "decline", case, by=staff, now=now, reason=DeclineReason.SCOPE, sentence="Please see a dentist."
    )


def _withdraw(case, _staff, _specialist, now):
    take(CASE, "withdraw", case, by=case.patient, now=now)


def _lapse(case, _staff, _specialist, now):
    take(CASE, "lapse", case, by=None, now=now)


def _void(case, _staff, _specialist, now):
    lead = Person.objects.filter(memberships__role=Role.LEAD).first() or make_person("void lead", Role.LEAD)
    take(CASE, "void", case, by=lead, now=now, reason=VoidReason.TEST)


STAGES = {
    "submit": _submit, "claim": _claim, "ask": _ask, "accept": _accept, "wait": _wait, "review": _review,
    "clarify": _clarify,
    "deliver": _deliver, "close": _close, "decline": _decline, "withdraw": _withdraw, "lapse": _lapse, "void": _void,
}  # fmt: skip
_TRIAGE = ("submit", "claim")
_REVIEW = (*_TRIAGE, "accept", "review")
ROUTES = {
    CaseStatus.DRAFT: (),
    CaseStatus.SUBMITTED: ("submit",),
    CaseStatus.TRIAGE: _TRIAGE,
    CaseStatus.INFO_NEEDED: (*_TRIAGE, "ask"),
    CaseStatus.RECORDS_PENDING: (*_TRIAGE, "wait"),
    CaseStatus.ROUTING: (*_TRIAGE, "accept"),
    CaseStatus.IN_REVIEW: _REVIEW,
    CaseStatus.CLARIFICATION: (*_REVIEW, "clarify"),
    CaseStatus.DELIVERED: (*_REVIEW, "deliver"),
    CaseStatus.CLOSED: (*_REVIEW, "deliver", "close"),
    CaseStatus.DECLINED: (*_TRIAGE, "decline"),
    CaseStatus.WITHDRAWN: ("submit", "withdraw"),
    CaseStatus.LAPSED: ("lapse",),
    CaseStatus.ENTERED_IN_ERROR: ("submit", "void"),
}


def later(**span):
    return NOW + dt.timedelta(**span)


def real_now():
    return timezone.now()
