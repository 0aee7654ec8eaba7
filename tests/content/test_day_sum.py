"""The day sum on "Act quickly": it is counted, never kept."""

import datetime as dt
import re

import pytest
import time_machine

from content import days

PATH = "/read/act-quickly/"
TODAY = dt.date(2026, 11, 23)


def typed(day):
    return {"start_day": day.day, "start_month": day.month, "start_year": day.year}


@pytest.mark.parametrize(
    ("left", "parts", "enough", "tight"),
    [(21, (2, 7, 12), True, False), (14, (2, 7, 5), True, False), (10, (2, 7, 1), False, False),
     (9, (2, 7, 0), False, True), (5, (2, 3, 0), False, True), (1, (1, 0, 0), False, True),
     (0, (0, 0, 0), False, True)],
)  # fmt: skip
def test_days_add_up(left, parts, enough, tight):
    total = days.until(TODAY + dt.timedelta(left), today=TODAY)
    assert (total.sending, total.reading, total.spare) == parts
    assert (total.enough, total.tight) == (enough, tight)
    assert sum(parts) == left == total.days
    assert all(x + width <= total.width for _name, x, width in total.bars)


@time_machine.travel("2026-11-23 12:00Z", tick=False)
@pytest.mark.parametrize(
    ("left", "said"),
    [(21, "You have 21 days. That is enough time."), (1, "You have 1 day. That is very short."),
     (11, "That can be enough"), (0, "You have 0 days. That is very short.")],
)  # fmt: skip
def test_answer_is_a_sentence(client, texts, left, said):
    response = client.post(PATH, typed(TODAY + dt.timedelta(left)))
    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", response.content.decode()))
    assert response.status_code == 200 and said in words
    assert not client.session.keys()


@time_machine.travel("2026-11-23 12:00Z", tick=False)
@pytest.mark.parametrize(
    ("day", "month", "year", "said"),
    [("", "", "", "Enter when your treatment should start"), ("40", "1", "2027", "Enter a real date"),
     ("31", "2", "2027", "Enter a real date"), ("x", "1", "2027", "Enter a real date"),
     ("1", "", "2027", "Enter a day, a month and a year"), ("22", "11", "2026", "Enter a date from today on"),
     ("1", "1", "2030", "within the next 2 years"), ("1", "1", "99999999999999999999", "Enter a real date"),
     ("<b>", "1", "2027", "Enter a real date")],
)  # fmt: skip
def test_bad_date_is_422_and_stays(client, texts, day, month, year, said):
    response = client.post(PATH, {"start_day": day, "start_month": month, "start_year": year})
    page = response.content.decode()
    assert response.status_code == 422 and said in page
    assert "One thing needs a look" in page and 'href="#id_start_0"' in page
    if month:
        assert f'name="start_month" id="id_start_1" value="{month}"' in page
    assert "<b>" + '"' not in page


def test_other_articles_take_no_post(client, texts):
    assert client.post("/read/surgery/", {}).status_code == 405
