"""The small road of a source: who may take which step from where, and that everything else changes nothing."""

import pytest
from django.core.exceptions import PermissionDenied

from referrals.models import AuditEvent, RecordSource
from referrals.rules import clocks, sources
from referrals.rules.workflow import StepNotPossible
from referrals.sources import actions
from referrals.vocabulary import WAITING, SourceStatus
from tests.build import NOW, later, make_case, make_person, make_record, make_source
from tests.referrals.sources.conftest import fresh

S = SourceStatus
DAY = NOW.date()
BOTH = {"acknowledge", "partly", "receive", "unreadable", "unavailable", "extend", "take_back"}
FROM = {
    S.IDENTIFIED: {"own_way", "need_form", "request", "receive", "unavailable", "waive"},
    S.AUTHORISATION_NEEDED: {"own_way", "need_form", "sign", "receive", "unavailable", "waive"},
    S.SIGNED: {"request", "receive", "unavailable", "waive", "revoke", "run_out"},
    S.REQUESTED: {
        "acknowledge", "extend", "partly", "receive", "unreadable", "unavailable", "waive", "revoke", "run_out",
    },
    S.ACKNOWLEDGED: {"extend", "partly", "receive", "unreadable", "unavailable", "waive", "revoke", "run_out"},
    S.PARTIAL: {"extend", "partly", "receive", "unreadable", "unavailable", "waive", "revoke", "run_out"},
    S.RECEIVED: {"unreadable"},
    S.UNREADABLE: {"partly", "receive", "ask_again", "unavailable", "waive", "revoke", "run_out"},
    S.UNAVAILABLE: {"take_back"},
    S.WAIVED: {"take_back"},
}  # fmt: skip


def at(case, status, **fields):
    dates = {"requested_on": DAY} if status in WAITING | {S.UNREADABLE} else {}
    why = {"why": "x"} if status in (S.UNAVAILABLE, S.WAIVED) else {}
    return make_source(case, status=status, **{**dates, **why, **fields})


@pytest.mark.parametrize("status", list(S))
def test_from_each_state_exactly_these_steps_lead_on(status):
    assert {step.act for step in sources.STEPS if status in step.sources} == FROM[status]


@pytest.mark.parametrize("status", list(S))
def test_each_person_has_exactly_their_steps(status, ana, ben, sam, tess, dr_vega, quin):
    case = make_case(ana, "triage", staff=tess)
    source = at(case, status, route="own_copy")
    found = {
        person.name: {step.act for step, _no in sources.own_steps(source, by=person)}
        for person in (ana, ben, sam, tess, dr_vega, quin)
    }
    patients = FROM[status] - {"waive", "run_out"} - ({"request"} if status == S.SIGNED else set())
    assert found["Ana"] == patients
    assert found["Sam"] == found["Tess"] == FROM[status] - {"sign", "revoke", "run_out"}
    assert found["Ben"] == found["Vega"] == found["Quin"] == set()


def test_staff_do_nothing_with_a_draft_nor_anybody_with_a_closed_case(ana, sam, tess):
    draft = make_source(make_case(ana, "draft"))
    ended = make_source(make_case(ana, "declined", staff=tess))
    assert not sources.own_steps(draft, by=sam)
    assert sources.own_steps(draft, by=ana)
    assert not sources.own_steps(ended, by=ana)
    with pytest.raises(StepNotPossible, match="not worked on"):
        actions.unavailable(source=ended, why="x", by=ana, now=NOW)


def test_a_step_from_the_wrong_state_changes_nothing(ana, tess):
    source = make_source(make_case(ana, "triage", staff=tess), route="own_copy")
    events = AuditEvent.objects.count()
    for act in ("acknowledge", "partly", "ask_again"):
        with pytest.raises(StepNotPossible):
            sources.move(act, source=source, by=ana, now=NOW)
    with pytest.raises(PermissionDenied):
        sources.move("waive", source=source, by=ana, now=NOW, why="x")
    assert AuditEvent.objects.count() == events
    assert fresh(source).status == S.IDENTIFIED


def test_asking_owes_a_route_and_a_form_its_signature(ana, tess):
    source = make_source(make_case(ana, "triage", staff=tess))
    with pytest.raises(StepNotPossible, match="how these records"):
        actions.request(source=source, by=tess, now=NOW)
    actions.choose_route(source=source, route="authorisation", by=ana, now=NOW)
    with pytest.raises(StepNotPossible):
        actions.request(source=source, by=tess, now=NOW)
    assert fresh(source).status == S.AUTHORISATION_NEEDED
    with pytest.raises(PermissionDenied, match="care team decides"):
        actions.choose_route(source=source, route="treatment", by=ana, now=NOW)
    actions.choose_route(source=source, route="treatment", by=tess, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.request(source=source, by=ana, now=NOW)  # the clinic asks on this way
    actions.request(source=source, by=tess, now=NOW)
    assert (source.status, source.requested_on, source.due_on) == (S.REQUESTED, DAY, DAY + 30 * clocks.DAY)
    assert source.chase_on == DAY + 5 * clocks.DAY


def test_one_extension_of_at_most_thirty_days_with_its_reason(ana, tess):
    source = at(make_case(ana, "triage", staff=tess), S.REQUESTED)
    with pytest.raises(ValueError, match="31"):
        actions.extend(source=source, days=31, reason="x", on=DAY, by=ana, now=NOW)
    actions.extend(source=source, days=30, reason="Archive is moving", on=DAY, by=ana, now=NOW)
    assert fresh(source).due_on == DAY + 60 * clocks.DAY
    with pytest.raises(StepNotPossible, match="one extension"):
        actions.extend(source=source, days=1, reason="x", on=DAY, by=ana, now=NOW)


def test_the_checklist_follows(ana, tess):
    case = make_case(ana, "triage", staff=tess)
    source = make_source(case, route="own_copy")
    line = case.checklist.get(type="images")
    actions.request(source=source, by=ana, now=NOW)
    assert fresh(line).state == "on_its_way"
    actions.unavailable(source=source, why="They burnt down", by=ana, now=NOW)
    assert (fresh(line).state, line.note) == ("cant_get", "They burnt down")
    actions.take_back(source=source, by=ana, now=NOW)
    assert (fresh(line).state, fresh(source).status) == ("to_come", S.IDENTIFIED)


def test_a_second_source_keeps_the_line_open(ana, tess):
    case = make_case(ana, "triage", staff=tess)
    first, _second = at(case, S.REQUESTED), at(case, S.REQUESTED, name="Elm House")
    line = case.checklist.get(type="images")
    actions.unavailable(source=first, why="Gone", by=ana, now=NOW)
    assert fresh(line).state == "to_come"


def test_a_file_that_came_is_theirs_and_part_of_it(ana, tess):
    case = make_case(ana, "triage", staff=tess)
    source, record = at(case, S.REQUESTED), make_record(case)
    sources.record_came(source=source, record=record, by=tess, now=NOW)
    assert (fresh(record).source, fresh(source).status) == (source, S.PARTIAL)
    actions.came(source=source, is_all=True, records=[record], by=ana, now=NOW)
    assert fresh(source).status == S.RECEIVED
    with pytest.raises(ValueError, match="another case"):
        sources.record_came(source=source, record=make_record(make_case(ana, "draft")), by=tess, now=NOW)


def test_what_nobody_asked_for_is_never_waited_for(ana, tess):
    case = make_case(ana, "triage", staff=tess)
    source, record = make_source(case), make_record(case)
    actions.came(source=source, is_all=True, by=ana, now=NOW)
    actions.unreadable(source=source, why="A broken disc", by=tess, now=NOW)
    with pytest.raises(StepNotPossible, match="Nobody asked"):
        actions.came(source=source, is_all=False, by=tess, now=NOW)
    sources.record_came(source=source, record=record, by=tess, now=NOW)
    assert (fresh(record).source, fresh(source).status) == (source, S.UNREADABLE)
    actions.came(source=source, is_all=True, by=tess, now=NOW)
    assert fresh(source).status == S.RECEIVED


def test_a_call_moves_the_next_one_along_the_ladder(ana, tess):
    source = at(make_case(ana, "triage", staff=tess), S.REQUESTED)
    actions.note_contact(source=source, kind="called", text="Next week", by=tess, now=later(days=6))
    assert fresh(source).chase_on == DAY + 12 * clocks.DAY
    assert source.contacts.get().by == tess


def test_who_is_not_theirs_adds_changes_and_removes_nothing(ana, ben, dr_vega, tess):
    case = make_case(ana, "triage", staff=tess)
    source = make_source(case)
    for person in (ben, dr_vega):
        with pytest.raises(PermissionDenied):
            actions.add(case=case, by=person, now=NOW, name="X", kind="lab", types=["lab"])
        with pytest.raises(PermissionDenied):
            actions.edit(source=source, by=person, now=NOW, name="X")
        with pytest.raises(PermissionDenied):
            actions.remove(source=source, by=person, now=NOW)
        with pytest.raises(PermissionDenied):
            actions.note_contact(source=source, kind="note", text="x", by=person, now=NOW)
    assert RecordSource.objects.get().name == "Millpond Imaging"


def test_only_what_nobody_asked_is_taken_off_the_list(ana, tess):
    case = make_case(ana, "triage", staff=tess)
    asked = at(case, S.REQUESTED)
    with pytest.raises(StepNotPossible, match="asked already"):
        actions.remove(source=asked, by=ana, now=NOW)
    other = make_source(case)
    actions.remove(source=other, by=ana, now=NOW)
    assert list(RecordSource.objects.all()) == [asked]


def test_staff_never_work_on_their_own_request(sam):
    own = make_source(make_case(sam, "submitted"))
    assert "waive" not in {step.act for step, _no in sources.own_steps(own, by=sam)}
    assert not sources.is_staffs(make_person("pat"), own)
