"""What a patient does with a request: begins it, writes it, sends it, answers, takes it back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, Clinic, FirstOpinion, InfoRequest, Person
from referrals.rules import access, audit, catalogue, checklists, clocks, information
from referrals.rules.roads import CASE
from referrals.rules.workflow import StepNotPossible, take
from referrals.vocabulary import Act, CaseStatus, InfoRequestStatus, Situation, Subject


@transaction.atomic
def start(*, by, now, situation, clinic=None, self_check_key=None):
    """A draft for the person. A second press finds the draft that nothing was written on yet."""
    Person.objects.select_for_update().get(pk=by.pk)
    untouched = Case.objects.drafts().filter(patient=by, situation=situation)
    if (same := untouched.order_by("-pk").first()) and same.edited_at == same.created_at:
        if self_check_key and str(same.self_check_key) != str(self_check_key):
            same.self_check_key = self_check_key
            same.save(update_fields=["self_check_key"])
        return same
    case = Case.objects.create(
        clinic=clinic or Clinic.objects.order_by("pk").first(),
        patient=by,
        situation=situation,
        self_check_key=self_check_key,
        subject=Subject.CHILD if situation == Situation.CHILD else Subject.SELF,
        created_at=now,
        edited_at=now,
    )
    FirstOpinion.objects.create(case=case)
    checklists.lay_out(case)
    audit.record(Act.START, by=by, now=now, case=case, detail={"situation": situation})
    catalogue.plan(case, now=now)
    return case


@transaction.atomic
def save_step(*, case, form, slug, by, now, press=""):
    """Keep what a step's form holds: what is right in the rows, what isn't yet beside them.

    `press` is a button inside the form (remove a place, take a question that is offered). What is typed
    again unchanged leaves no trace.
    """
    _lock_draft(case, by)
    form.is_valid()
    form.press(press)
    changed = form.keep(now)
    unfinished = {step: typed for step, typed in case.unfinished.items() if step != slug}
    if typed := form.not_yet_right():
        unfinished[slug] = typed
    if not changed and unfinished == case.unfinished:
        return case
    case.unfinished, case.edited_at = unfinished, now
    case.save(update_fields=["unfinished", "edited_at"])
    audit.record(Act.EDIT, by=by, now=now, case=case, detail={"step": slug})
    catalogue.plan(case, now=now)
    return case


def _lock_draft(case, by):
    """Nobody sends or drops the draft meanwhile; what another page of it kept just now is not lost."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if not access.is_patient_of(by, locked) or locked.status != CaseStatus.DRAFT:
        raise StepNotPossible(_("This request was sent or closed meanwhile, so it can’t be changed here."))
    case.unfinished = locked.unfinished


@transaction.atomic
def submit(*, case, by, now):
    """Send the request. Pressing twice sends once."""
    sent = Case.objects.select_for_update().get(pk=case.pk)
    if sent.submitted_at and not sent.is_ended and access.is_patient_of(by, sent):
        return sent
    take(CASE, "submit", case, by=by, now=now)
    return case


@transaction.atomic
def withdraw(*, case, by, now):
    """Take a request back. Doing it twice does it once."""
    current = Case.objects.select_for_update().get(pk=case.pk)
    if current.status == CaseStatus.WITHDRAWN and access.is_patient_of(by, current):
        return current
    take(CASE, "withdraw", case, by=by, now=now)
    return case


@transaction.atomic
def reopen(*, case, by, now):
    """Go on with a draft that lapsed. Doing it twice does it once."""
    current = Case.objects.select_for_update().get(pk=case.pk)
    if current.status == CaseStatus.DRAFT and access.is_patient_of(by, current):
        return current
    take(CASE, "reopen", case, by=by, now=now)
    return case


@transaction.atomic
def save_answers(*, request, answers, by, now):
    """Keep the answers of an open request: [(item, text, status)]. Not sent yet."""
    _lock_request(request)
    for item, text, status in answers:
        information.answer_item(item=item, by=by, now=now, text=text, status=status)


@transaction.atomic
def send_answers(*, request, by, now):
    """Give the answers in. Pressing twice sends once."""
    current = _lock_request(request, also_answered=True)
    if current.status == InfoRequestStatus.ANSWERED:
        return current
    return information.send_answer(request=request, by=by, now=now)


def _lock_request(request, also_answered=False):
    """The case before its request, in the order of every step."""
    Case.objects.select_for_update().get(pk=request.case_id)
    current = InfoRequest.objects.select_for_update().get(pk=request.pk)
    fine = {InfoRequestStatus.OPEN} | ({InfoRequestStatus.ANSWERED} if also_answered else set())
    if current.status not in fine:
        raise StepNotPossible(_("This was answered, or is no longer needed."))
    return current


@transaction.atomic
def mark_place(*, place, status, by, now):
    """Say what became of a place held elsewhere."""
    case = Case.objects.select_for_update().get(pk=place.case_id)
    if case.is_ended or not access.is_patient_of(by, case):
        raise StepNotPossible(_("This request is closed."))
    if place.status != status:
        place.status = status
        place.save(update_fields=["status"])
        audit.record(
            Act.EDIT, by=by, now=now, case=case, subject_kind="held_place", subject_key=place.key,
            detail={"place": status},
        )  # fmt: skip
        catalogue.plan(case, now=now)
    return place


def lapse_silent_drafts(*, now):
    """Close drafts that nobody touched for as long as their clinic keeps them; one at a time, safe to repeat."""
    lapsed = 0
    for clinic in Clinic.objects.order_by("pk"):
        before = now - clinic.draft_days * clocks.DAY
        silent = clinic.cases.silent_since(before).order_by("pk").values_list("pk", flat=True)
        lapsed += sum(_lapse(pk, before, now) for pk in list(silent))
    return lapsed


@transaction.atomic
def _lapse(pk, before, now):
    """The draft may have been touched, sent or lapsed since it was listed."""
    case = Case.objects.select_for_update(skip_locked=True).silent_since(before).filter(pk=pk).first()
    if case is None:
        return False
    take(CASE, "lapse", case, by=None, now=now)
    return True
