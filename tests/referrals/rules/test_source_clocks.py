"""The clocks of sources: 30 calendar days, one extension, the ladder of calls."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.rules import clocks

days = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))
spans = st.integers(0, 400)


@given(days)
def test_the_law_gives_thirty_calendar_days(day):
    assert (clocks.source_due(day) - day).days == 30


@given(days, st.integers(-50, 90))
def test_one_extension_is_of_one_to_thirty_days(day, extra):
    due = clocks.source_due(day)
    if 1 <= extra <= 30:
        assert day + 30 * clocks.DAY < clocks.extended_due(due, extra) <= day + 60 * clocks.DAY
    else:
        with pytest.raises(ValueError, match="no extension"):
            clocks.extended_due(due, extra)


@given(days, spans)
def test_the_next_call_is_always_ahead_and_never_more_than_a_fortnight(day, gone):
    after = day + gone * clocks.DAY
    chase = clocks.next_chase(day, after)
    assert after < chase <= after + 8 * clocks.DAY
    assert chase == clocks.next_chase(day, chase - clocks.DAY)


@given(days)
def test_the_ladder_is_5_12_20_28_31_then_each_week(day):
    found, at = [], day
    for _n in range(7):
        at = clocks.next_chase(day, at)
        found.append((at - day).days)
    assert found == [5, 12, 20, 28, 31, 38, 45]


@given(days, st.sampled_from(["America/Chicago", "Asia/Kolkata", "UTC", "Pacific/Apia"]))
def test_a_day_ends_in_the_zone_of_the_clinic(day, name):
    zone = ZoneInfo(name)
    hours = clocks.Hours(zone, frozenset(range(5)), dt.time(9), dt.time(17))
    end = clocks.end_of_day(day, hours)
    assert end.astimezone(zone).date() == day
    assert (end + dt.timedelta(seconds=1)).astimezone(zone).date() > day
