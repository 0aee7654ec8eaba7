"""What the reading room shows: the records in time, what is open, and what the patient asks."""

from django.db.models import Prefetch

from referrals.models import InfoItem
from referrals.review import words
from referrals.rules import completeness, mismatches, timeline
from referrals.rules.access import visible_info_requests, visible_readings, visible_records
from referrals.rules.reading import page_of
from referrals.rules.roads import CASE
from referrals.rules.workflow import possible_steps
from referrals.vocabulary import FileKind, InfoRequestStatus, ReferralStatus, Situation

PANES = ("records", "page", "opinion")
REQUEST, ANSWERS = "request", "answers"
ICONS = {
    FileKind.PDF: "file-text", FileKind.DICOM: "file-scan", FileKind.DOCX: "file-text", FileKind.TEXT: "file-text",
}  # fmt: skip


def readings(person):
    """The referrals under which a person reads, with the case they read."""
    return visible_readings(person).select_related(
        "case__clinic", "case__patient", "case__first_opinion", "case__specialty"
    )


def asked_for(records, asked):
    """(the record, its page) that an address asks for; (None, 1) where it asks for none."""
    wanted = asked.get("record", "")
    chosen = next((each for each in records if str(each.key) == wanted and each.is_openable), None)
    return chosen, page_of(chosen, asked.get("page", "")) if chosen else 1


def room(referral, person, *, records, asked, now):
    """Everything on the page. `asked`: what the address says of record (a key, `request`, `answers`), page, pane."""
    case, wanted, pane = referral.case, asked.get("record", ""), asked.get("pane", "")
    wish = timeline.wish_of(asked)
    chosen, number = asked_for(records, asked)
    line = timeline.arrange(records, case=case, person=person, wish=wish, since=referral.opened_at)
    requests = list(requests_of(case, person))
    what = "record" if chosen else ANSWERS if wanted == ANSWERS and requests else REQUEST
    due, due_tone = words.due(case.review_due_at, now)
    return {
        "referral": referral,
        "case": case,
        "age": words.age_of(case, now),
        "questions": list(case.questions.all()),
        "pane": pane if pane in PANES else ("page" if wanted else "records"),
        "timeline": line,
        "carried": wish.query,
        "what": what,
        "record": chosen,
        "flags": mismatches.of_record(case, chosen) if chosen else [],
        "number": number,
        "base": {"record": str(chosen.key), "pane": "page", **carried(wish)} if chosen else {},
        "two": asked.get("two") == "1",
        "pin": asked.get("pin", ""),
        "asked": requests,
        "open_request": next((each for each in requests if each.status == InfoRequestStatus.OPEN), None),
        "not_there": completeness.not_there(case),
        "slides": slides_of(case) if what == REQUEST else [],
        "shows_situation": case.situation not in ("", Situation.TRUST),
        "due": due,
        "due_tone": due_tone,
        "is_signed": referral.status == ReferralStatus.SIGNED,
        "acts": {step.act for step in possible_steps(CASE, case, by=person, now=now)},
    }


def carried(wish):
    """Of how the list is wanted, what is not as usual."""
    usual = timeline.Wish()
    return {name: value for name, value in vars(wish).items() if value != getattr(usual, name)}


def records_of(case, person):
    """The records of a case, newest first, as a list shows them."""
    records = visible_records(person).filter(case=case).kept().exclude(kind=FileKind.ARCHIVE).defer("text")
    found = list(timeline.in_order(records, person))
    for record in found:
        record.case = case
        record.icon = ICONS.get(record.kind, "image")
        record.is_openable = timeline.is_openable(record)
    return found


def slides_of(case):
    """[(slides or blocks, the last step of their way, or None)]"""
    found = case.specimens.prefetch_related("moves")
    return [(each, next(reversed(each.moves.all()), None)) for each in found]


def requests_of(case, person):
    """What was asked and came back, newest first."""
    items = InfoItem.objects.prefetch_related("records")
    return (
        visible_info_requests(person)
        .filter(case=case)
        .prefetch_related(Prefetch("items", items))
        .order_by("-asked_at", "-pk")
    )
