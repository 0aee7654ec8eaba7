"""The demo's cases that wait for records: sources in several states, a signed form, slides, a question to the patient."""

import datetime as dt

from referrals.rules import completeness, sources
from referrals.sources import actions, letters, signing, specimens
from referrals.triage import actions as triage
from referrals.vocabulary import LetterKind, SourceRoute

MILLPOND = {
    "name": "Millpond Imaging", "kind": "imaging", "types": ["images", "imaging_report"], "about_when": "October",
    "phone": "555 014 7100", "fax": "555 014 7101", "address": "4 Mill Lane\nMillpond, IL",
}  # fmt: skip
BROOKFALL = {
    "name": "Brookfall Hospital, records", "kind": "hospital", "types": ["pathology", "plan"], "about_when": "this autumn",
    "phone": "555 014 8200", "address": "1 Brookfall Road\nBrookfall, IL",
}  # fmt: skip
PHARMACY = {"name": "Reedwater Pharmacy", "kind": "pharmacy", "types": ["medicines"], "phone": "555 014 5500"}
LAB = {"name": "Heronsgate Lab", "kind": "lab", "types": ["pathology"], "phone": "555 014 6100"}


def wait(life):
    """Accepted with records to come, and what was done about them since."""
    life._judge()
    made = {"case": life.case, "by": life.patient, "now": life.tick()}
    own = actions.add(**made, **MILLPOND)
    signed = actions.add(**made, **BROOKFALL)
    _ask_for_own_copy(life, own)
    _sign(life, signed)
    triage.accept_pending(
        case=life.case,
        reason="The question is clear; the images are asked for.",
        by=life.tess,
        now=life.tick(),
    )
    if life.story.twist == "chased":
        _chase(life, own, signed)
    else:
        actions.came(source=signed, is_all=True, by=life.sam, now=life.tick())
        completeness.ask_to_go_without(
            case=life.case, by=life.sam, now=life.tick(),
            text="Millpond can’t find the images. We can judge the plan without them, but not how worn the disc is.",
        )  # fmt: skip


def _ask_for_own_copy(life, source):
    actions.choose_route(source=source, route=SourceRoute.OWN_COPY, by=life.patient, now=life.tick())
    letters.ask_for(source=source, kind=LetterKind.OWN_COPY, by=life.patient, now=life.clock)
    actions.request(source=source, by=life.patient, now=life.clock)


def _sign(life, source):
    actions.choose_route(source=source, route=SourceRoute.AUTHORISATION, by=life.patient, now=life.tick())
    ends, today = signing.Ends(), sources.today_of(life.case, life.clock)
    seen = signing.sum_of(signing.text_of(source, ends, today=today))
    signing.sign(
        source=source,
        ends=ends,
        name=life.patient.name,
        seen=seen,
        address=None,
        by=life.patient,
        now=life.clock,
    )
    letters.ask_for(source=source, kind=LetterKind.REQUEST, by=life.sam, now=life.tick())
    actions.request(source=source, by=life.sam, now=life.clock)


def _chase(life, own, signed):
    actions.acknowledge(source=signed, by=life.sam, now=life.tick())
    actions.extend(
        source=signed, days=14, reason="The archive is moving house", by=life.sam, now=life.tick(),
        on=sources.today_of(life.case, life.clock),
    )  # fmt: skip
    actions.note_contact(
        source=own,
        kind="no_reply",
        text="Rang for ten minutes.",
        by=life.sam,
        now=life.demo.now - dt.timedelta(days=4),
    )
    by_patient = {"case": life.case, "by": life.patient, "now": life.tick()}
    pharmacy = actions.add(**by_patient, **PHARMACY)
    actions.unavailable(source=pharmacy, why="They keep nothing in writing", by=life.patient, now=life.clock)
    lab = actions.add(**by_patient, **LAB)
    actions.choose_route(source=lab, route=SourceRoute.AUTHORISATION, by=life.patient, now=life.clock)
    slides = specimens.add(
        case=life.case,
        source=lab,
        kind="slides",
        label="S26-1841, A1 to A4",
        count=4,
        by=life.sam,
        now=life.tick(),
    )
    today = sources.today_of(life.case, life.clock)
    specimens.move(
        specimen=slides, act="send", on=today, note="Parcel 1Z 99 014", by=life.sam, now=life.clock
    )
    specimens.move(specimen=slides, act="arrive", on=today, note="Shelf 3", by=life.sam, now=life.tick())


def slides_back(life):
    """Of some signed readings the slides still lie here."""
    if life.story.name != "Thaddeus Bloom":
        return
    now = life.clock
    blocks = specimens.add(
        case=life.case, source=None, kind="blocks", label="B 7, throat", count=2, by=life.sam, now=now
    )
    for act in ("arrive", "read"):
        specimens.move(
            specimen=blocks, act=act, on=sources.today_of(life.case, now), note="", by=life.sam, now=now
        )
