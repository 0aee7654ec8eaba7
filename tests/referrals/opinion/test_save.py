"""Saving the draft: by button and while typing, and never over somebody's text."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from referrals.models import AuditEvent, Opinion
from referrals.opinion import actions
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from tests.build import make_opinion, real_now
from tests.referrals.opinion.writing import WHOLE, read_now

AUTOSAVE = {"HTTP_X_AUTOSAVE": "1"}


@pytest.fixture
def case(ana, tess, dr_vega):
    return read_now(ana, tess, dr_vega)


@pytest.fixture
def url(case):
    return reverse("opinion:edit", args=[case.reference])


@pytest.fixture
def vega(client, dr_vega):
    client.force_login(dr_vega)
    return client


def test_saving_keeps_every_word_and_comes_back_to_the_form(vega, url, case):
    answer = vega.post(url, WHOLE)
    assert (answer.status_code, answer.url) == (302, url)
    opinion = Opinion.objects.get(case=case)
    assert {name: getattr(opinion, name) for name in WHOLE if hasattr(opinion, name)} == {
        **{name: value for name, value in WHOLE.items() if not name.startswith("answer")},
        "edit": 1,
        "warning_signs": "A leg turns weak\nYou can’t pass urine",
    }
    assert [answer.text for answer in opinion.answers.all()] == ["Not now, I think."]
    page = vega.get(url).content.decode()
    for words in ("Eight weeks of exercise first.", "Not now, I think.", "6 of 6 parts done"):
        assert words in page


def test_saving_goes_back_to_an_address_of_ours_only(vega, url):
    assert vega.post(url, WHOLE | {"back": "/review/?view=all"}).url == "/review/?view=all"
    for edit, elsewhere in enumerate(("https://evil.example/", "//evil.example", "home"), 1):
        assert vega.post(url, WHOLE | {"edit": edit, "back": elsewhere}).url == url


def test_a_first_draft_needs_nothing(vega, url, case):
    assert vega.post(url, {"edit": "0", "advice": "Wait"}).status_code == 302
    assert Opinion.objects.get(case=case).advice == "Wait"


def test_autosave_says_when_and_how_far_it_is(vega, url):
    state = vega.post(url, {"edit": "0", "confidence": "very"}, **AUTOSAVE).json()
    assert state["edit"] == 1
    assert state["say"].startswith("Saved ")
    assert state["done"] == "1 of 6 parts done"
    assert state["parts"]["certainty"] is True and state["parts"]["plan"] is False


def test_autosave_leaves_one_event_in_ten_minutes_and_a_save_by_button_each_one(vega, url):
    for edit in range(3):
        vega.post(url, {"edit": edit, "advice": f"v{edit}"}, **AUTOSAVE)
    assert AuditEvent.objects.filter(act="save_opinion").count() == 1
    vega.post(url, {"edit": 3, "advice": "by hand"})
    assert AuditEvent.objects.filter(act="save_opinion").count() == 2


def test_a_text_that_is_too_long_stays_on_the_page(vega, url, case):
    long = "x" * 10_001
    answer = vega.post(url, WHOLE | {"advice": long})
    assert answer.status_code == 422
    assert long in answer.content.decode() and "Make this shorter" in answer.content.decode()
    assert vega.post(url, WHOLE | {"advice": long}, **AUTOSAVE).status_code == 422
    assert not Opinion.objects.filter(case=case).exists()


def test_a_stale_save_shows_both_texts_and_changes_nothing(vega, url, case):
    vega.post(url, WHOLE | {"advice": "From the first tab"})
    answer = vega.post(url, WHOLE | {"advice": "From the second tab"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "From the first tab" in page and "From the second tab" in page
    assert Opinion.objects.get(case=case).advice == "From the first tab"
    assert vega.post(url, WHOLE | {"advice": "Third"}, **AUTOSAVE).status_code == 409


def test_choosing_settles_the_two_texts_part_by_part(vega, url, case):
    vega.post(url, WHOLE | {"advice": "First", "why": "First why", "plan_stance": "agree"})
    mine = WHOLE | {"edit": "1", "settle": "1", "advice": "Second", "why": "Second why"}
    assert vega.post(url, mine | {"keep_advice": "mine"}).status_code == 422
    assert Opinion.objects.get(case=case).advice == "First"
    chosen = {"keep_advice": "mine", "keep_why": "saved", "keep_plan_stance": "saved"}
    assert vega.post(url, mine | chosen).status_code == 302
    opinion = Opinion.objects.get(case=case)
    assert (opinion.advice, opinion.why, opinion.plan_stance) == ("Second", "First why", "agree")


def test_saving_the_same_words_twice_is_no_conflict(vega, url, case):
    vega.post(url, WHOLE)
    assert vega.post(url, WHOLE).status_code == 302
    assert Opinion.objects.get(case=case).edit == 1


@pytest.mark.parametrize("who", ["ana", "ben", "sam", "tess", "dr_stone", "quin", "lea"])
def test_nobody_else_reads_or_writes_it(who, request, client, url, case):
    client.force_login(request.getfixturevalue(who))
    for name in ("edit", "preview", "sign"):
        address = reverse(f"opinion:{name}", args=[case.reference])
        assert client.get(address).status_code == 404
    assert client.post(url, WHOLE).status_code == 404
    assert not Opinion.objects.exists()


def test_an_answer_to_another_cases_question_is_not_taken(vega, url, case, ben, tess, dr_vega):
    other = read_now(ben, tess, dr_vega)
    vega.post(url, WHOLE | {"answer_2": "stray"})
    assert not other.questions.get().answers.exists()
    assert Opinion.objects.get(case=case).answers.count() == 1


def test_s04_a_case_taken_away_is_gone_at_the_next_request_and_its_draft_is_kept(vega, url, case, tess, lea):
    vega.post(url, WHOLE)
    referral = case.referrals.get()
    take(CASE, "reassign", case, by=tess, now=real_now(), reason="overdue")
    take(REFERRAL, "take_back", referral, by=tess, now=real_now())
    assert vega.post(url, WHOLE | {"edit": "1", "advice": "later"}).status_code == 404
    assert vega.get(url).status_code == 404
    assert Opinion.objects.get(case=case).advice == WHOLE["advice"]
    vega.force_login(lea)
    draft = reverse("opinion:draft", args=[case.reference, referral.key])
    staff_case = reverse("home:staff_case", args=[case.reference])
    assert draft in vega.get(staff_case).content.decode()
    page = vega.get(draft)
    assert "Eight weeks of exercise first." in page.content.decode()
    vega.force_login(tess)
    assert draft not in vega.get(staff_case).content.decode()
    assert vega.get(draft).status_code == 404
    vega.force_login(case.patient)
    log = vega.get(reverse("home:access_log", args=[case.reference])).content.decode()
    assert "Opened what the specialist has written so far" in log and "Opened the opinion" not in log


def test_saving_a_case_that_went_meanwhile_is_refused_in_words(case, dr_vega, tess):
    referral = case.referrals.get()
    take(CASE, "reassign", case, by=tess, now=real_now(), reason="overdue")
    take(REFERRAL, "take_back", referral, by=tess, now=real_now())
    with pytest.raises(StepNotPossible, match="no longer yours"):
        actions.save(referral=referral, by=dr_vega, now=real_now(), edit=0, texts={"advice": "x"}, answers={})


@pytest.mark.django_db(transaction=True)
def test_r40_two_saves_at_once_let_one_win(case, dr_vega):
    make_opinion(case)
    referral = case.referrals.get()

    def save(words):
        try:
            actions.save(
                referral=type(referral).objects.get(pk=referral.pk), by=dr_vega, now=real_now(), edit=0,
                texts={"advice": words}, answers={},
            )  # fmt: skip
        except actions.EditConflict:
            return "conflict"
        finally:
            connection.close()
        return words

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(save, ["one", "two", "three", "four"]))
    assert outcomes.count("conflict") == 3
    winner = next(words for words in outcomes if words != "conflict")
    opinion = Opinion.objects.get(case=case)
    assert (opinion.advice, opinion.edit) == (winner, 1)
