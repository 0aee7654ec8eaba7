"""How long records are kept, by dates alone."""

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from referrals.rules import retention
from referrals.vocabulary import RecordClass

END = dt.date(2026, 11, 24)
NEVADA = SimpleNamespace(years=5, minors_until=23)
FLORIDA = SimpleNamespace(years=7, minors_until=None)


@pytest.mark.parametrize(
    ("kept_as", "born_on", "rule", "until"),
    [
        ("clinical", dt.date(1968, 3, 3), FLORIDA, dt.date(2033, 11, 24)),
        ("clinical", dt.date(1968, 3, 3), NEVADA, dt.date(2031, 11, 24)),
        ("clinical", dt.date(2020, 5, 1), NEVADA, dt.date(2043, 5, 1)),  # a child, until 23
        ("clinical", dt.date(2008, 11, 25), NEVADA, dt.date(2031, 11, 25)),  # one day short of 18
        ("clinical", dt.date(2008, 11, 24), NEVADA, dt.date(2031, 11, 24)),  # 18 that day
        ("clinical", None, NEVADA, dt.date(2031, 11, 24)),
        ("imaging", dt.date(1968, 3, 3), None, dt.date(2037, 11, 24)),  # the longest we know of
        ("pathology", dt.date(2026, 1, 1), None, dt.date(2056, 1, 1)),
        ("draft", dt.date(2020, 5, 1), NEVADA, dt.date(2027, 2, 22)),
    ],
)
def test_until_when(kept_as, born_on, rule, until):
    assert retention.keep_until(kept_as, ended_on=END, born_on=born_on, rule=rule) == until


def test_a_29_february_moves_to_march():
    assert retention.years_after(dt.date(2024, 2, 29), 1) == dt.date(2025, 3, 1)


@given(
    some.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
    some.none() | some.dates(dt.date(1900, 1, 1), dt.date(2090, 1, 1)),
    some.integers(0, 30),
    some.none() | some.integers(18, 40),
)
def test_never_shorter_than_the_rule(ended_on, born_on, years, age):
    rule = SimpleNamespace(years=years, minors_until=age)
    until = retention.keep_until(RecordClass.CLINICAL, ended_on=ended_on, born_on=born_on, rule=rule)
    assert until >= retention.years_after(ended_on, years)
    if born_on and age and retention.years_after(born_on, 18) > ended_on:
        assert until >= retention.years_after(born_on, age)
