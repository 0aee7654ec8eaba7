"""What the pages of asking show."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from referrals.intake import steps
from referrals.rules import access, checklists, clocks, occasions, on_the_way
from referrals.vocabulary import STOPPED, ChecklistState, RecordStatus


def own_case(person, reference):
    """The case, if it is this person's own: 404 where they may not see it, 403 where it is another's to write."""
    cases = access.visible_cases(person).select_related("clinic", "patient", "first_opinion")
    case = get_object_or_404(cases, reference=reference)
    if not access.is_patient_of(person, case):
        raise PermissionDenied(_("Only the person who asks can change this."))
    return case


def own_request(person, reference):
    """The newest thing that was asked of this patient, open or just answered, with its items and their records."""
    case = own_case(person, reference)
    requests = access.visible_info_requests(person).filter(case=case, asked_of="patient")
    request = (
        requests.select_related("asked_by", "referral__specialist__specialist_profile")
        .order_by("-asked_at", "-pk")
        .first()
    )
    if request is None:
        raise Http404
    request.case = case
    items = list(request.items.prefetch_related("records"))
    for item in items:
        item.kept_records = [record for record in item.records.all() if record.status not in STOPPED]
    return request, items


def today_of(case, now):
    """The day it is where the patient lives: a date is past or not by it."""
    return clocks.today(now, occasions.zone_of(case.patient, case.clinic))


def lacking(case):
    """[(step, sentence)] in the order of the wizard: what sending still needs."""
    return [(steps.BY_SLUG[slug], sentence) for slug, sentence in checklists.missing_before_sending(case)]


def step_list(case, lacks=None):
    """Every step with its state, for the list beside the wizard and on the draft's page."""
    open_steps = {step.slug for step, _sentence in (lacking(case) if lacks is None else lacks)}
    stopped = Count("pk", filter=Q(status__in=sorted(STOPPED - {RecordStatus.QUARANTINED})))
    files = case.records.aggregate(all=Count("pk"), stopped=stopped)
    return [
        {
            "step": step,
            "title": step.title_for(case),
            "url": step.url(case),
            "is_open": step.slug in open_steps,
            "files": files if step.slug == "records" and files["all"] else None,
        }
        for step in steps.STEPS
    ]


def records_of(case, *, now):
    """What is here and what still helps, for the summary before sending."""
    records = list(case.records.all())
    lines = on_the_way.marked(case, now=now)
    return {
        "files": [record for record in records if record.status not in STOPPED],
        "refused": [record for record in records if record.status in STOPPED],
        "have": [line for line in lines if line.state == ChecklistState.HAVE],
        "missing": [line for line in lines if line.state != ChecklistState.HAVE],
    }
