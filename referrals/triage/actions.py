"""What the care team does with a request. Each act checks, does and writes down in one transaction."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.models import Case, Referral
from referrals.rules import access, audit, clocks, information
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from referrals.vocabulary import WORKING, Act, AskedOf, ChecklistState, ItemStatus

NOT_YOURS_TO_JUDGE = gettext_lazy(
    "Going on without a record is for triage clinicians and the lead to decide."
)

# --- whose it is ----------------------------------------------------------------------------------


@transaction.atomic
def claim(*, case, by, now):
    """Take a request that nobody has. A second press of the same person does nothing."""
    owner = _lock(case).claimed_by
    if owner is not None and owner != by:
        raise StepNotPossible(_("%(name)s was faster and has this request now.") % {"name": owner.shown_name})
    if CASE.step("claim", case.status):
        take(CASE, "claim", case, by=by, now=now, changes={"claimed_by": by})
    elif owner is None:
        take(CASE, "assign", case, by=by, now=now, note=by.shown_name, changes={"claimed_by": by})


@transaction.atomic
def assign(*, case, to, was, by, now):
    """Give a request to a colleague. `was` is the key of whom the giver saw as its owner, '' for nobody."""
    owner = _lock(case).claimed_by
    if (str(owner.key) if owner else "") != was:
        name = owner.shown_name if owner else _("Nobody")
        raise StepNotPossible(_("Somebody was faster: %(name)s has this request now.") % {"name": name})
    if owner != to:
        take(CASE, "assign", case, by=by, now=now, note=to.shown_name, changes={"claimed_by": to})


def _lock(case):
    """The case as it stands, locked. Its owner is read afterwards: a row joined here could be an older one."""
    return Case.objects.select_for_update().get(pk=case.pk)


# --- what it is -----------------------------------------------------------------------------------


def set_urgency(*, case, urgency, reason, by, now):
    take(
        CASE, "prioritise", case, by=by, now=now, note=reason,
        changes={"urgency": urgency, "urgency_reason": reason},
    )  # fmt: skip


@transaction.atomic
def set_specialty(*, case, specialty, by, now):
    """Say which field of medicine should read it; as long as somebody is to read it."""
    require_work(_lock(case))
    case.specialty = specialty
    case.save(update_fields=["specialty"])
    _note_edit(case, by, now, {"field": "specialty", "to": specialty.code if specialty else ""})


@transaction.atomic
def write_note(*, case, text, was, by, now):
    """The care team's own note. `was` is the text the writer began from; a newer one is never overwritten unseen."""
    locked = _lock(case)
    if locked.clinic_note != was:
        case.clinic_note = locked.clinic_note
        raise NoteHasChanged
    case.clinic_note = text
    case.save(update_fields=["clinic_note"])
    _note_edit(case, by, now, {"field": "clinic_note"})


class NoteHasChanged(Exception):
    """Somebody saved the note meanwhile."""


def _note_edit(case, by, now, detail):
    audit.record(Act.EDIT, by=by, now=now, case=case, detail=detail)


# --- what is missing ------------------------------------------------------------------------------


@transaction.atomic
def ask(*, case, items, by, now, text=""):
    """Ask the patient for listed things. Whoever asks about a request that nobody has takes it."""
    owner = _lock(case).claimed_by
    take(CASE, "ask", case, by=by, now=now, changes={} if owner else {"claimed_by": by})
    return information.open_request(
        case=case, asked_of=AskedOf.PATIENT, items=items, text=text, by=by, now=now
    )


@transaction.atomic
def answer_for(*, request, answers, by, now):
    """Write down what the patient said on the phone, or what a specialist asked of the care team.

    `answers` maps items to (text, whether it can't be had). The request goes back once nothing is open.
    Says whether it went.
    """
    for item, (text, is_waived) in answers.items():
        status = ItemStatus.WAIVED if is_waived else ItemStatus.ANSWERED
        information.answer_item(item=item, by=by, now=now, text=text, status=status)
    if request.items.filter(status=ItemStatus.OPEN).exists():
        return False
    information.send_answer(request=request, by=by, now=now)
    return True


def take_request_back(*, request, why, by, now):
    information.take_back(request=request, by=by, now=now, why=why)


@transaction.atomic
def waive(*, case, item, reason, by, now):
    """Go on without a record, and say why."""
    _judging(case, by)
    waived = case.checklist.filter(pk=item.pk).exclude(state=ChecklistState.HAVE)
    if not waived.update(state=ChecklistState.WAIVED, note=reason):
        raise StepNotPossible(_("This record has come meanwhile."))
    _note_line(case, item, by, now, to=ChecklistState.WAIVED)


@transaction.atomic
def want(*, case, item, by, now):
    """A record that was waived is needed after all; it is here where a file of its kind is."""
    _judging(case, by)
    is_here = case.records.kept().filter(type=item.type).exists()
    state = ChecklistState.HAVE if is_here else ChecklistState.TO_COME
    waived = case.checklist.filter(pk=item.pk, state=ChecklistState.WAIVED)
    if not waived.update(state=state, note=""):
        raise StepNotPossible(_("This record is wanted already."))
    _note_line(case, item, by, now, to=state)


def _judging(case, by):
    """Which records are needed is for triage to judge, as long as somebody works on the request."""
    locked = _lock(case)
    if not access.is_triage_for(by, locked):
        raise PermissionDenied(NOT_YOURS_TO_JUDGE)
    require_work(locked)


def require_work(case):
    if case.status not in WORKING:
        raise StepNotPossible(_("This request is not worked on any more."))


def _note_line(case, item, by, now, *, to):
    audit.record(
        Act.CHECKLIST, by=by, now=now, case=case, subject_kind="checklist_item", subject_key=item.type,
        detail={"to": to},
    )  # fmt: skip


# --- yes or no ------------------------------------------------------------------------------------


def accept(*, case, by, now):
    take(CASE, "accept", case, by=by, now=now)


def accept_pending(*, case, reason, by, now):
    """Yes, though records are still to come: why it is accepted now is kept with the step."""
    take(CASE, "accept_pending", case, by=by, now=now, note=reason)


def complete(*, case, by, now, note=""):
    """All that is needed is here, or the patient agreed to begin without: the file can be matched."""
    take(CASE, "complete", case, by=by, now=now, note=note)


def decline(*, case, reason, sentence, by, now):
    take(CASE, "decline", case, by=by, now=now, reason=reason, sentence=sentence)


def void(*, case, reason, by, now, note=""):
    take(CASE, "void", case, by=by, now=now, reason=reason, note=note)


# --- to whom --------------------------------------------------------------------------------------


def offer(*, case, specialist, by, now, expires_at=None, note=""):
    """Offer a case to one specialist. Only one offer is out at a time, whoever sends it."""
    hours = clocks.clinic_hours(case.clinic)
    expires_at = expires_at or clocks.offer_due(now, case.urgency, hours)
    try:
        with transaction.atomic():
            _lock(case)
            referral = Referral.objects.create(
                case=case, specialist=specialist, offered_by=by, note=note, expires_at=expires_at,
                review_due_at=clocks.review_due(expires_at, case.urgency, hours),
            )  # fmt: skip
            take(REFERRAL, "offer", referral, by=by, now=now)
    except IntegrityError as error:
        raise StepNotPossible(_("Somebody was faster: this case is with a specialist already.")) from error
    return referral


def recall(*, referral, by, now):
    take(REFERRAL, "recall", referral, by=by, now=now)


@transaction.atomic
def reassign(*, case, reason, by, now, note=""):
    """Take a case from the specialist who reads it. Their draft is kept for the lead."""
    _lock(case)
    referral = case.referrals.reading().first()
    take(CASE, "reassign", case, by=by, now=now, reason=reason, note=note)
    if referral is not None:
        take(REFERRAL, "take_back", referral, by=by, now=now, reason=reason)
