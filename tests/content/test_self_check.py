"""The check as a visitor goes through it: three ends, kept without a name, found again in the session."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError
from django.test import Client, RequestFactory
from django.utils import timezone

from content import self_check
from content.answers import Situation
from content.forms import SelfCheckForm
from content.models import SelfCheck
from content.tasks import forget_self_checks

PATH, RESULT = "/is-it-time/", "/is-it-time/result/"


def send(client, answers, **changes):
    return client.post(PATH, answers | changes, follow=True)


@pytest.mark.parametrize(
    ("changes", "end", "heading", "reason"),
    [
        ({}, "not_needed", "You may not need one now", "It is getting better"),
        (
            {"situation": "surgery", "plan": "big"},
            "good_idea",
            "looks worth it for you",
            "A big treatment is planned",
        ),
        ({"signs": ["bleeding"]}, "care_now", "Get care now", "You ticked a sign that needs care now"),
        ({"timing": "now"}, "care_now", "Get care now", "A doctor wants to treat you today or tomorrow"),
        ({"signs": ["self_harm"]}, "care_now", "Get care now", "call or text 988"),
    ],
)
def test_end_is_shown_with_its_reasons(client, db, answers, changes, end, heading, reason):
    response = send(client, answers, **changes)
    page = response.content.decode()
    assert response.redirect_chain == [(RESULT, 302)]
    assert heading in re.search(r"<h1>(.*?)</h1>", page)[1]
    assert reason in page
    assert SelfCheck.objects.get().end == end


def test_rules_that_did_not_apply_are_shown_too(client, db, answers):
    page = send(client, answers).content.decode()
    others = page[page.index("Rules that did not apply") :]
    assert "You were told it is cancer." in others and "It is getting better." not in others
    assert "Rules of version 2026-1" in others


def test_care_now_offers_no_request(client, db, answers):
    main = send(client, answers, signs=["chest"]).content.decode().split("<main")[1]
    assert "Start my request" not in main and "is-primary" not in main
    assert "Call your local emergency number" in main


def test_result_keeps_codes_a_version_and_no_name(client, db, answers):
    send(client, answers, situation="cancer", signs=["none"])
    row = SelfCheck.objects.get()
    assert (row.situation, row.rules_version) == ("cancer", "2026-1")
    assert "cancer" in row.reasons and row.answers["signs"] == []
    assert {field.name for field in SelfCheck._meta.fields if field.is_relation} == set()


def test_addresses_and_session_hold_no_answer(client, db, answers):
    response = send(client, answers, situation="cancer")
    assert response.request["PATH_INFO"] == RESULT and not response.request["QUERY_STRING"]
    assert client.session["self_check"] == str(SelfCheck.objects.get().key)
    assert not {"answers", "signs", "plan"} & set(client.session.keys())
    title = re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)[1]
    assert "cancer" not in title.lower()


def test_result_opens_again_and_the_form_shows_what_was_chosen(client, db, answers):
    send(client, answers, situation="child", progress="same")
    assert "looks worth it" in client.get(RESULT).content.decode()
    page = client.get(PATH).content.decode()
    assert "You have done this check before" in page
    assert re.search(r'value="child"[^>]*checked', page)
    assert re.search(r'name="signs" value="none"[^>]*checked', page)


def test_answers_can_be_changed(client, db, answers):
    send(client, answers, situation="child", progress="same")
    send(client, answers)
    assert "You may not need one now" in re.search("<h1>(.*?)</h1>", client.get(RESULT).content.decode())[1]


def test_result_belongs_to_one_visitor(client, db, answers):
    send(client, answers)
    other = Client()
    assert other.get(RESULT).status_code == 302
    other.cookies["sessionid"] = "guessed"
    assert other.get(RESULT)["Location"] == PATH


def test_result_is_kept_by_no_cache(client, db, answers):
    assert "no-store" in send(client, answers)["Cache-Control"]


@pytest.mark.parametrize("missing", "signs situation plan timing options doubt progress sure earlier".split())
def test_missing_answer_is_422_and_the_rest_stays(client, db, answers, missing):
    del answers[missing]
    response = client.post(PATH, answers)
    page = response.content.decode()
    assert response.status_code == 422
    assert "One thing needs a look" in page and f'href="#id_{missing}_0"' in page
    assert "<title>Error:" in page.replace("\n", "")
    assert len(re.findall(r"\schecked>", page)) == len(answers)
    assert not SelfCheck.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"plan": "hex"},
        {"signs": ["chest", "unknown"]},
        {"situation": "<script>"},
        {"signs": ["none", "chest"]},
    ],
)
def test_nonsense_is_422_and_nothing_is_kept(client, db, answers, changes):
    response = client.post(PATH, answers | changes)
    assert response.status_code == 422 and "<script>" not in response.content.decode()
    assert not SelfCheck.objects.exists() and not client.session.keys()


def test_sign_and_none_together_is_asked_back_with_care_first(client, db, answers):
    page = client.post(PATH, answers | {"signs": ["none", "chest"]}).content.decode()
    assert "If you have the sign, get care now" in page
    assert re.search(r'value="chest"[^>]*checked', page) and re.search(r'value="none"[^>]*checked', page)


def test_empty_form_is_422(client, db):
    response = client.post(PATH, {})
    assert response.status_code == 422 and "Nine things need a look" in response.content.decode()


def test_post_without_a_token_is_refused(db, answers):
    assert Client(enforce_csrf_checks=True).post(PATH, answers).status_code == 403


def request_of(client):
    request = RequestFactory().get("/")
    request.session = client.session
    return request


def test_result_of_gives_what_the_portal_carries_over(client, db, answers):
    assert self_check.result_of(request_of(client)) is None
    send(client, answers, situation="not_working")
    found = self_check.result_of(request_of(client))
    assert (found.situation, found.end, found.key) == (
        "not_working",
        "good_idea",
        SelfCheck.objects.get().key,
    )


def test_result_of_nothing_that_fits_has_no_situation(client, db, answers):
    send(client, answers)
    assert self_check.result_of(request_of(client)).situation == ""


@pytest.mark.parametrize("key", ["not-a-key", "", "00000000-0000-0000-0000-000000000000"])
def test_result_of_a_broken_key_is_nothing(client, db, key):
    request = request_of(client)
    request.session["self_check"] = key
    assert self_check.result_of(request) is None


def test_the_portal_carries_situation_and_key_over(client, db, answers):
    send(client, answers, situation="cancer")
    assert client.session["ask_situation"] == "cancer"
    assert client.session["self_check_key"] == str(SelfCheck.objects.get().key)


@pytest.mark.parametrize("changes", [{}, {"situation": "surgery", "signs": ["chest"]}])
def test_nothing_is_carried_over_where_nothing_fits_or_care_comes_first(client, db, answers, changes):
    send(client, answers, situation="cancer")
    send(client, answers, **changes)
    assert "ask_situation" not in client.session


def test_the_page_counts_its_questions_right():
    assert len(SelfCheckForm.base_fields) == 9  # "Nine short questions"


def test_situations_are_those_of_a_case():
    from referrals import vocabulary

    assert set(Situation.values) == set(vocabulary.Situation.values)


def test_old_result_is_told_by_the_rules_of_its_day(client, db, answers, monkeypatch):
    from content import rulebook

    send(client, answers, situation="cancer")
    newer = rulebook.Rulebook("2099-1", ())
    monkeypatch.setattr(self_check, "CURRENT", newer)
    monkeypatch.setitem(self_check.RULEBOOKS, "2099-1", newer)
    page = client.get(RESULT).content.decode()
    assert "You were told it is cancer" in page and "Rules of version 2026-1" in page


def test_results_are_forgotten_after_30_days(client, db, answers):
    send(client, answers)
    SelfCheck.objects.update(answered_at=timezone.now() - dt.timedelta(days=29))
    forget_self_checks()
    assert SelfCheck.objects.count() == 1
    SelfCheck.objects.update(answered_at=timezone.now() - dt.timedelta(days=31))
    forget_self_checks()
    assert not SelfCheck.objects.exists()
    assert client.get(RESULT)["Location"] == PATH


def test_database_refuses_an_unknown_end(db):
    with pytest.raises(IntegrityError):
        SelfCheck.objects.create(
            answers={}, end="cured", reasons=[], rules_version="x", answered_at=timezone.now()
        )


def test_statements_are_few(client, db, answers, django_assert_max_num_queries):
    send(client, answers)
    with django_assert_max_num_queries(4):
        client.get(RESULT)
