"""What the staff's pages of one case show: one function a page."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.models import (
    AvoidedName,
    CaseQuestion,
    InfoItem,
    InfoRequest,
    Opinion,
    Record,
    Referral,
)
from referrals.records import queries as files
from referrals.rules import access, clocks, completeness, mismatches, on_the_way, timeline
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import may_take, own_steps
from referrals.triage import next_acts, queries, worklist
from referrals.vocabulary import (
    LIVE_REFERRAL,
    MISSING,
    STOPPED,
    WORKING,
    Authority,
    CaseStatus,
    ChecklistState,
    ConsentStatus,
    FileKind,
    InfoRequestStatus,
    OpinionStatus,
    ReassignReason,
    ReferralStatus,
)

# The road's steps that staff take, in the order of the page, and where each is taken.
PLACES = {
    "claim": "triage:claim",
    "accept": "triage:accept",
    "accept_pending": "triage:accept_pending",
    "complete": "triage:complete",
    "ask": "triage:ask",
    "prioritise": "triage:urgency",
    "assign": "triage:assign",
    "reassign": "triage:reassign",
    "decline": "triage:decline",
    "void": "triage:void",
}


# Why somebody may ask for a child, as staff read it; the patient's words are in the first person.
AUTHORITY = {
    Authority.PARENT: gettext_lazy("a parent with the right to decide"),
    Authority.GUARDIAN: gettext_lazy("the legal guardian"),
    Authority.COURT: gettext_lazy("with the right to decide by a court"),
}


@dataclass(frozen=True)
class Button:
    """An act that is this person's to do here: where, and the sentence that stands against it now."""

    act: str
    label: str
    url: str
    objection: str = ""
    is_post: bool = False
    is_main: bool = False


def cases(person):
    """Cases as the overview shows them, with all that one statement can bring."""
    rows = OuterRef("pk")
    live = Referral.objects.filter(case=rows, status__in=LIVE_REFERRAL)
    return queries.cases(person).annotate(
        question_texts=ArraySubquery(
            CaseQuestion.objects.filter(case=rows).order_by("position", "pk").values("text")
        ),
        avoided=ArraySubquery(AvoidedName.objects.filter(case=rows).order_by("pk").values("name")),
        is_signed=Exists(Opinion.objects.filter(case=rows, status=OpinionStatus.SIGNED)),
        record_count=Coalesce(
            Subquery(
                Record.objects.filter(case=rows).exclude(status__in=STOPPED).exclude(kind=FileKind.ARCHIVE)
                .order_by().values("case").annotate(n=Count("pk")).values("n")
            ), 0,
        ),
        asked_of=Subquery(
            InfoRequest.objects.filter(case=rows, status=InfoRequestStatus.OPEN).values("asked_of")[:1]
        ),
        reader=Subquery(live.values("specialist__name")[:1]),
        **worklist.chase_facts(),
    )  # fmt: skip


def overview(case, *, by, now):
    """All of a case on one page: what is asked, what is missing, who holds the ball, what may be done."""
    requests = list(
        case.info_requests.select_related("asked_by").prefetch_related(
            Prefetch("items", InfoItem.objects.select_related("answered_by"))
        ).order_by("-asked_at", "-pk")
    )  # fmt: skip
    referrals = list(
        case.referrals.select_related("specialist__specialist_profile", "offered_by", "opinion").order_by(
            "-pk"
        )
    )
    checklist = on_the_way.marked(case, now=now)
    case.records_wanted = sum(line.state != ChecklistState.WAIVED for line in checklist)
    case.records_here = sum(line.state == ChecklistState.HAVE for line in checklist)
    case.offers_run_out = sum(each.status == ReferralStatus.EXPIRED for each in referrals)
    for each in referrals:
        each.specialist.specialist_profile.person = each.specialist
        if each.status in LIVE_REFERRAL:
            case.reader = str(each.specialist.specialist_profile)
    _say_why_left(case, referrals)
    offer = next((each for each in referrals if each.status == ReferralStatus.OFFERED), None)
    missing = [line for line in checklist if line.state in MISSING]
    consent = case.go_withouts.select_related("answered_by").first()
    return {
        "case": case,
        "authority": AUTHORITY.get(case.authority, "") if case.is_child else "",
        "checklist": checklist,
        "flags": flags(case, checklist, by=by),
        "missing": missing,
        "requests": requests,
        "referrals": referrals,
        "places": list(case.held_places.all()),
        "feed": _feed(case),
        "next": next_acts.next_act(case, now=now),
        "stage": next_acts.stage_of(case),
        "tone": next_acts.stage_tone(case),
        "consent": consent,
        "may_set_lines": case.status in completeness.STILL_OPEN,
        "buttons": _buttons(case, offer, missing, consent, by=by, now=now),
        "suggested": clocks.proposed_urgency(case.decide_by_on, now, clocks.clinic_hours(case.clinic).zone),
        "is_worked_on": case.status in WORKING,
        "may_ask": may_take(CASE, "ask", case, by=by, now=now),
        "may_judge": access.is_triage_for(by, case) and case.status in WORKING,
        "may_read_drafts": access.is_lead_for(by, case),
    }


def _say_why_left(case, referrals):
    """A reading that was given back or taken away says why, and what the next reader should know."""
    left = [each for each in referrals if each.status == ReferralStatus.TAKEN_BACK]
    changes = case.status_changes.filter(act="reassign") if left else ()
    by_moment = {change.at: change for change in changes}
    for each in left:
        if change := by_moment.get(each.ended_at):
            each.why_left, each.left_note = ReassignReason(change.reason).label, change.note


def _chase_buttons(case, missing, consent):
    """What may be done about records that are still to come."""
    if case.status != CaseStatus.RECORDS_PENDING or not missing:
        return []
    to_call, to_ask = (reverse(name, args=[case.reference]) for name in ("sources:list", "triage:go_without"))
    is_asked = consent is not None and consent.status == ConsentStatus.OPEN
    asked = _("The patient is asked already, and has not answered yet") if is_asked else ""
    return [
        Button("chase", _("See whom to call"), to_call, is_main=bool(case.chase_name or case.send_name)),
        Button("go_without", _("Ask to begin without"), to_ask, asked),
    ]


def _buttons(case, offer, missing, consent, *, by, now):
    """The acts of this person from here, in order; those that can't be done now say why."""
    steps = {step.act: (step, objection) for step, objection in own_steps(CASE, case, by=by, now=now)}
    buttons = []
    if case.status == CaseStatus.ROUTING:
        url = reverse("triage:match", args=[case.reference])
        label = _("See the offer") if offer else _("Find a specialist")
        buttons.append(Button("match", label, url, is_main=not offer))
    buttons += _chase_buttons(case, missing, consent)
    for act, place in PLACES.items():
        if act not in steps or (act == "claim" and case.claimed_by not in (None, by)):
            continue
        step, objection = steps[act]
        url = reverse(place, args=[case.reference])
        is_main = act in ("claim", "accept", "complete") and not objection
        buttons.append(Button(act, step.label, url, str(objection), act == "claim", is_main))
    if "claim" not in steps and case.claimed_by is None and not case.is_ended:
        buttons.insert(
            0, Button("claim", _("Take it"), reverse("triage:claim", args=[case.reference]), "", True)
        )
    return buttons


def _feed(case):
    """The last steps, newest first."""
    changes = case.status_changes.select_related("by", "referral__specialist").order_by("-at", "-pk")[:8]
    return [{"at": change.at, "text": step_words(change)} for change in changes]


# --- history --------------------------------------------------------------------------------------


def history(case):
    """Each step with its reason, its words and the clocks it moved, newest first."""
    changes = case.status_changes.select_related("by", "referral__specialist").order_by("-at", "-pk")
    return [
        {
            "change": change,
            "text": step_words(change),
            "reason": _reason_words(change),
            "from": _status_words(change, change.from_status),
            "to": _status_words(change, change.to_status),
        }
        for change in changes
    ]


WORDS = {
    ("case", "submit"): gettext_lazy("%(who)s sent the request"),
    ("case", "lapse"): gettext_lazy("The draft ended by itself"),
    ("case", "claim"): gettext_lazy("%(who)s took it"),
    ("case", "ask"): gettext_lazy("%(who)s asked for something"),
    ("case", "answer"): gettext_lazy("%(who)s sent the answer"),
    ("case", "unask"): gettext_lazy("%(who)s took the question back"),
    ("case", "assign"): gettext_lazy("%(who)s gave it to %(note)s"),
    ("case", "prioritise"): gettext_lazy("%(who)s set the urgency"),
    ("case", "accept"): gettext_lazy("%(who)s accepted it"),
    ("case", "accept_pending"): gettext_lazy("%(who)s accepted it, records to come"),
    ("case", "complete"): gettext_lazy("%(who)s found the records complete"),
    ("case", "decline"): gettext_lazy("%(who)s declined it"),
    ("case", "begin_review"): gettext_lazy("%(who)s began to read"),
    ("case", "clarify"): gettext_lazy("%(who)s asked for more"),
    ("case", "resume"): gettext_lazy("The reading goes on"),
    ("case", "reassign"): gettext_lazy("%(who)s asked for another specialist"),
    ("case", "deliver"): gettext_lazy("%(who)s signed the opinion"),
    ("case", "need_time"): gettext_lazy("%(who)s asked for time to decide"),
    ("case", "decide"): gettext_lazy("%(who)s decided"),
    ("case", "withdraw"): gettext_lazy("%(who)s took the request back"),
    ("case", "reopen"): gettext_lazy("%(who)s opened it again"),
    ("case", "void"): gettext_lazy("%(who)s removed it as entered in error"),
    ("referral", "offer"): gettext_lazy("%(who)s offered it to %(specialist)s"),
    ("referral", "accept"): gettext_lazy("%(specialist)s accepted"),
    ("referral", "decline"): gettext_lazy("%(specialist)s declined"),
    ("referral", "expire"): gettext_lazy("The offer to %(specialist)s ran out"),
    ("referral", "recall"): gettext_lazy("%(who)s took the offer to %(specialist)s back"),
    ("referral", "take_back"): gettext_lazy("%(specialist)s no longer reads it"),
    ("referral", "cancel"): gettext_lazy("The offer to %(specialist)s ended"),
    ("referral", "sign"): gettext_lazy("%(specialist)s is done"),
    ("referral", "pause"): gettext_lazy("%(specialist)s waits for an answer"),
    ("referral", "resume"): gettext_lazy("%(specialist)s reads on"),
}


def step_words(change):
    """A step in a sentence; one that has no words yet is named by its act."""
    kind = "referral" if change.referral_id else "case"
    names = {
        "who": change.by.shown_name if change.by else _("The system"),
        "specialist": change.referral.specialist.shown_name if change.referral_id else "",
        "note": change.note,
    }
    return WORDS.get((kind, change.act), "%(who)s: " + change.act) % names


def _reason_words(change):
    road = _road(change)
    for step in road.steps:
        if step.act == change.act and step.reasons and change.reason in step.reasons.values:
            return step.reasons(change.reason).label
    if change.act == "take_back" and change.reason in ReassignReason.values:
        return ReassignReason(change.reason).label
    return change.reason


def _status_words(change, status):
    words = ReferralStatus if change.referral_id else CaseStatus
    return words(status).label if status in words.values else status


def _road(change):
    return REFERRAL if change.referral_id else CASE


# --- records --------------------------------------------------------------------------------------


def flags(case, checklist=None, *, by):
    """What may be wrong with the records, and where another person's is taken away."""
    found = mismatches.together(mismatches.open_flags(case, checklist))
    return files.with_ways_out(found, case, by)


def records(case, *, by, wish):
    """All records of a case in time, as the patient and the reader see them, and what stands against one."""
    rows = access.visible_records(by).filter(case=case).select_related("added_by").defer("text")
    rows = timeline.in_order(rows, by)
    line = timeline.arrange(rows, case=case, person=by, wish=wish, since=case.submitted_at)
    senders = files.senders_of(case)
    for _title, records in line.groups:
        for record in records:
            record.row = files.file_row(record, case, by, senders)
    return line
