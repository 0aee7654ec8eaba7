"""The rules of reminders: what is planned when, what stops it, what moves it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from referrals.models import HeldPlace, Reminder
from referrals.rules import catalogue, clocks, information
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import take
from referrals.vocabulary import CaseStatus, PlaceStatus
from tests.build import (
    NOW,
    later,
    make_case,
    make_draft,
    make_info_request,
    make_offer,
    make_opinion,
    make_record,
)

CHICAGO = ZoneInfo("America/Chicago")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text, zone=CHICAGO):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def planned(case, rule):
    """{step: due} of what is planned, in Chicago's time, as people read it."""
    rows = case.reminders.filter(rule=rule, status="planned").order_by("due_at")
    return {row.step: f"{row.due_at.astimezone(CHICAGO):%a %d %b %H:%M}" for row in rows}


def drop_codes(case, rule):
    return set(case.reminders.filter(rule=rule, status="dropped").values_list("why_dropped", flat=True))


# --- P1 -------------------------------------------------------------------------------------------


def test_p1_nudges_a_silent_draft_and_warns_twice_before_it_ends(ana):
    case = make_draft(ana, decide_by_on=None, situation="trust")  # Tue 24 Nov, 9:00 in Chicago
    catalogue.plan(case, now=NOW)
    assert planned(case, "P1") == {
        "1d": "Wed 25 Nov 09:00",
        "3d": "Fri 27 Nov 09:00",
        "7d": "Tue 01 Dec 09:00",
        "kept-7d": "Thu 17 Dec 09:00",
        "kept-2d": "Tue 22 Dec 09:00",
    }


def test_p1_moves_along_with_each_edit_and_leaves_no_rows_behind(ana):
    case = make_draft(ana)
    catalogue.plan(case, now=NOW)
    for hours in (5, 26, 50):
        case.edited_at = later(hours=hours)
        case.save()
        catalogue.plan(case, now=later(hours=hours))
    rows = case.reminders.filter(rule="P1")
    assert rows.count() == 5
    assert set(rows.values_list("status", flat=True)) == {"planned"}
    assert planned(case, "P1")["kept-2d"] == "Thu 24 Dec 11:00"


def test_p1_warns_again_before_a_second_silence_ends_the_draft(ana):
    case = make_draft(ana)
    catalogue.plan(case, now=NOW)
    case.reminders.filter(rule="P1").update(status="sent", sent_at=later(days=28))
    case.edited_at = later(days=29)
    case.save()
    catalogue.plan(case, now=later(days=29))
    assert set(planned(case, "P1")) == {"kept-7d", "kept-2d"}


@pytest.mark.parametrize("status", ["submitted", "withdrawn", "lapsed"])
def test_p1_and_p2_stop_when_the_draft_is_sent_or_ends(ana, status):
    case = make_draft(ana)
    catalogue.plan(case, now=NOW)
    assert planned(case, "P1")
    assert planned(case, "P2")
    act, by = {"submitted": ("submit", ana), "withdrawn": ("withdraw", ana), "lapsed": ("lapse", None)}[
        status
    ]
    take(CASE, act, case, by=by, now=later(hours=2))
    assert planned(case, "P1") == planned(case, "P2") == {}
    assert drop_codes(case, "P1") == {"not_needed"}


# --- P2 -------------------------------------------------------------------------------------------


def test_p2_comes_ten_five_and_two_days_before_the_date_on_any_day(ana):
    case = make_draft(ana, decide_by_on=dt.date(2026, 12, 15))
    catalogue.plan(case, now=NOW)
    assert planned(case, "P2") == {
        "10d": "Sat 05 Dec 08:00",
        "5d": "Thu 10 Dec 08:00",
        "2d": "Sun 13 Dec 08:00",
    }


@pytest.mark.parametrize(
    ("day", "moments"),
    [
        (
            dt.date(2026, 12, 8),
            {"10d": "Sat 28 Nov 08:00", "5d": "Thu 03 Dec 08:00", "2d": "Sun 06 Dec 08:00"},
        ),
        (
            dt.date(2027, 1, 8),
            {"10d": "Tue 29 Dec 08:00", "5d": "Sun 03 Jan 08:00", "2d": "Wed 06 Jan 08:00"},
        ),
    ],
    ids=["earlier", "later"],
)
def test_p2_follows_a_date_that_moves_either_way(ana, day, moments):
    case = make_draft(ana, decide_by_on=dt.date(2026, 12, 15))
    catalogue.plan(case, now=NOW)
    case.decide_by_on = day
    case.save()
    catalogue.plan(case, now=NOW)
    assert planned(case, "P2") == moments
    assert case.reminders.filter(rule="P2").count() == 3


def test_p2_comes_again_for_a_new_date_after_it_went_out_for_the_old_one(ana):
    case = make_draft(ana, decide_by_on=dt.date(2026, 12, 15))
    catalogue.plan(case, now=NOW)
    case.reminders.filter(rule="P2").update(status="sent", sent_at=NOW)
    case.decide_by_on = dt.date(2027, 1, 15)
    case.save()
    catalogue.plan(case, now=later(days=20))
    assert set(planned(case, "P2")) == {"10d", "5d", "2d"}


def test_p2_plans_only_what_is_still_ahead(ana):
    case = make_draft(ana, decide_by_on=dt.date(2026, 11, 28))
    catalogue.plan(case, now=NOW)
    assert set(planned(case, "P2")) == {"2d"}


# --- P3 -------------------------------------------------------------------------------------------


def test_p3_asks_once_and_again_where_the_date_is_near(ana):
    near = make_draft(ana, decide_by_on=(NOW + dt.timedelta(days=29)).date())
    far = make_draft(ana, decide_by_on=(NOW + dt.timedelta(days=30)).date())
    for case in (near, far):
        catalogue.plan(case, now=NOW)
    assert planned(near, "P3") == {"1d": "Wed 25 Nov 09:00", "4d": "Sat 28 Nov 09:00"}
    assert planned(far, "P3") == {"1d": "Wed 25 Nov 09:00"}


def test_p3_is_silent_where_nothing_has_to_be_held(ana):
    case = make_draft(ana, situation="trust")
    past = make_draft(ana, decide_by_on=NOW.date())
    for each in (case, past):
        catalogue.plan(each, now=NOW)
    assert planned(case, "P3") == planned(past, "P3") == {}


@pytest.mark.parametrize(("status", "stops"), [("held", True), ("kept", True), ("cancelled", False)])
def test_p3_stops_once_a_place_is_held(ana, status, stops):
    case = make_draft(ana)
    catalogue.plan(case, now=NOW)
    HeldPlace.objects.create(
        case=case, where="Elm House", held_on=dt.date(2026, 12, 14), status=PlaceStatus(status)
    )
    catalogue.plan(case, now=NOW)
    assert (planned(case, "P3") == {}) is stops


# --- P10 ------------------------------------------------------------------------------------------


def stopped(case, **fields):
    told = {"status": "needs_you", "refusal": "password", "checked_at": NOW, **fields}
    record = make_record(case, **told)
    catalogue.plan(case, now=NOW)
    return record


def test_p10_tells_of_a_stopped_file_after_an_hour_and_reminds_twice(ana):
    case = make_case(ana)
    record = stopped(case)
    assert planned(case, "P10") == {
        "found": "Tue 24 Nov 10:00",
        "24h": "Wed 25 Nov 09:00",
        "72h": "Fri 27 Nov 09:00",
    }
    record.delete()
    catalogue.plan(case, now=NOW)
    assert planned(case, "P10") == {}


def test_p10_writes_once_of_thirty_files_and_anew_of_one_that_comes_later(ana):
    case = make_case(ana)
    for n in range(3):
        record = stopped(case, name=f"{n}.exe", status="refused", refusal="program")
    assert len(planned(case, "P10")) == 3
    case.reminders.filter(rule="P10", step="found").update(status="sent", sent_at=later(hours=1))
    case.records.exclude(pk=record.pk).delete()
    case.records.update(checked_at=later(days=2))
    catalogue.plan(case, now=later(days=2))
    assert set(planned(case, "P10")) == {"found", "24h", "72h"}


def test_p10_tells_of_a_virus_and_does_not_remind_of_it(ana):
    case = make_case(ana)
    stopped(case, status="quarantined", refusal="virus")
    assert set(planned(case, "P10")) == {"found"}


@pytest.mark.parametrize("fields", [
    {"way_in": "post"}, {"status": "received", "refusal": ""}, {"status": "identified", "refusal": "scanner_away"},
])  # fmt: skip
def test_p10_is_silent_where_the_patient_can_do_nothing(ana, fields):
    case = make_case(ana)
    stopped(case, **fields)
    assert planned(case, "P10") == {}


# --- P9 -------------------------------------------------------------------------------------------


def test_p9_tells_at_once_and_reminds_on_days_1_3_5_7(ana, tess):
    case = make_case(ana, "info_needed", staff=tess)
    assert planned(case, "P9") == {
        "asked": "Tue 24 Nov 09:00",
        "1d": "Wed 25 Nov 09:00",
        "3d": "Fri 27 Nov 09:00",
        "5d": "Mon 30 Nov 09:00",  # Sunday is quiet
        "7d": "Tue 01 Dec 09:00",
    }


def test_p9_is_quicker_where_it_is_urgent_and_sundays_count(ana, tess):
    case = make_case(ana, "triage", staff=tess, decide_by_on=(NOW + dt.timedelta(days=4)).date())
    assert case.urgency == "urgent"
    friday_evening = at("2026-11-27 19:30")
    take(CASE, "ask", case, by=tess, now=friday_evening)
    make_info_request(case, by=tess, now=friday_evening)
    assert planned(case, "P9") == {
        "asked": "Fri 27 Nov 19:30",
        "4h": "Sat 28 Nov 08:00",
        "24h": "Sat 28 Nov 19:30",
        "48h": "Sun 29 Nov 19:30",
    }


def test_p9_changes_its_steps_when_the_urgency_does(ana, tess):
    case = make_case(ana, "info_needed", staff=tess)
    case.reminders.filter(rule="P9", step="asked").update(status="sent", sent_at=NOW)
    take(CASE, "prioritise", case, by=tess, now=later(hours=1), changes={"urgency": "urgent"})
    assert set(planned(case, "P9")) == {"4h", "24h", "48h"}


def test_p9_begins_anew_with_a_second_question(ana, tess):
    case = make_case(ana, "info_needed", staff=tess)
    case.reminders.filter(rule="P9", step__in=["asked", "1d"]).update(status="sent", sent_at=later(days=1))
    first = case.info_requests.get()
    information.answer_item(item=first.items.get(), text="Ten minutes", by=ana, now=later(days=2))
    information.send_answer(request=first, by=ana, now=later(days=2))
    assert planned(case, "P9") == {}
    case.refresh_from_db()
    take(CASE, "ask", case, by=tess, now=later(days=3))
    second = make_info_request(case, by=tess, now=later(days=3))
    rows = case.reminders.filter(rule="P9", status="planned")
    assert {row.occasion for row in rows} == {second.key.hex}
    assert {row.step for row in rows} == {"asked", "1d", "3d", "5d", "7d"}


def test_p9_is_not_sent_to_the_patient_for_what_staff_owe(ana, tess, dr_vega):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    take(CASE, "clarify", case, by=dr_vega, now=NOW)
    make_info_request(case, by=dr_vega, of="staff", referral=case.referrals.get())
    assert planned(case, "P9") == {}


# --- P14, N1, N2 ----------------------------------------------------------------------------------


def test_p14_tells_at_any_hour_and_reminds_in_hours_until_it_is_opened(ana, tess, dr_vega):
    night = at("2026-11-28 23:30")
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    make_opinion(case, signed=True, now=night)
    take(CASE, "deliver", case, by=dr_vega, now=night)
    assert planned(case, "P14") == {
        "ready": "Sat 28 Nov 23:30",
        "1d": "Mon 30 Nov 08:00",
        "3d": "Wed 02 Dec 08:00",
    }
    case.opened_at = later(days=6)
    case.save()
    catalogue.plan(case, now=later(days=6))
    assert planned(case, "P14") == {}


def test_n1_and_n2_tell_once(ana, tess):
    case = make_case(ana, "triage", staff=tess)
    assert planned(case, "N1") == {"sent": "Tue 24 Nov 09:00"}
    take(CASE, "decline", case, by=tess, now=at("2026-11-25 22:00"), reason="scope", sentence="Sorry.")
    assert planned(case, "N2") == {"declined": "Thu 26 Nov 08:00"}
    assert planned(case, "N1") == {}


# --- D1, D3 ---------------------------------------------------------------------------------------


def test_d1_tells_each_offer_to_whom_it_is_made(ana, tess, dr_vega, dr_stone):
    case = make_case(ana, "routing", staff=tess)
    first = make_offer(case, dr_vega, by=tess)
    assert planned(case, "D1") == {"offer": "Tue 24 Nov 09:00"}
    take(
        REFERRAL,
        "decline",
        first,
        by=dr_vega,
        now=later(hours=1),
        reason="time",
        changes={"decline_reason": "time"},
    )
    assert planned(case, "D1") == {}
    second = make_offer(case, dr_stone, by=tess, now=at("2026-11-24 22:00"))
    assert planned(case, "D1") == {"offer": "Wed 25 Nov 07:00"}
    assert case.reminders.get(status="planned", rule="D1").recipient == second.specialist


@pytest.mark.parametrize(
    ("urgency", "moments"),
    [
        ("routine", {"half": "Fri 27 Nov 21:00", "24h": "Mon 30 Nov 09:00", "due": "Tue 01 Dec 09:00"}),
        ("soon", {"half": "Wed 25 Nov 09:00", "due": "Thu 26 Nov 09:00"}),
        ("urgent", {"half": "Wed 25 Nov 07:00", "due": "Wed 25 Nov 09:00"}),
    ],
)
def test_d3_comes_at_half_a_day_before_and_when_due(ana, tess, dr_vega, urgency, moments):
    case = make_case(ana, "routing", staff=tess)
    take(CASE, "prioritise", case, by=tess, now=NOW, changes={"urgency": urgency})
    referral = make_offer(case, dr_vega, by=tess)
    take(REFERRAL, "accept", referral, by=dr_vega, now=NOW)
    take(CASE, "begin_review", case, by=dr_vega, now=NOW)
    if urgency == "routine":
        moments = moments | {"half": "Sat 28 Nov 07:00"}  # 21:00 is closed
    assert planned(case, "D3") == moments


def test_d3_stands_still_while_the_patient_owes_an_answer_and_moves_with_the_due_date(ana, tess, dr_vega):
    case = make_case(ana, "clarification", staff=tess, specialist=dr_vega)
    referral, request = case.referrals.get(), case.info_requests.get()
    assert planned(case, "D3") == {}
    information.answer_item(item=request.items.get(), text="Ten minutes", by=ana, now=later(days=2))
    information.send_answer(request=request, by=ana, now=later(days=2))
    take(CASE, "resume", case, by=dr_vega, now=later(days=2))
    take(REFERRAL, "resume", referral, by=dr_vega, now=later(days=2))
    assert planned(case, "D3")["due"] == "Thu 03 Dec 09:00"


def test_d3_stops_when_the_case_is_given_to_someone_else_or_signed(ana, tess, dr_vega):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    assert planned(case, "D3")
    take(CASE, "reassign", case, by=tess, now=NOW, reason="absent")
    take(REFERRAL, "take_back", case.referrals.get(), by=tess, now=NOW)
    assert planned(case, "D3") == {}


# --- hours, zones, repeats ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "opens"),
    [
        ("Europe/Berlin", "2026-10-24", "2026-10-24T06:00"),  # summer time, UTC+2
        ("Europe/Berlin", "2026-10-25", "2026-10-25T07:00"),  # the day the clock goes back
        ("America/Chicago", "2026-10-31", "2026-10-31T13:00"),
        ("America/Chicago", "2026-11-01", "2026-11-01T14:00"),
    ],
)
def test_r39_hours_keep_to_the_wall_clock_when_the_clock_changes(zone, day, opens):
    hours = clocks.patient_urgent_hours(ZoneInfo(zone))
    opening = dt.datetime.fromisoformat(opens).replace(tzinfo=dt.UTC)
    assert clocks.at_opening(dt.date.fromisoformat(day), hours) == opening
    assert not clocks.is_open(opening - dt.timedelta(seconds=1), hours)
    assert clocks.is_open(opening, hours)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Chicago"])
def test_r39_a_reminder_over_the_clock_change_comes_once_at_its_hour(ana, zone):
    ana.zone = zone
    ana.save()
    begun = dt.datetime(2026, 10, 23, 9, 30, tzinfo=ZoneInfo(zone))
    case = make_draft(ana, now=begun, decide_by_on=dt.date(2026, 11, 3))
    catalogue.plan(case, now=begun)
    due = {row.step: row.due_at.astimezone(ZoneInfo(zone)) for row in case.reminders.filter(rule="P2")}
    assert {step: f"{moment:%d %b %H:%M}" for step, moment in due.items()} == {
        "10d": "24 Oct 08:00",
        "5d": "29 Oct 08:00",
        "2d": "01 Nov 08:00",
    }
    catalogue.plan(case, now=begun + dt.timedelta(days=2))
    assert case.reminders.filter(rule="P2").count() == 3


def test_planning_again_changes_nothing(ana, tess):
    case = make_case(ana, "info_needed", staff=tess)
    before = list(Reminder.objects.order_by("pk").values())
    for hours in (0, 1, 30):
        catalogue.plan(case, now=later(hours=hours))
    assert list(Reminder.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("status", [CaseStatus.WITHDRAWN, CaseStatus.LAPSED, CaseStatus.ENTERED_IN_ERROR])
def test_an_ended_case_plans_nothing(ana, lea, status):
    case = make_case(ana, status)
    assert not case.reminders.filter(status="planned").exists()
