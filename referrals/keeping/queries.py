"""One function for each page."""

from types import SimpleNamespace

from django.db.models import Max, Min
from django.shortcuts import get_object_or_404

from referrals.models import OpinionVersion
from referrals.rules import access, retention
from referrals.vocabulary import ENDED, RecordClass


def staff_case(person, reference):
    rows = access.staffed_cases(person).select_related("clinic", "patient")
    return get_object_or_404(rows, reference=reference)


def page(case, person):
    """Records with their last days, the hold, and what was deleted."""
    records = list(
        access.visible_records(person)
        .filter(case=case)
        .defer("text", "study")
        .order_by("keep_until_on", "pk")
    )
    hold = case.legal_holds.filter(lifted_at=None).select_related("placed_by").first()
    rest_on = {
        source.get("key")
        for version in OpinionVersion.objects.filter(opinion__case=case)
        for source in version.body.get("sources", [])
    }
    rules = {rule.record_class: rule for rule in case.clinic.retention_rules.all()}
    leads = access.is_lead_for(person, case)
    may_erase = leads and not hold
    return {
        "rows": [_row(each, case, rules, may_erase, str(each.key) in rest_on) for each in records],
        "hold": hold,
        "past_holds": case.legal_holds.exclude(lifted_at=None).select_related("placed_by", "lifted_by"),
        "erasures": case.erasures.select_related("by"),
        "leads": leads,
        "is_over": case.status in ENDED,
    }


def _row(record, case, rules, may_erase, is_rested_on):
    kept_as = retention.class_of(record, case)
    rule = rules.get(kept_as)
    return SimpleNamespace(
        record=record,
        kept_as=RecordClass(kept_as).label,
        basis=rule.basis if rule else "",
        may_erase=may_erase and not is_rested_on,
        is_rested_on=may_erase and is_rested_on,
    )


def own_page(case):
    """What the patient reads: until when, and what went."""
    days = case.records.exclude(keep_until_on=None).aggregate(
        first=Min("keep_until_on"), last=Max("keep_until_on")
    )
    return {
        "first": days["first"],
        "last": days["last"],
        "is_held": case.is_held,
        "count": case.records.count(),
        "erasures": case.erasures.all(),
        "is_over": case.status in ENDED,
        "may_keep_longer": bool(days["first"]) and case.status in ENDED,
    }
