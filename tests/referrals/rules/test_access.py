"""The doors, person by person: exactly these rows, none missing and none too many."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from referrals.models import Clinic, GoWithout, Letter, Person, Specimen
from referrals.rules import access, catalogue
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import take
from referrals.vocabulary import CaseStatus, Role
from tests.build import (
    NOW,
    make_case,
    make_draft,
    make_offer,
    make_opinion,
    make_person,
    make_record,
    make_source,
    make_specialist,
)

S = CaseStatus
SENT = set(S) - {S.DRAFT, S.LAPSED, S.ENTERED_IN_ERROR}
READ = {S.IN_REVIEW, S.CLARIFICATION, S.DELIVERED, S.CLOSED}
DOORS = {
    "cases": access.visible_cases, "records": access.visible_records, "referrals": access.visible_referrals,
    "questions": access.visible_info_requests, "opinions": access.visible_opinions,
    "reminders": access.visible_reminders, "sources": access.visible_sources, "letters": access.visible_letters,
    "slides": access.visible_specimens, "consents": access.visible_go_withouts,
}  # fmt: skip


@pytest.fixture
def world(ana, ben, sam, tess, dr_vega, dr_stone, quin, lea):
    """A case of Ana's in every status, with a good and a refused file each; one of Ben's at another house."""
    now = timezone.now()
    elsewhere = Clinic.objects.create(name="Elsewhere")
    their_tess = make_person("their tess", Role.TRIAGE_CLINICIAN, clinic=elsewhere)
    their_doctor = make_specialist("their doctor", clinic=elsewhere)
    ended, closed = make_person("ended", Role.LEAD), make_person("closed", Role.LEAD, is_active=False)
    ended.memberships.update(ended_at=now)
    for status in S:
        _with_files(make_case(ana, status, staff=tess, specialist=dr_vega, now=now))
    theirs = make_case(
        ben, S.CLARIFICATION, staff=their_tess, specialist=their_doctor, now=now, clinic=elsewhere
    )
    _with_files(theirs)
    return {
        "ana": ana, "ben": ben, "sam": sam, "tess": tess, "vega": dr_vega, "stone": dr_stone, "quin": quin, "lea": lea,
        "their tess": their_tess, "their doctor": their_doctor, "ended": ended, "closed": closed,
        "visitor": AnonymousUser(), "nobody": None,
    }  # fmt: skip


def _with_files(case):
    make_record(case)
    make_record(case, name="bad.exe", status="refused", refusal="kind", kind="")
    source = make_source(case)
    Letter.objects.create(case=case, source=source, kind="own_copy", content={}, written_at=NOW)
    Specimen.objects.create(case=case, kind="slides", label="x", moved_at=NOW, added_by=case.patient)
    GoWithout.objects.create(case=case, types=["lab"], text="x", asked_by=case.patient, asked_at=NOW)


def seen(door, person):
    rows = DOORS[door](person)
    assert rows.count() == len(set(rows))  # none twice
    return {row.status if door == "cases" else row.case.status for row in rows if _of_ana(door, row)}


def _of_ana(door, row):
    case = row if door == "cases" else row.case
    return case.patient.name == "Ana"


def foreign(door, person):
    return sum(not _of_ana(door, row) for row in DOORS[door](person))


ANA_ALL = set(S) - {S.ENTERED_IN_ERROR}
OFFERED = READ
EXPECTED = {
    "cases": {"ana": ANA_ALL, "sam": SENT, "tess": SENT, "lea": SENT | {S.ENTERED_IN_ERROR}, "vega": READ},
    "records": {"ana": ANA_ALL, "sam": SENT, "tess": SENT, "lea": SENT | {S.ENTERED_IN_ERROR}, "vega": READ},
    "referrals": {"sam": OFFERED, "tess": OFFERED, "lea": OFFERED, "vega": OFFERED},
    "questions": {
        "ana": {S.INFO_NEEDED, S.CLARIFICATION}, "sam": {S.INFO_NEEDED, S.CLARIFICATION},
        "tess": {S.INFO_NEEDED, S.CLARIFICATION}, "lea": {S.INFO_NEEDED, S.CLARIFICATION}, "vega": {S.CLARIFICATION},
    },
    "opinions": dict.fromkeys(("ana", "sam", "tess", "lea", "vega"), {S.DELIVERED, S.CLOSED}),
}  # fmt: skip

# What is asked of others is between the patient and the care team: no specialist sees it.
BETWEEN = {"ana": ANA_ALL, "sam": SENT, "tess": SENT, "lea": SENT | {S.ENTERED_IN_ERROR}}
EXPECTED |= dict.fromkeys(("sources", "letters", "slides", "consents"), BETWEEN)
THEIRS = dict.fromkeys(("sources", "letters", "slides", "consents"), {"ben", "their tess"}) | {
    "referrals": {"their tess", "their doctor"},
    "opinions": set(),
}


def test_s02_each_person_sees_exactly_these(world):
    for door, expected in EXPECTED.items():
        found = {name: seen(door, person) for name, person in world.items()}
        assert found == {name: expected.get(name, set()) for name in world}, door
    for door in DOORS:  # the other house is seen by its own alone
        inside = {name for name, person in world.items() if foreign(door, person)}
        assert inside == THEIRS.get(door, {"ben", "their tess", "their doctor"}), door

    def refused(name):
        return access.visible_records(world[name]).filter(status="refused").count()

    assert refused("ana") == len(ANA_ALL) and refused("sam") == len(SENT)
    assert refused("vega") == refused("stone") == 0
    assert access.visible_records(world["vega"]).count() == len(READ)


def test_reminders_of_drafts_are_the_patients_alone(ana, sam, lea, dr_stone, quin):
    now = timezone.now()
    catalogue.plan(make_draft(ana, now=now), now=now)
    make_case(ana, now=now)
    both, sent = {S.DRAFT, S.SUBMITTED}, {S.SUBMITTED}
    for person, statuses in ((ana, both), (sam, sent), (lea, sent), (dr_stone, set()), (quin, set())):
        found = access.visible_reminders(person).values_list("case__status", flat=True)
        assert set(found) == statuses


def test_a_person_who_is_closed_sees_not_even_their_own(ana):
    make_draft(ana)
    ana.is_active = False
    ana.save()
    for door in DOORS.values():
        assert not door(Person.objects.get(pk=ana.pk)).exists()


def test_s04_an_ended_membership_shuts_each_door_at_once(ana, tess, lea, dr_vega):
    make_record(make_case(ana, S.CLARIFICATION, staff=tess, specialist=dr_vega, now=timezone.now()))
    for person in (tess, lea, dr_vega):
        assert access.visible_cases(person).exists() and access.visible_records(person).exists()
        person.memberships.update(ended_at=timezone.now())
        fresh = Person.objects.get(pk=person.pk)
        for name, door in DOORS.items():
            rows = door(fresh)
            assert not (rows.exclude(recipient=fresh) if name == "reminders" else rows).exists()


@pytest.mark.parametrize(("days", "open_"), [(29, True), (31, False)])
def test_a_signed_case_stays_open_to_its_reader_for_the_window(days, open_, ana, tess, dr_vega):
    long_ago = timezone.now() - dt.timedelta(days=days)
    case = make_case(ana, S.DELIVERED, staff=tess, specialist=dr_vega, now=long_ago)
    make_record(case, now=long_ago)
    for door in (access.visible_cases, access.visible_records, access.visible_opinions):
        assert door(dr_vega).exists() is open_


@pytest.mark.parametrize("end", ["recall", "decline", "expire", "withdraw"])
def test_an_offer_opens_no_case_before_or_after_its_end(end, ana, tess, dr_vega):
    now = timezone.now()
    case = make_case(ana, S.ROUTING, staff=tess, now=now)
    make_record(case)
    referral = make_offer(case, dr_vega, by=tess, now=now)
    assert access.visible_referrals(dr_vega).get() == referral
    assert not access.visible_cases(dr_vega).exists() and not access.visible_records(dr_vega).exists()
    if end == "withdraw":
        take(CASE, "withdraw", case, by=ana, now=now)
    else:
        by = {"recall": tess, "decline": dr_vega, "expire": None}[end]
        reason = {"reason": "time", "changes": {"decline_reason": "time"}} if end == "decline" else {}
        take(REFERRAL, end, referral, by=by, now=now + dt.timedelta(days=30 * (end == "expire")), **reason)
    assert not access.visible_cases(dr_vega).exists() and not access.visible_records(dr_vega).exists()


def test_a_case_taken_back_is_gone_with_its_draft_and_stays_for_the_lead(ana, tess, lea, dr_vega):
    case = make_case(ana, S.IN_REVIEW, staff=tess, specialist=dr_vega, now=timezone.now())
    opinion = make_opinion(case)
    assert access.visible_opinions(dr_vega).get() == opinion
    take(CASE, "reassign", case, by=tess, now=timezone.now(), reason="overdue")
    take(REFERRAL, "take_back", case.referrals.get(), by=tess, now=timezone.now())
    for door in (access.visible_cases, access.visible_records, access.visible_opinions):
        assert not door(dr_vega).exists()
    assert access.visible_opinions(lea).get() == opinion
    assert not access.visible_opinions(tess).exists() and not access.visible_opinions(ana).exists()


def test_who_works_here_and_asks_for_themselves_is_a_patient_of_that_case(sam, dr_vega, tess):
    own = make_draft(dr_vega)
    assert access.visible_cases(dr_vega).get() == own
    assert access.is_patient_of(dr_vega, own) and not access.is_patient_of(sam, own)
    assert not access.visible_cases(sam).exists()


def test_staffed_cases_and_people_are_for_their_own_clinics_staff(world):
    assert {case.status for case in access.staffed_cases(world["tess"])} == SENT
    for name in ("ana", "vega", "quin", "their doctor", "ended", "closed", "visitor"):
        assert not access.staffed_cases(world[name]).exists()
    names = {person.name for person in access.visible_people(world["lea"])}
    assert {"Sam", "Tess", "Vega", "Lea"} <= names and not names & {"Ana", "Ben", "Their Tess"}
    for name in set(world) - {"lea"}:
        assert not access.visible_people(world[name]).exists()


def test_nobody_works_on_their_own_request(clinic, tess, lea):
    own = make_case(tess)
    assert access.visible_cases(tess).get() == own  # as any patient's
    assert not access.staffed_cases(tess).exists()
    assert list(access.staffed_cases(lea)) == [own]
    for act in ("claim", "ask", "prioritise"):
        with pytest.raises(PermissionDenied):
            take(CASE, act, own, by=tess, now=NOW)
    take(CASE, "claim", own, by=lea, now=NOW)


def test_a_lead_who_asks_for_themselves_reads_no_draft_of_it(lea, tess, dr_vega):
    own = make_case(lea, CaseStatus.CLARIFICATION, staff=tess, specialist=dr_vega)
    own.info_requests.update(asked_of="staff")
    make_opinion(own)
    assert not access.visible_opinions(lea).exists()
    assert not access.visible_info_requests(lea).exists() and access.visible_info_requests(tess).exists()
    assert not access.visible_referrals(lea).exists() and access.visible_referrals(tess).exists()
