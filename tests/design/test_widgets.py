"""Fields that several rooms use."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from referrals.widgets import DayMonthYearField, ZoneField

FIELD = DayMonthYearField()


@pytest.mark.parametrize("parts", [["14", "12", "2026"], [" 14 ", "12", "2026"], ["14", "012", "2026"]])
def test_three_parts_are_a_date(parts):
    assert FIELD.clean(parts) == datetime.date(2026, 12, 14)


@pytest.mark.parametrize(
    ("parts", "code", "words"),
    [
        (["", "12", "2026"], "day", "Add the day"),
        (["14", "", "2026"], "month", "Add the month"),
        (["14", "12", ""], "year", "Add the year"),
        (["32", "12", "2026"], "day", "from 1 to 31"),
        (["0", "12", "2026"], "day", "from 1 to 31"),
        (["-1", "12", "2026"], "day", "from 1 to 31"),
        (["14", "13", "2026"], "month", "from 1 to 12"),
        (["14", "December", "2026"], "month", "from 1 to 12"),
        (["14", "12", "26"], "year", "four digits"),
        (["14", "12", "20266"], "year", "four digits"),
        (["14", "12", "9" * 5000], "year", "four digits"),
        (["31", "2", "2026"], "day", "February 2026 has no day 31"),
        (["29", "2", "2026"], "day", "February 2026 has no day 29"),
        (["²", "12", "2026"], "day", "from 1 to 31"),
    ],
)
def test_what_is_no_date_is_told_with_its_part(parts, code, words):
    with pytest.raises(ValidationError) as caught:
        FIELD.clean(parts)
    assert caught.value.code == code
    assert words in caught.value.messages[0]


def test_nothing_is_required_or_none():
    with pytest.raises(ValidationError) as caught:
        FIELD.clean(["", "", ""])
    assert caught.value.code == "required"
    assert DayMonthYearField(required=False).clean(["", "", ""]) is None
    assert DayMonthYearField(required=False).clean(None) is None


def test_a_leap_day_is_a_day():
    assert FIELD.clean(["29", "2", "2028"]) == datetime.date(2028, 2, 29)


def test_change_is_seen_only_where_there_is_one():
    day = datetime.date(2026, 12, 14)
    assert not FIELD.has_changed(day, ["14", "12", "2026"])
    assert FIELD.has_changed(day, ["15", "12", "2026"])
    assert FIELD.has_changed(day, ["x", "12", "2026"])
    assert not FIELD.has_changed(None, ["", "", ""])


def test_zones_are_iana_names_and_nothing_else():
    assert ZoneField().clean("America/Chicago") == "America/Chicago"
    with pytest.raises(ValidationError):
        ZoneField().clean("Mars/Olympus")
