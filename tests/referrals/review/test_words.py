"""Offers and dates in words."""

import datetime as dt
from types import SimpleNamespace

import pytest

from referrals.opinion import plain
from referrals.review import words
from tests.build import NOW, later


@pytest.mark.parametrize(
    ("born", "age"), [("1968-11-24", 58), ("1968-11-25", 57), ("2026-11-24", 0), ("2008-02-29", 18)]
)
def test_age_is_in_whole_years(born, age):
    assert words.age_of(SimpleNamespace(subject_born_on=dt.date.fromisoformat(born)), NOW) == age


def somebody(**fields):
    case = {
        "subject_sex": "", "subject_born_on": None, "situation": "", "specialty": None, "subject_name": "",
        "patient": SimpleNamespace(name=""),
    }  # fmt: skip
    return SimpleNamespace(**case | fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"subject_sex": "female", "subject_born_on": dt.date(1966, 1, 2), "situation": "cancer"}, "Woman, 60, cancer"),
        ({"subject_sex": "male", "subject_born_on": dt.date(2019, 1, 2), "situation": "child"}, "Boy, 7"),
        ({"subject_sex": "unknown", "subject_born_on": dt.date(2019, 1, 2)}, "Child, 7"),
        ({"subject_sex": "other", "situation": "unclear"}, "Person, unclear diagnosis"),
        ({"situation": "trust", "specialty": SimpleNamespace(name="Heart")}, "Person, Heart"),
    ],
)  # fmt: skip
def test_an_offer_names_nobody(fields, said):
    assert words.anonymous(somebody(**fields), NOW) == said


def test_names_are_left_out_of_the_question():
    case = somebody(subject_name="Ana María Oke", patient=SimpleNamespace(name="Jo (dad)"))
    assert words.without_names("Should Ana or María wait, asks Oke? Analysis?", case) == (
        "Should … or … wait, asks …? Analysis?"
    )
    assert words.without_names("May I wait?", somebody()) == "May I wait?"


@pytest.mark.parametrize(
    ("span", "said", "tone"),
    [
        ({"days": -2}, "Late by 2 days", "stop"),
        ({"minutes": -5}, "Late since today", "stop"),
        ({"hours": 3}, "Due today", "warn"),
        ({"days": 1}, "Due tomorrow", "warn"),
        ({"days": 4}, "Due in 4 days", "info"),
    ],
)
def test_a_due_date_is_said_as_it_stands(span, said, tone):
    assert words.due(later(**span), NOW) == (said, tone)


def test_the_time_to_reply_is_near_or_far():
    assert words.reply_by(later(hours=3), NOW) == "Reply by 18:00 today"
    assert words.reply_by(later(hours=20), NOW) == "Reply by 11:00 tomorrow"
    assert words.reply_by(later(days=3), NOW) == "Reply by Fri 27 Nov, 15:00"
    assert words.reply_by(NOW, NOW) == "The time to answer is over"


def test_the_hint_tells_easy_from_hard():
    easy = "You do have a slipped bone. It is not loose. I would wait. Walk each day. See me in May."
    hard = (
        "Degenerative spondylolisthesis necessitates individualized multidisciplinary consideration "
        "incorporating electromyographic investigations, comprehensive radiological characterization and "
        "longitudinal observation preceding irreversible instrumentation."
    )
    assert plain.grade_of(easy) <= 4 < 12 < plain.grade_of(hard)
    assert "Good" in plain.hint_for(easy) and "Hard" in plain.hint_for(hard)
    assert plain.grade_of("Too short.") is None
