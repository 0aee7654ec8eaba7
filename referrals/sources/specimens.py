"""Slides and blocks on their way: asked for, sent, arrived, read, sent back, or lost; each step with who and when."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, Specimen, SpecimenMove
from referrals.rules import access, audit, catalogue, clocks
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act, CaseStatus, SpecimenStatus

S = SpecimenStatus


@dataclass(frozen=True)
class Move:
    """One step of its way; all are the care team's to write down."""

    act: str
    label: Any
    sources: frozenset
    target: str


MOVES = {
    move.act: move
    for move in (
        Move("send", _("It was sent to us"), frozenset({S.EXPECTED}), S.SENT),
        Move("arrive", _("It arrived"), frozenset({S.EXPECTED, S.SENT, S.LOST}), S.ARRIVED),
        Move("read", _("It was read"), frozenset({S.ARRIVED}), S.READ),
        Move("return", _("It was sent back"), frozenset({S.ARRIVED, S.READ}), S.RETURNED),
        Move("lose", _("It is lost"), frozenset({S.SENT, S.ARRIVED, S.READ}), S.LOST),
    )
}


def moves_from(specimen):
    return [move for move in MOVES.values() if specimen.status in move.sources]


@transaction.atomic
def add(*, case, source, kind, label, count, by, now):
    held = Case.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=case.pk)
    _staff(held, by)
    if held.is_ended or held.status == CaseStatus.DRAFT:
        raise StepNotPossible(_("This request is not worked on any more."))
    what = {"source": source, "kind": kind, "label": label, "count": count, "added_by": by}
    if same := held.specimens.filter(moved_at__gt=now - clocks.SECOND_CLICK, **what).first():
        return same
    specimen = Specimen.objects.create(case=held, moved_at=now, **what)
    _note(specimen, by, now, {"act": "add"})
    catalogue.plan(held, now=now)
    return specimen


@transaction.atomic
def move(*, specimen, act, on, note, by, now):
    """It goes one step on; also after the case has ended, for it has to go back."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("clinic", "patient")
        .get(pk=specimen.case_id)
    )
    _staff(case, by)
    specimen.refresh_from_db()
    step = MOVES[act]
    if specimen.status not in step.sources:
        raise StepNotPossible
    moved = Specimen.objects.filter(pk=specimen.pk, status=specimen.status).update(
        status=step.target, moved_at=now
    )
    if not moved:
        raise StepNotPossible
    SpecimenMove.objects.create(specimen=specimen, status=step.target, on=on, by=by, at=now, note=note)
    specimen.refresh_from_db()
    specimen.case = case
    _note(specimen, by, now, {"act": act, "to": str(step.target)})
    catalogue.plan(case, now=now)
    return specimen


def _staff(case, by):
    if not access.is_staff_for(by, case):
        raise PermissionDenied(_("Slides and blocks are written down by the care team."))


def _note(specimen, by, now, detail):
    audit.record(
        Act.SPECIMEN,
        by=by,
        now=now,
        case=specimen.case,
        subject_kind="specimen",
        subject_key=specimen.key,
        detail=detail,
    )
