"""Holding, lifting, erasing, keeping longer; and what the night does."""

from zoneinfo import ZoneInfo

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, LegalHold, OpinionVersion, Record, RetentionRule
from referrals.rules import access, audit, catalogue, checklists, clocks, erasure, retention
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import ENDED, Act, EraseReason

log = structlog.get_logger("referrals.keeping")
BATCH = 200
LONGER = 1  # year at a time
# What a lead may choose; the night alone says that the time is over.
BY_HAND = (EraseReason.WRONG_PERSON, EraseReason.ASKED, EraseReason.DUPLICATE, EraseReason.VIRUS)


# --- acts of people -----------------------------------------------------------------------------------


@transaction.atomic
def hold(*, case, reason, by, now):
    """From now on nothing of the case is deleted."""
    _must_lead(by, case)
    try:
        with transaction.atomic():
            placed = LegalHold.objects.create(case=case, reason=reason, placed_by=by, placed_at=now)
    except IntegrityError:
        raise StepNotPossible(_("There is a legal hold on this request already.")) from None
    audit.record(Act.HOLD, by=by, now=now, case=case, detail={"placed": True})
    catalogue.plan(case, now=now)
    return placed


@transaction.atomic
def lift(*, case, reason, by, now):
    _must_lead(by, case)
    held = LegalHold.objects.filter(case=case, lifted_at__isnull=True)
    if not held.update(lifted_at=now, lifted_by=by, lift_reason=reason):
        raise StepNotPossible(_("There is no legal hold on this request any more."))
    audit.record(Act.HOLD, by=by, now=now, case=case, detail={"placed": False})
    catalogue.plan(case, now=now)


@transaction.atomic
def erase(*, record, reason, note, by, now):
    """Delete one record before its time. Returns the certificate."""
    case = Case.objects.select_for_update().get(pk=record.case_id)
    _must_lead(by, case)
    record = Record.objects.filter(pk=record.pk).first()
    if record is None:
        raise StepNotPossible
    record.case = case
    if objection := why_not_erase(record):
        raise StepNotPossible(objection)
    type = record.type
    certificate = erasure.erase(
        record, record_class=retention.class_of(record, case), reason=reason, note=note, by=by, now=now
    )
    checklists.went(case, type)
    catalogue.plan(case, now=now)
    return certificate


def why_not_erase(record):
    """The sentence that stands against deleting a record now; '' where nothing does."""
    if record.case.is_held:
        return erasure.HELD
    signed = OpinionVersion.objects.filter(opinion__case=record.case)
    if any(str(record.key) in _sources(version) for version in signed):
        return _("A signed opinion rests on this record. It stays until its time to be kept is over.")
    return ""


@transaction.atomic
def keep_longer(*, case, by, now, seen=""):
    """The patient asks to keep what would be deleted: a year more, as often as they ask.

    `seen` is the last day that their page showed: a second click asks for the same year.
    """
    if not access.is_patient_of(by, case):
        raise PermissionDenied(_("Only the person who asked can do this."))
    case = Case.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=case.pk)
    last = case.records.exclude(keep_until_on=None).order_by("-keep_until_on").first()
    if last is None or case.status not in ENDED:
        raise StepNotPossible(_("Nothing is going to be deleted."))
    if seen and seen != last.keep_until_on.isoformat():
        return last.keep_until_on
    case.keep_longer_until_on = retention.years_after(last.keep_until_on, LONGER)
    case.save(update_fields=["keep_longer_until_on"])
    case.records.update(keep_until_on=case.keep_longer_until_on)
    audit.record(
        Act.KEEP_LONGER, by=by, now=now, case=case, detail={"until": case.keep_longer_until_on.isoformat()}
    )
    catalogue.plan(case, now=now)
    return case.keep_longer_until_on


def _must_lead(by, case):
    if not access.is_lead_for(by, case):
        raise PermissionDenied(_("The lead decides what is kept and what is deleted."))


def _sources(version):
    return {source.get("key") for source in version.body.get("sources", [])}


# --- every night --------------------------------------------------------------------------------------


def set_last_days(*, now):
    """Give each record of an ended request its last day; take it away where a request was opened again."""
    ended = Case.objects.filter(status__in=ENDED, ended_at__isnull=False, records__keep_until_on=None)
    for case in _each(ended.exclude(records=None)):
        with transaction.atomic():
            _date_records(case)
            catalogue.plan(case, now=now)
    again = Case.objects.exclude(status__in=ENDED).filter(records__keep_until_on__isnull=False)
    for case in _each(again):
        with transaction.atomic():
            case.records.update(keep_until_on=None)
            catalogue.plan(case, now=now)


def delete_what_is_over(*, now):
    """Delete the records whose last day has gone by. Returns how many."""
    deleted = 0
    over = Record.objects.filter(keep_until_on__lt=clocks.latest_today(now), case__status__in=ENDED)
    over = over.exclude(case__legal_holds__in=LegalHold.objects.filter(lifted_at=None))
    for key in over.order_by("keep_until_on", "pk").values_list("pk", flat=True)[: 50 * BATCH]:
        deleted += _delete_one(key, now)
    if deleted:
        log.info("records_deleted", count=deleted)
    return deleted


def _each(cases):
    found = cases.select_related("clinic", "patient").order_by("pk").distinct()
    return found.iterator(chunk_size=BATCH)


def _date_records(case):
    rules = {rule.record_class: rule for rule in case.clinic.retention_rules.all()}
    ended_on = case.ended_at.astimezone(ZoneInfo(case.clinic.zone)).date()
    for record in case.records.filter(keep_until_on=None).only("kind", "type", "case_id"):
        kept_as = retention.class_of(record, case)
        until = retention.keep_until(
            kept_as, ended_on=ended_on, born_on=case.subject_born_on, rule=rules.get(kept_as)
        )
        until = max(until, case.keep_longer_until_on or until)
        Record.objects.filter(pk=record.pk).update(keep_until_on=until)


@transaction.atomic
def _delete_one(pk, now):
    """Looked at once more under the lock: opened again, held or kept longer meanwhile, it stays."""
    case = Case.objects.select_for_update(of=("self",)).filter(records__pk=pk).first()
    record = Record.objects.filter(pk=pk).first()
    if case is None or record is None or case.status not in ENDED or case.is_held:
        return 0
    today = now.astimezone(ZoneInfo(case.clinic.zone)).date()
    if record.keep_until_on is None or record.keep_until_on >= today:
        return 0
    record.case = case
    kept_as = retention.class_of(record, case)
    rule = RetentionRule.objects.filter(clinic=case.clinic_id, record_class=kept_as).first()
    basis = rule.basis if rule else ""
    erasure.erase(record, record_class=kept_as, reason=EraseReason.TIME_OVER, by=None, now=now, basis=basis)
    return 1
