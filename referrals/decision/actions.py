"""Opening, printing and deciding."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from referrals.models import Case, Decision
from referrals.rules import access, audit, catalogue
from referrals.rules.roads import CASE
from referrals.rules.workflow import take
from referrals.vocabulary import Act, Choice


@transaction.atomic
def open_opinion(*, case, version, by, now):
    """Write down who opened it. The patient's first time ends the reminders that it is ready."""
    if access.is_patient_of(by, case):
        first = Case.objects.filter(pk=case.pk, opened_at=None).update(opened_at=now)
        if first:
            case.opened_at = now
            catalogue.plan(case, now=now)
    _note(Act.OPEN_OPINION, case, version, by, now)


@transaction.atomic
def print_opinion(*, case, version, by, now):
    """A page made for paper was asked for."""
    _note(Act.PRINT_OPINION, case, version, by, now)


def _note(act, case, version, by, now):
    audit.record(
        act, by=by, now=now, case=case, subject_kind="opinion", subject_key=version.opinion.referral.key,
        detail={"version": version.number},
    )  # fmt: skip


@transaction.atomic
def decide(*, case, choice, by, now, note=""):
    """Keep what the patient decided; the same choice and words again change nothing.

    Any choice but `need_time` closes the case; a change of mind is a further row.
    """
    if not access.is_patient_of(by, case):
        raise PermissionDenied(_("Only the patient decides. You can talk it over with them."))
    choice = Choice(choice)
    Case.objects.select_for_update().get(pk=case.pk)
    last = case.decisions.order_by("-at", "-pk").first()
    if last and (last.choice, last.note) == (choice, note):
        return last
    take(CASE, "need_time" if choice == Choice.NEED_TIME else "decide", case, by=by, now=now)
    decision = Decision.objects.create(case=case, choice=choice, note=note, by=by, at=now)
    audit.record(
        Act.DECIDE, by=by, now=now, case=case, subject_kind="decision", detail={"choice": choice.value}
    )
    return decision
