"""Who may do what with records, and what stands against it: looked up anew in each act."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, Person, UploadLink
from referrals.rules import access, erasure
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import BY_STAFF, WORKING, CaseStatus, RecordStatus, WayIn

UNREADABLE = frozenset({RecordStatus.REFUSED, RecordStatus.NEEDS_YOU})
ADDABLE = WORKING | {CaseStatus.DRAFT}


def may_add(case, by):
    """The person who asks, and the clinic's staff for them."""
    return access.is_patient_of(by, case) or access.is_staff_for(by, case)


def why_no_more(case, by):
    """The sentence that stands against adding; '' where nothing does."""
    if not may_add(case, by):
        return _("Only the person who asks, or the clinic’s staff, can add files here.")
    if case.status not in ADDABLE:
        return _("Files can’t be added to this request any more.")
    return ""


def ways_in(case, by):
    """How a file may have reached us that this person adds."""
    return (WayIn.PORTAL,) if access.is_patient_of(by, case) else BY_STAFF


def may_change(record, by):
    """Say what a record is: the patient; staff, of what didn't come through the patient's hands."""
    return access.is_patient_of(by, record.case) or (
        record.way_in != WayIn.PORTAL and access.is_staff_for(by, record.case)
    )


def may_remove(record, by):
    """Drafts are the patient's own; what was sent stays, but for files nobody can read.

    Staff take back what they added, say when a fax was put to the wrong person. Viruses are destroyed (`deciding`).
    Under a legal hold nothing goes.
    """
    return _is_theirs_to_remove(record, by) and not record.case.is_held


def _is_theirs_to_remove(record, by):
    case = record.case
    if record.status == RecordStatus.QUARANTINED:
        return False
    if access.is_patient_of(by, case):
        return case.status == CaseStatus.DRAFT or (record.status in UNREADABLE and case.status in ADDABLE)
    return record.way_in != WayIn.PORTAL and access.is_staff_for(by, case) and case.status in ADDABLE


def permit_remove(record, by):
    case = record.case
    if case.is_held and (access.is_patient_of(by, case) or access.is_staff_for(by, case)):
        raise StepNotPossible(erasure.HELD)
    if not may_remove(record, by):
        raise PermissionDenied(_("What was sent stays with the request."))


def held(case, *, by=None, link=None, now):
    """The case as it is now, held until the act is done, and still open to this person or link."""
    locked = (
        Case.objects.select_for_update(of=("self",))
        .select_related("clinic", "patient")
        .filter(pk=case.pk, patient__is_active=True)
        .first()
    )
    still_allowed(locked, by=by.pk if by else None, link=link, now=now)
    return locked


def still_allowed(case, *, by=None, link=None, now):
    """Looked up anew, as access may be taken away while bytes travel; `by` is a person's id.

    Raises PermissionDenied or StepNotPossible.
    """
    if case is None or not case.patient.is_active:
        raise PermissionDenied(_("Only the person who asks, or the clinic’s staff, can add files here."))
    if link is not None:
        if not UploadLink.objects.open(now=now).filter(pk=link.pk, made_by__is_active=True).exists():
            raise PermissionDenied(_("This link takes no more files."))
        if case.status not in ADDABLE:
            raise StepNotPossible(_("Files can’t be added any more."))
        return
    by = case.patient if by == case.patient_id else Person.objects.filter(pk=by, is_active=True).first()
    if objection := why_no_more(case, by):
        raise StepNotPossible(objection) if may_add(case, by) else PermissionDenied(objection)


def may_answer_flag(case, by):
    return access.is_patient_of(by, case) or access.is_staff_for(by, case)


def permit_answer(case, by):
    if not may_answer_flag(case, by):
        raise PermissionDenied(_("This is for the person who asks, or the clinic’s care team."))
