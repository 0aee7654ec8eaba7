"""What a draft lacks before it can be sent, line by line."""

import datetime as dt

import pytest

from referrals.rules import checklists
from referrals.rules.roads import CASE
from referrals.rules.workflow import StepNotPossible, take
from referrals.vocabulary import ChecklistState, Situation
from tests.build import NOW, make_draft


def steps(case):
    return [step for step, _sentence in checklists.missing_before_sending(case)]


def test_a_whole_draft_lacks_nothing(ana):
    assert steps(make_draft(ana)) == []


@pytest.mark.parametrize(
    ("fields", "step"),
    [
        ({"situation": ""}, "what-happened"),
        ({"unfinished": {"dates": {"day": "31 Feb"}}}, "dates"),
        ({"subject_born_on": None}, "about"),
        ({"located_in": ""}, "about"),
        ({"subject": "child", "subject_name": "Mia"}, "about"),  # without authority
        ({"decide_by_on": None}, "dates"),
        ({"questions": ()}, "questions"),
        ({"cover": ""}, "cost"),
        ({"emergency": ""}, "check"),
        ({"emergency": "present"}, "check"),
        ({"disclaimer_version": ""}, "check"),
        ({"consented_at": None}, "check"),
        ({"first_opinion": {"diagnosis": "", "advice": "", "plan": ""}}, "first-opinion"),
    ],
)
def test_each_thing_that_is_missing_names_its_step_and_stops_sending(ana, fields, step):
    case = make_draft(ana, **fields)
    assert steps(case) == [step]
    with pytest.raises(StepNotPossible):
        take(CASE, "submit", case, by=ana, now=NOW)
    case.refresh_from_db()
    assert case.status == "draft"


def test_a_child_needs_a_name_of_its_own(ana):
    case = make_draft(ana, subject="child", subject_name=" ", authority="parent")
    assert steps(case) == ["about"]


def test_an_e_mail_address_is_not_a_name(ana):
    ana.name = ""
    case = make_draft(ana, subject_name="")
    assert steps(case) == ["about"]


def test_a_case_can_be_sent_without_a_diagnosis(ana):
    case = make_draft(ana, first_opinion={"diagnosis": "", "advice": "", "plan": "", "no_diagnosis": True})
    take(CASE, "submit", case, by=ana, now=NOW)
    assert case.status == "submitted"


def test_no_date_is_an_answer(ana):
    assert steps(make_draft(ana, decide_by_on=None, no_decision_date=True)) == []


def test_another_situation_lays_out_other_lines_and_keeps_what_was_answered(ana):
    case = make_draft(ana)
    case.checklist.filter(type="images").update(state=ChecklistState.HAVE)
    case.situation = Situation.UNCLEAR
    checklists.lay_out(case)
    checklists.lay_out(case)
    lines = dict(case.checklist.values_list("type", "state"))
    assert lines == {
        "letter": "to_come", "imaging_report": "to_come", "medicines": "to_come", "lab": "to_come", "images": "have",
    }  # fmt: skip


@pytest.mark.parametrize("situation", list(Situation))
def test_each_situation_has_lines(situation):
    assert checklists.HELPS[situation]


def test_missing_is_what_is_neither_here_nor_waived(ana):
    case = make_draft(ana)
    assert checklists.missing_records(case).count() == 4
    case.checklist.filter(type="letter").update(state=ChecklistState.HAVE)
    case.checklist.filter(type="images").update(state=ChecklistState.WAIVED, note="The report is enough.")
    case.checklist.filter(type="medicines").update(state=ChecklistState.CANT_GET)
    missing = set(checklists.missing_records(case).values_list("type", flat=True))
    assert missing == {"imaging_report", "medicines"}


def test_the_decision_date_sets_the_urgency_when_sent(ana):
    case = make_draft(ana, decide_by_on=(NOW + dt.timedelta(days=4)).date())
    take(CASE, "submit", case, by=ana, now=NOW)
    assert case.urgency == "urgent"
