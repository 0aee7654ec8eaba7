"""Clocks: never before they start, always inside the hours, never turned round by summer time."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.rules import clocks
from referrals.rules.clocks import Hours
from referrals.vocabulary import Urgency

CHICAGO, BERLIN = ZoneInfo("America/Chicago"), ZoneInfo("Europe/Berlin")
WEEK = frozenset(range(5))
OFFICE = Hours(CHICAGO, WEEK, dt.time(9), dt.time(17))
BERLIN_OFFICE = Hours(BERLIN, WEEK, dt.time(8, 30), dt.time(16))
HOUR = dt.timedelta(hours=1)


def at(zone, *parts):
    return dt.datetime(*parts, tzinfo=zone)


def local(moment, zone=CHICAGO):
    return moment.astimezone(zone).strftime("%a %d %b %H:%M")


# --- by hand --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (at(CHICAGO, 2026, 11, 24, 10), 1, "Wed 25 Nov 10:00"),
        (at(CHICAGO, 2026, 11, 24, 10), 0, "Tue 24 Nov 10:00"),
        (at(CHICAGO, 2026, 11, 27, 16, 59), 1, "Mon 30 Nov 16:59"),  # over a weekend
        (at(CHICAGO, 2026, 11, 27, 17), 1, "Tue 01 Dec 09:00"),  # Friday at closing: begins on Monday
        (at(CHICAGO, 2026, 11, 28, 12), 1, "Tue 01 Dec 09:00"),  # Saturday: begins on Monday
        (at(CHICAGO, 2026, 11, 24, 3), 1, "Wed 25 Nov 09:00"),  # before opening
        (at(CHICAGO, 2026, 12, 31, 10), 5, "Thu 07 Jan 10:00"),  # over the year
        (at(CHICAGO, 2026, 3, 6, 10), 1, "Mon 09 Mar 10:00"),  # summer time begins between
        (at(CHICAGO, 2026, 10, 30, 10), 1, "Mon 02 Nov 10:00"),  # and ends
    ],
)
def test_business_days_in_chicago(start, days, due):
    assert local(clocks.add_business_days(start, days, OFFICE)) == due


@pytest.mark.parametrize(
    ("start", "due", "hours_between"),
    [
        (at(BERLIN, 2026, 3, 27, 10), "Mon 30 Mar 10:00", 71),  # an hour is lost
        (at(BERLIN, 2026, 10, 23, 10), "Mon 26 Oct 10:00", 73),  # an hour comes twice
    ],
)
def test_a_business_day_over_the_change_of_time_in_berlin(start, due, hours_between):
    end = clocks.add_business_days(start, 1, BERLIN_OFFICE)
    assert local(end, BERLIN) == due
    assert end - start == hours_between * HOUR


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (at(CHICAGO, 2026, 11, 24, 9), 8, "Tue 24 Nov 17:00"),
        (at(CHICAGO, 2026, 11, 24, 15), 4, "Wed 25 Nov 11:00"),
        (at(CHICAGO, 2026, 11, 27, 16), 24, "Wed 02 Dec 16:00"),
        (at(CHICAGO, 2026, 11, 28, 3), 1, "Mon 30 Nov 10:00"),
        (at(CHICAGO, 2026, 11, 24, 15), 0, "Tue 24 Nov 15:00"),
    ],
)
def test_open_time_runs_in_working_hours_only(start, hours, due):
    assert local(clocks.add_open_time(start, hours * HOUR, OFFICE)) == due


def test_open_time_counts_hours_that_really_pass_when_the_clock_changes():
    nights = Hours(BERLIN, clocks.ANY_DAY, dt.time(0), dt.time(6))
    lost = clocks.add_open_time(at(BERLIN, 2026, 3, 29, 0), 4 * HOUR, nights)
    twice = clocks.add_open_time(at(BERLIN, 2026, 10, 25, 0), 4 * HOUR, nights)
    assert (local(lost, BERLIN), local(twice, BERLIN)) == ("Sun 29 Mar 05:00", "Sun 25 Oct 03:00")


@pytest.mark.parametrize(
    ("clock", "urgent", "soon", "routine"),
    [
        (clocks.acknowledge_due, "Tue 24 Nov 19:00", "Wed 25 Nov 15:00", "Wed 25 Nov 15:00"),
        (clocks.triage_due, "Wed 25 Nov 15:00", "Thu 26 Nov 15:00", "Fri 27 Nov 15:00"),
        (clocks.offer_due, "Tue 24 Nov 19:00", "Wed 25 Nov 03:00", "Fri 27 Nov 15:00"),
        (clocks.review_due, "Wed 25 Nov 15:00", "Thu 26 Nov 15:00", "Tue 01 Dec 15:00"),
        (clocks.route_due, "Tue 24 Nov 15:30", "Wed 25 Nov 11:00", "Wed 25 Nov 11:00"),
    ],
)
def test_each_clock_by_urgency(clock, urgent, soon, routine):
    start = at(CHICAGO, 2026, 11, 24, 15)
    found = [local(clock(start, urgency, OFFICE)) for urgency in Urgency]
    assert found == [urgent, soon, routine]


def test_answers_are_hoped_for_in_days_of_the_week():
    start = at(CHICAGO, 2026, 11, 24, 15)
    assert [(clocks.answer_due(start, urgency) - start).days for urgency in Urgency] == [2, 5, 7]


def test_the_decision_date_is_counted_where_the_patient_is():
    late = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)  # still Tuesday in Chicago
    assert clocks.days_until(dt.date(2026, 11, 25), late, CHICAGO) == 1
    assert clocks.days_until(dt.date(2026, 11, 25), late, BERLIN) == 0
    assert clocks.days_until(dt.date(2026, 11, 20), late, CHICAGO) == -4
    assert clocks.days_until(None, late, CHICAGO) is None


@pytest.mark.parametrize(
    ("days", "urgency"),
    [
        (-3, "urgent"),
        (0, "urgent"),
        (5, "urgent"),
        (6, "soon"),
        (14, "soon"),
        (15, "routine"),
        (None, "routine"),
    ],
)
def test_the_decision_date_proposes_an_urgency(days, urgency):
    now = at(CHICAGO, 2026, 11, 24, 15)
    decide_by = None if days is None else now.date() + dt.timedelta(days=days)
    assert clocks.proposed_urgency(decide_by, now, CHICAGO) == urgency


def test_a_pause_that_never_was_moves_nothing():
    due, now = at(CHICAGO, 2026, 11, 30, 9), at(CHICAGO, 2026, 11, 24, 15)
    assert clocks.resumed(due, None, now) == due
    assert clocks.resumed(None, now, now) is None
    assert clocks.resumed(due, now + HOUR, now) == due  # never earlier
    assert clocks.resumed(due, now - HOUR, now) == due + HOUR


@pytest.mark.parametrize(
    ("hours", "closed", "opens"),
    [
        (clocks.patient_hours(CHICAGO), at(CHICAGO, 2026, 11, 28, 19), "Mon 30 Nov 09:00"),
        (clocks.patient_urgent_hours(CHICAGO), at(CHICAGO, 2026, 11, 28, 21), "Sun 29 Nov 08:00"),
        (clocks.specialist_hours(CHICAGO, "routine"), at(CHICAGO, 2026, 11, 28, 21), "Mon 30 Nov 07:00"),
        (clocks.specialist_hours(CHICAGO, "urgent"), at(CHICAGO, 2026, 11, 28, 21), "Sun 29 Nov 07:00"),
    ],
)
def test_quiet_hours_wait_for_the_next_opening(hours, closed, opens):
    assert local(clocks.next_open(closed, hours)) == opens
    assert clocks.next_open(closed - HOUR, hours) == closed - HOUR


def test_opening_of_a_day_off_is_that_of_the_next_working_day():
    assert local(clocks.at_opening(dt.date(2026, 11, 28), OFFICE)) == "Mon 30 Nov 09:00"
    assert local(clocks.at_opening(dt.date(2026, 11, 24), OFFICE)) == "Tue 24 Nov 09:00"


# --- for any moment and any hours -----------------------------------------------------------------

moments = st.datetimes(
    dt.datetime(2025, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC), allow_imaginary=False
)
# Around the four changes of time of a year, hour by hour.
changes = st.builds(
    lambda day, hours: at(dt.UTC, *day) + hours * HOUR,
    st.sampled_from([(2026, 3, 8), (2026, 11, 1), (2026, 3, 29), (2026, 10, 25)]),
    st.integers(-30, 60),
)
starts = moments | changes


@st.composite
def calendars(draw):
    """Houses open by day: from 4:00 or later, when no clock is put on or back."""
    opens = draw(st.integers(4 * 60, 22 * 60))
    closes = draw(st.integers(opens + 5, 23 * 60 + 59))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    zone = draw(
        st.sampled_from([CHICAGO, BERLIN, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")])
    )
    return Hours(zone, days, dt.time(*divmod(opens, 60)), dt.time(*divmod(closes, 60)))


@given(starts, calendars())
def test_the_next_opening_is_open_and_never_before(start, hours):
    opening = clocks.next_open(start, hours)
    assert opening >= start
    assert clocks.is_open(opening, hours)
    assert opening.tzinfo is dt.UTC
    assert opening - start < dt.timedelta(days=8)
    assert clocks.next_open(opening, hours) == opening


@given(starts, st.integers(0, 40), calendars())
def test_business_days_end_in_the_hours_and_pass_that_many_days(start, number, hours):
    end = clocks.add_business_days(start, number, hours)
    assert end >= start
    assert clocks.is_open(end, hours)
    first = clocks.next_open(start, hours).astimezone(hours.zone).date()
    last = end.astimezone(hours.zone).date()
    worked = sum(
        (first + dt.timedelta(days=n)).weekday() in hours.days for n in range(1, (last - first).days + 1)
    )
    assert worked == number


@given(starts, starts, st.integers(0, 10), st.integers(0, 10), calendars())
def test_who_begins_later_or_takes_longer_ends_no_earlier(one, other, shorter, longer, hours):
    one, other = sorted((one, other))
    shorter, longer = sorted((shorter, longer))
    assert clocks.add_business_days(one, shorter, hours) <= clocks.add_business_days(other, longer, hours)
    assert clocks.add_open_time(one, shorter * HOUR, hours) <= clocks.add_open_time(
        other, longer * HOUR, hours
    )


@given(starts, st.integers(1, 600), calendars())
def test_open_time_is_all_spent_while_open(start, minutes, hours):
    length = dt.timedelta(minutes=minutes)
    end = clocks.add_open_time(start, length, hours)
    spent, moment = dt.timedelta(0), clocks.next_open(start, hours)
    while moment < end:
        closing = min(end, hours.closing_on(moment.astimezone(hours.zone).date()).astimezone(dt.UTC))
        spent += closing - moment
        moment = clocks.next_open(closing, hours) if closing < end else end
    assert spent == length
    assert clocks.is_open(end - dt.timedelta(microseconds=1), hours)


@given(starts, st.sampled_from(list(Urgency)), calendars())
def test_no_clock_ends_before_it_starts_and_all_are_utc(start, urgency, hours):
    for clock in (
        clocks.acknowledge_due, clocks.triage_due, clocks.offer_due, clocks.review_due, clocks.route_due,
    ):  # fmt: skip
        due = clock(start, urgency, hours)
        assert due > start
        assert due.tzinfo is dt.UTC
    assert clocks.answer_due(start, urgency) > start


@given(starts, calendars())
def test_more_urgent_is_never_due_later_than_soon(start, hours):
    due = [clocks.triage_due(start, urgency, hours) for urgency in Urgency]
    assert due == sorted(due)
