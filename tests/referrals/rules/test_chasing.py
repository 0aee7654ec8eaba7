"""Reminders about records that others hold: P7, P8, P11, S5, S17, S18."""

import datetime as dt

import pytest

from referrals.rules import catalogue, clocks, sources
from referrals.sources import actions
from referrals.vocabulary import Role
from tests.build import NOW, later, make_case, make_person, make_source
from tests.referrals.rules.test_catalogue import planned

DAY = NOW.date()


def people(case, rule):
    return {row.recipient for row in case.reminders.filter(rule=rule, status="planned")}


def test_p7_reminds_of_a_form_until_it_is_signed_or_asked_another_way(ana, tess):
    case = make_case(ana, "triage", staff=tess)
    source = make_source(case)
    actions.choose_route(source=source, route="authorisation", by=ana, now=NOW)
    assert planned(case, "P7") == {
        "1d": "Wed 25 Nov 09:00",
        "3d": "Fri 27 Nov 09:00",
        "5d": "Mon 30 Nov 09:00",
    }
    assert people(case, "P7") == {ana}
    actions.choose_route(source=source, route="own_copy", by=ana, now=later(hours=1))
    assert planned(case, "P7") == {}


def test_p8_asks_again_on_7_14_21_28_and_on_the_last_day_of_the_law(ana, tess):
    case = make_case(ana, "triage", staff=tess)
    source = make_source(case, route="own_copy")
    actions.request(source=source, by=ana, now=NOW)
    assert planned(case, "P8") == {
        "7d": "Tue 01 Dec 09:00", "14d": "Tue 08 Dec 09:00", "21d": "Tue 15 Dec 09:00", "28d": "Tue 22 Dec 09:00",
        "due": "Thu 24 Dec 09:00",
    }  # fmt: skip
    assert not case.reminders.filter(rule="S5").exists()  # theirs alone while nobody waits for it
    actions.extend(source=source, days=30, reason="x", on=DAY, by=ana, now=later(days=1))
    assert planned(case, "P8")["due"] == "Sat 23 Jan 09:00"


@pytest.mark.parametrize("end", ["came", "unavailable", "waive", "decline"])
def test_p8_and_s5_stop_once_it_is_here_or_given_up(end, ana, tess):
    case = make_case(ana, "records_pending", staff=tess)
    source = make_source(case, route="own_copy")
    actions.request(source=source, by=ana, now=NOW)
    assert planned(case, "P8")
    assert planned(case, "S5")
    if end == "came":
        actions.came(source=source, is_all=True, by=ana, now=later(days=1))
    elif end == "decline":
        from referrals.rules.roads import CASE
        from referrals.rules.workflow import take

        take(CASE, "decline", case, by=tess, now=later(days=1), reason="scope", sentence="x")
    else:
        getattr(actions, end)(source=source, why="x", by=tess, now=later(days=1))
    assert planned(case, "P8") == planned(case, "S5") == {}


def test_s5_goes_to_whoever_has_the_case_in_the_clinics_hours(ana, tess, sam):
    case = make_case(ana, "triage", staff=tess)
    source = make_source(case, route="treatment")
    actions.request(source=source, by=sam, now=NOW)
    assert planned(case, "S5") == {
        "5d": "Mon 30 Nov 09:00", "12d": "Mon 07 Dec 09:00", "20d": "Mon 14 Dec 09:00", "28d": "Tue 22 Dec 09:00",
        "31d": "Fri 25 Dec 09:00",
    }  # fmt: skip
    assert people(case, "S5") == {tess}
    assert planned(case, "P8") == {}  # the clinic asked


def test_s5_goes_to_the_coordinators_where_nobody_has_it(ana, sam, tess):
    case = make_case(ana, "submitted")
    source = make_source(case, route="treatment")
    actions.request(source=source, by=sam, now=NOW)
    assert people(case, "S5") == {sam}
    make_person("ended", Role.COORDINATOR).memberships.update(ended_at=NOW)
    catalogue.plan(case, now=NOW)
    assert people(case, "S5") == {sam}


def test_sources_asked_on_one_day_share_their_reminders(ana, tess):
    case = make_case(ana, "triage", staff=tess)
    for name in ("One", "Two"):
        source = make_source(case, route="own_copy", name=name)
        actions.request(source=source, by=ana, now=NOW)
    assert case.reminders.filter(rule="P8", status="planned").count() == 5


def test_a_case_that_waits_is_due_when_its_next_source_is(ana, tess):
    case = make_case(ana, "records_pending", staff=tess)
    hours = clocks.clinic_hours(case.clinic)
    assert case.records_due_at == clocks.add_business_days(NOW, 1, hours)
    source = make_source(case, route="own_copy")
    actions.request(source=source, by=ana, now=NOW)
    case.refresh_from_db()
    assert case.due_at == clocks.end_of_day(DAY + dt.timedelta(days=30), hours)
    actions.came(source=source, is_all=True, by=ana, now=later(days=3))
    case.refresh_from_db()
    assert case.due_at == clocks.add_business_days(later(days=3), 1, hours)


def test_planning_twice_changes_nothing(ana, tess):
    case = make_case(ana, "records_pending", staff=tess)
    source = make_source(case, route="own_copy")
    actions.request(source=source, by=ana, now=NOW)
    before = list(case.reminders.order_by("pk").values())
    sources.touch(case, now=NOW)
    assert list(case.reminders.order_by("pk").values()) == before
