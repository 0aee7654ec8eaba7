"""What the pages of this room show: one function a page, in a fixed number of statements."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse

from referrals.models import Authorisation, Case, SpecimenMove
from referrals.rules import access, completeness, on_the_way, source_words, sources
from referrals.sources import actions, letters, specimens
from referrals.vocabulary import (
    NOT_ASKED,
    SETTLED,
    WAITING,
    AuthorisationStatus,
    CaseStatus,
    ChecklistState,
    ContactKind,
    LetterKind,
    LetterStatus,
    SourceRoute,
    SourceStatus,
)

# The steps that are taken on pages of this room, in the order of the page.
ON_A_PAGE = (
    "request", "acknowledge", "partly", "receive", "unreadable", "ask_again", "extend", "unavailable", "waive",
    "take_back",
)  # fmt: skip


def cases(person):
    """Cases that are the person's own, or their clinic's to work on."""
    if not access.is_known(person):
        return Case.objects.none()
    seen = Q(patient_id=person.pk) | Q(pk__in=access.staffed_cases(person).values("pk"))
    return access.visible_cases(person).filter(seen).select_related("clinic", "patient", "claimed_by")


@dataclass(frozen=True)
class Row:
    source: Any
    what: str  # the kinds of records
    next: str
    is_theirs: bool
    is_late: bool
    is_taken_back: bool


def row_of(source, *, today, for_patient):
    words, is_theirs = source_words.next_act(source, today=today, for_patient=for_patient)
    return Row(
        source, ", ".join(completeness.types_in_words(source.types, for_patient=for_patient)), words, is_theirs,
        sources.is_late(source, today), source_words.is_taken_back(source),
    )  # fmt: skip


def list_page(case, person, *, now, today, is_own):
    """Everybody who holds records, what is next with each, and what else is on its way."""
    rows = [row_of(each, today=today, for_patient=is_own) for each in case.sources.all()]
    for row in rows:
        row.source.case = case
    rows.sort(key=lambda row: (not row.is_theirs, row.source.status in SETTLED, not row.is_late))
    lines = on_the_way.marked(case, now=now)
    return {
        "rows": rows,
        "lines": lines,
        "missing": [line for line in lines if line.state not in (ChecklistState.HAVE, ChecklistState.WAIVED)],
        "asked": completeness.open_question(case),
        "slides": list(access.visible_specimens(person).filter(case=case).select_related("source")),
        "may_add": not actions.why_no_more(case, person),
        "records_url": reverse("records:list" if is_own else "home:staff_records", args=[case.reference]),
    }


@dataclass(frozen=True)
class Button:
    act: str
    label: Any
    url: str
    objection: Any = ""


def source_page(source, person, *, now, is_own):
    """One source: what it holds, where it stands, what may be done, what was said, written and signed."""
    case, today = source.case, sources.today_of(source.case, now)
    steps = {step.act: (step, objection) for step, objection in sources.own_steps(source, by=person)}
    buttons = [
        Button(
            act, step.for_patient if is_own else step.label,
            reverse("sources:step", args=[case.reference, source.key, act]), objection,
        )
        for act in ON_A_PAGE if act in steps for step, objection in [steps[act]]
    ]  # fmt: skip
    written = list(source.letters.select_related("by", "authorisation"))
    for letter in written:
        letter.may_go_out = letter.status == LetterStatus.READY and letters.may_go_out(letter)
    return {
        "source": source,
        "row": row_of(source, today=today, for_patient=is_own),
        "buttons": buttons,
        "may_route": {"need_form", "own_way"} & set(steps) and not sources.holding(source),
        "may_sign": is_own and source.status == SourceStatus.AUTHORISATION_NEEDED,
        "is_waiting": source.status in WAITING,
        "is_unsent": is_own and case.status == CaseStatus.DRAFT and source.status == SourceStatus.SIGNED,
        "first_letter": _first_letter(source, written, is_own, by=person, now=now),
        "may_edit": sources.is_ours(person, source) and not sources.why_closed(case),
        "may_remove": source.status in NOT_ASKED,
        "letters": written,
        "is_making": any(letter.status == LetterStatus.PLANNED for letter in written),
        "kinds": [
            (kind, kind.for_patient if is_own else kind.label)
            for kind in letters.open_kinds(source, by=person, now=now)
        ],
        "authorisations": list(Authorisation.objects.filter(source=source).select_related("signed_by")),
        "holds": AuthorisationStatus.SIGNED,
        "contacts": [(each, ContactKind(each.kind)) for each in source.contacts.select_related("by")],
        "records": list(access.visible_records(person).filter(source=source).order_by("added_at", "pk").defer("text")),
        "upload_url": _upload_url(source, person),
    }  # fmt: skip


def _first_letter(source, written, is_own, **asker):
    """Where patients have their own letter made, which comes before they call; '' once there is one."""
    kind = LetterKind.OWN_COPY
    is_theirs = is_own and source.status == SourceStatus.IDENTIFIED and source.route == SourceRoute.OWN_COPY
    is_there = any(letter.kind == kind for letter in written)
    if not is_theirs or is_there or kind not in letters.open_kinds(source, **asker):
        return ""
    return reverse("sources:write", args=[source.case.reference, source.key, kind])


def _upload_url(source, person):
    """Where staff make a link by which this source sends files; '' where nobody offers one."""
    if not sources.is_staffs(person, source) or sources.why_closed(source.case):
        return ""
    return f"{reverse('records:links', args=[source.case.reference])}?source={source.key}"


def letter_to_read(person, reference, key):
    return access.visible_letters(person).filter(case__reference=reference, key=key).select_related(
        "case__clinic", "case__patient", "source", "authorisation"
    )  # fmt: skip


def slides_page(case, person):
    moves = SpecimenMove.objects.select_related("by").order_by("-at", "-pk")
    found = access.visible_specimens(person).filter(case=case).select_related("source", "added_by")
    rows = list(found.prefetch_related(Prefetch("moves", moves)))
    may_move = access.is_staff_for(person, case)
    return {
        "slides": [(each, specimens.moves_from(each) if may_move else []) for each in rows],
        "may_add": may_move and not case.is_ended,
    }


def addable_records(case, person):
    """Files that may be said to come from a source."""
    return list(
        access.visible_records(person)
        .filter(case=case)
        .kept()
        .order_by("-added_at", "-pk")
        .defer("text", "study")
    )


def consent_page(asked):
    is_open = asked.status == "open"
    types = completeness.still_missing(asked) if is_open else asked.types
    return {
        "asked": asked,
        "types": completeness.types_in_words(types, for_patient=True),
        "is_open": is_open,
    }


def last_question(case):
    asked = case.go_withouts.select_related("asked_by", "answered_by").first()
    if asked:
        asked.case = case
    return asked
