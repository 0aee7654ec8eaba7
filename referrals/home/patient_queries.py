"""What the patient's own pages show: one function a page, in a fixed number of statements."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals.home import openings
from referrals.home import patient_words as words
from referrals.home.next_steps import consent_of, next_step, waiting
from referrals.home.timeline import timeline
from referrals.intake import queries as intake
from referrals.intake import steps as wizard
from referrals.models import (
    GoWithout,
    InfoRequest,
    RecordSource,
    Referral,
    Specimen,
    StatusChange,
)
from referrals.rules import access, on_the_way, source_words, turn
from referrals.rules.clocks import today as today_in
from referrals.rules.occasions import zone_of
from referrals.rules.roads import CASE
from referrals.rules.workflow import may_take
from referrals.vocabulary import (
    CHECKING,
    ENDED,
    READING_REFERRAL,
    SETTLED,
    AskedOf,
    CaseStatus,
    ChecklistState,
    ConsentStatus,
    InfoRequestStatus,
    RecordStatus,
    RecordType,
    ReferralStatus,
    ReminderStatus,
)

READERS = READING_REFERRAL | {ReferralStatus.SIGNED}
ACT_PAGES = {"withdraw": "intake:withdraw", "reopen": "intake:reopen"}


def _people_of():
    """With a case: its open questions, who holds its records, and the specialist who reads or has signed."""
    asked = InfoRequest.objects.filter(status=InfoRequestStatus.OPEN).prefetch_related("items")
    readers = Referral.objects.filter(status__in=READERS).select_related(
        "specialist__specialist_profile__specialty"
    )
    return (
        Prefetch("info_requests", asked.order_by("asked_at", "pk"), to_attr="open_requests"),
        Prefetch("referrals", readers.order_by("pk"), to_attr="readers"),
        Prefetch("sources", RecordSource.objects.order_by("due_on", "pk"), to_attr="all_sources"),
        Prefetch(
            "go_withouts", GoWithout.objects.order_by("-asked_at", "-pk"), to_attr="questions_to_go_without"
        ),
    )


def requests_page(person, *, now):
    """All of a patient's requests with their next steps: what waits for the patient first, what is closed last."""
    cases = (
        access.visible_cases(person)
        .filter(patient=person)
        .select_related("clinic", "patient")
        .prefetch_related(*_people_of())
        .order_by(F("created_at").desc(), "-pk")
    )
    lines = sorted((_line(case, now) for case in cases), key=_whose_turn)
    return {
        "open_requests": [line for line in lines if line["case"].status not in ENDED],
        "ended_requests": [line for line in lines if line["case"].status in ENDED],
    }


def _whose_turn(line):
    """What waits for the patient before what waits for others; a draft waits longest."""
    return not line["next"]["is_mine"], line["case"].status == CaseStatus.DRAFT


def _line(case, now):
    asked, name = _open_request(case), _reader_name(case)
    return {
        "case": case,
        "title": words.title_of(case),
        "next": next_step(case, request=asked, specialist=name, now=now),
        "asked": _asked(case, now),
    }


def _open_request(case):
    return case.open_requests[0] if case.open_requests else None


def _reader(case):
    return case.readers[-1] if case.readers else None


def _reader_name(case):
    reader = _reader(case)
    return words.doctor_name(reader.specialist) if reader else ""


def _today(case, now):
    return today_in(now, zone_of(case.patient, case.clinic))


def _asked(case, now):
    if not case.submitted_at or case.delivered_at or case.is_ended:
        return ""
    return words.asked_ago(
        case, _today(case, now), today_in(case.submitted_at, zone_of(case.patient, case.clinic))
    )


# --- one case ---


def own_case(person, reference):
    """404 where they may not see it; 403 in words where it is theirs to see and another's page."""
    slides = Specimen.objects.filter(case=OuterRef("pk"))
    cases = access.visible_cases(person).select_related("clinic").annotate(has_slides=Exists(slides))
    case = get_object_or_404(cases.prefetch_related(*_people_of()), reference=reference)
    if not access.is_patient_of(person, case):
        raise PermissionDenied(_("This is the patient’s own page. Open the case from your list."))
    case.patient = person  # whose roles were read already
    return case


def draft_page(case, *, now):
    """A draft: what is done, what is still to do, and where to go on."""
    lacks = intake.lacking(case)
    after = wizard.first_unfinished([(step.slug, sentence) for step, sentence in lacks])
    return {
        "case": case,
        "title": words.title_of(case),
        "step_list": intake.step_list(case, lacks),
        "go_on": after.url(case),
        "is_whole": all(step.slug == "check" for step, _sentence in lacks),
        "acts": _acts(case, now),
        "now": now,
        **_clock(case, now),
    }


def case_page(case, *, now):
    asked, reader, name = _open_request(case), _reader(case), _reader_name(case)
    changes = list(
        StatusChange.objects.filter(case=case, referral=None)
        .select_related("case", "by__specialist_profile")
        .order_by("at", "pk")
    )
    last = changes[-1] if changes else None
    decision = case.decisions.order_by("-at", "-pk").first() if case.status == CaseStatus.CLOSED else None
    records = list(case.records.only("key", "name", "status", "case"))
    log, log_count = openings.newest(case, records)
    holder = turn.holder(
        case,
        asked_of=asked.asked_of if asked else "",
        consent=consent_of(case),
        is_asked=bool(waiting(case)),
    )
    acts = _acts(case, now)
    return {
        "case": case,
        "title": words.title_of(case),
        "next": next_step(
            case, request=asked, specialist=name, change=last, decision=decision and decision.choice, now=now
        ),
        "asked_items": _patients_items(asked),
        "asked_by_specialist": bool(asked and asked.referral_id),
        "asked": _asked(case, now),
        "holder": words.holder_words(case, holder, name),
        "timeline": timeline(
            case, changes, specialist=name, goes_without=consent_of(case) == ConsentStatus.YES
        ),
        "told": last.sentence if last and case.status == CaseStatus.DECLINED else "",
        "reader": _card(reader),
        "records": _records(case, records, now),
        "sources": _sources(case, now),
        "places": list(case.held_places.all()),
        "log": log,
        "log_count": log_count,
        "written": _written(case),
        "acts": acts,
        "now": now,
        **_clock(case, now),
    }


def _patients_items(asked):
    return list(asked.items.all()) if asked and asked.asked_of == AskedOf.PATIENT else []


def _clock(case, now):
    if not case.decide_by_on or case.is_ended:
        return {"clock_lines": []}
    return {"clock_lines": words.clock_lines(case, _today(case, now))}


def _acts(case, now):
    """What may be done now, each with its page: from the road, so that no button lies."""
    return [
        {"act": act, "label": CASE.step(act, case.status).label, "url": reverse(page, args=[case.reference])}
        for act, page in ACT_PAGES.items()
        if may_take(CASE, act, case, by=case.patient, now=now)
    ]


def _card(reader):
    if reader is None:
        return None
    profile = reader.specialist.specialist_profile
    return {"name": words.doctor_name(reader.specialist), "profile": profile}


def _records(case, records, now):
    count = {status: sum(r.status == status for r in records) for status in RecordStatus}
    there = (ChecklistState.HAVE, ChecklistState.WAIVED)
    ways = on_the_way.of_case(case, now=now)
    lines = [
        {"title": RecordType(line.type).for_patient, "way": line.way}
        for line in on_the_way.mark(list(case.checklist.all()), ways)
        if line.state not in there
    ]
    return {
        "ready": count[RecordStatus.READY],
        "checking": sum(count[status] for status in CHECKING),
        "needing": count[RecordStatus.NEEDS_YOU],
        "refused": count[RecordStatus.REFUSED],
        "locked_away": count[RecordStatus.QUARANTINED],
        "missing": [line["title"] for line in lines if not line["way"]],
        "coming": [line for line in lines if line["way"]],
        "sending": sum(way.sending for way in ways.values()),
        "list_url": reverse("records:list", args=[case.reference]),
        "add_url": "" if case.is_ended else reverse("records:add", args=[case.reference]),
    }


def _sources(case, now):
    """Who still holds something, each with what is next; and where all of them stand."""
    today, is_open = _today(case, now), not case.is_ended and not case.delivered_at
    rows = [
        {"source": each, "next": source_words.next_act(each, today=today, for_patient=True)}
        for each in case.all_sources
        if is_open and each.status not in SETTLED
    ]
    return {
        "rows": rows,
        "count": len(case.all_sources),
        "url": reverse("sources:list", args=[case.reference]),
        "may_add": is_open,
        "has_slides": case.has_slides,
    }


def _written(case):
    """When we wrote to the patient about this case: a moment of each of the last three days, newest first."""
    sent = case.reminders.filter(recipient_id=case.patient_id, status=ReminderStatus.SENT)
    moments = sent.order_by("-sent_at", "-pk").values_list("sent_at", flat=True)[:12]
    days = {}
    for at in moments:
        days.setdefault(timezone.localtime(at).date(), at)
    return list(days.values())[:3]
