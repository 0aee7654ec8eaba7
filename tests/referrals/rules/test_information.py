"""Asking and answering: by whom, while it is open, and once."""

import pytest
from django.core.exceptions import PermissionDenied

from referrals.models import AuditEvent
from referrals.rules import information
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from referrals.vocabulary import AskedOf, CaseStatus
from tests.build import later, make_case, make_info_request


@pytest.fixture
def asked(ana, tess):
    return make_case(ana, CaseStatus.INFO_NEEDED, staff=tess).info_requests.get()


def test_the_patient_and_staff_for_them_may_answer(asked, ana, sam):
    item = asked.items.get()
    information.answer_item(item=item, by=ana, now=later(hours=1), text="Ten minutes")
    information.answer_item(item=item, by=sam, now=later(hours=2), text="Ten minutes, she says")
    assert (item.answer, item.answered_by) == ("Ten minutes, she says", sam)


def test_nobody_else_may_answer(asked, ben, dr_vega, quin):
    item = asked.items.get()
    for person in (ben, dr_vega, quin, None):
        with pytest.raises(PermissionDenied):
            information.answer_item(item=item, by=person, now=later(hours=1), text="x")
        with pytest.raises(PermissionDenied):
            information.send_answer(request=asked, by=person, now=later(hours=1))
    item.refresh_from_db()
    assert (item.status, item.answer) == ("open", "")


def test_what_the_specialist_asked_of_staff_is_not_the_patients_to_answer(ana, sam, tess, dr_vega):
    case = make_case(ana, CaseStatus.IN_REVIEW, staff=tess, specialist=dr_vega)
    referral = case.referrals.get()
    take(CASE, "clarify", case, by=dr_vega, now=later(hours=1))
    take(REFERRAL, "pause", referral, by=dr_vega, now=later(hours=1))
    request = make_info_request(case, by=dr_vega, of=AskedOf.STAFF, referral=referral)
    with pytest.raises(PermissionDenied):
        information.answer_item(item=request.items.get(), by=ana, now=later(hours=2), text="x")
    information.answer_item(item=request.items.get(), by=sam, now=later(hours=2), text="x")
    information.send_answer(request=request, by=sam, now=later(hours=2))
    assert request.status == "answered"
    case.refresh_from_db()
    assert case.status == CaseStatus.CLARIFICATION  # until the specialist accepts the reply


def test_what_was_sent_is_not_answered_again(asked, ana):
    item = asked.items.get()
    information.answer_item(item=item, by=ana, now=later(hours=1), text="Ten minutes")
    information.send_answer(request=asked, by=ana, now=later(hours=1))
    with pytest.raises(StepNotPossible):
        information.answer_item(item=item, by=ana, now=later(hours=2), text="An hour")
    item.refresh_from_db()
    assert item.answer == "Ten minutes"


def test_taking_back_waives_what_is_open_and_gives_the_ball_back(asked, tess):
    information.take_back(request=asked, by=tess, now=later(hours=3), why="The letter says it.")
    assert (asked.status, asked.case.status) == ("closed", "triage")
    assert asked.items.get().status == "waived"
    with pytest.raises(StepNotPossible):
        information.take_back(request=asked, by=tess, now=later(hours=4), why="Again")


def test_asking_names_each_thing_in_order_and_is_written_down(asked):
    assert list(asked.items.values_list("position", "text")) == [(1, "How far can you walk?")]
    event = AuditEvent.objects.get(act="ask")
    assert (event.subject_key, event.detail) == (str(asked.key), {"of": "patient", "items": 1})
    assert asked.due_at == asked.case.answer_due_at


def test_a_reading_goes_on_only_when_nothing_is_open(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.CLARIFICATION, staff=tess, specialist=dr_vega)
    request = case.info_requests.get()
    information.answer_item(item=request.items.get(), by=ana, now=later(hours=1), text="x")
    with pytest.raises(StepNotPossible):  # answered, but not sent
        take(CASE, "resume", case, by=dr_vega, now=later(hours=2))
    information.send_answer(request=request, by=ana, now=later(hours=2))
    take(CASE, "resume", case, by=dr_vega, now=later(hours=3))
    assert case.status == CaseStatus.IN_REVIEW
