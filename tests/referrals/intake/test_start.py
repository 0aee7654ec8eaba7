"""The way in: before an account, after it, and by a double press."""

import threading
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from referrals.intake import actions
from referrals.models import AuditEvent, Case
from referrals.vocabulary import CaseStatus, Situation

START, BEGIN = "/ask/", "/ask/begin/"


def test_the_first_question_is_open_to_everybody_and_chooses_nothing(client, clinic):
    page = client.get(START)
    assert page.status_code == 200
    assert page.content.count(b'type="radio"') == 6 and b" checked" not in page.content.split(b"<small>")[0]
    assert not page.context["form"]["situation"].value()


def test_what_a_self_check_carried_over_is_chosen(client, clinic):
    session = client.session
    session["ask_situation"] = "cancer"
    session.save()
    page = client.get(START)
    assert page.context["form"]["situation"].value() == "cancer"


def test_choosing_nothing_is_told_and_keeps_the_page(client, clinic):
    page = client.post(START)
    assert page.status_code == 422
    assert "Choose what happened" in page.content.decode() and "<title>Error:" in page.content.decode()
    assert client.post(START, {"situation": "nonsense"}).status_code == 422


def test_a_visitor_goes_to_sign_up_and_only_the_code_waits(client, clinic):
    answer = client.post(START, {"situation": "surgery"})
    assert answer.status_code == 302 and answer["Location"].startswith(
        "/accounts/signup/?next=%2Fask%2Fbegin%2F"
    )
    assert dict(client.session) == {"ask_situation": "surgery"}
    assert not Case.objects.exists()


def test_after_sign_up_one_button_makes_the_draft(client, ana):
    client.post(START, {"situation": "child"})
    client.force_login(ana)
    session = client.session
    session["ask_situation"], session["self_check_key"] = "child", "8f14e45f-ceea-467f-a8f0-53f4d6a6a1d7"
    session.save()
    assert client.get(BEGIN).status_code == 200 and not Case.objects.exists()
    answer = client.post(BEGIN)
    case = Case.objects.get()
    assert answer["Location"] == f"/ask/{case.reference}/step/about/"
    assert (case.patient, case.situation, case.subject) == (ana, "child", "child")
    assert str(case.self_check_key) == "8f14e45f-ceea-467f-a8f0-53f4d6a6a1d7"
    assert "ask_situation" not in client.session and client.post(BEGIN)["Location"] == START


def test_begin_needs_an_account_and_a_choice(client, ana):
    assert client.get(BEGIN)["Location"].startswith("/accounts/login/")
    client.force_login(ana)
    assert client.get(BEGIN)["Location"] == START


def test_signed_in_the_first_question_makes_the_draft_at_once(as_ana, ana):
    as_ana.post(START, {"situation": "surgery"})
    case = Case.objects.get()
    assert case.status == CaseStatus.DRAFT and case.first_opinion and case.checklist.exists()
    assert AuditEvent.objects.filter(act="start", case_reference=case.reference, person_id=ana.pk).exists()
    assert case.reminders.exists()


def test_a_double_press_makes_one_draft_but_a_second_wish_another(as_ana, ana, post_step):
    for _n in range(2):
        as_ana.post(START, {"situation": "surgery"})
    case = Case.objects.get()
    post_step(case, "cost", cover="self_pay")
    as_ana.post(START, {"situation": "surgery"})
    assert Case.objects.count() == 2


def test_a_self_check_made_after_the_first_press_comes_with_the_draft(ana):
    key = uuid.uuid4()
    first = actions.start(by=ana, now=timezone.now(), situation="surgery")
    again = actions.start(by=ana, now=timezone.now(), situation="surgery", self_check_key=str(key))
    assert again == first
    first.refresh_from_db()
    assert first.self_check_key == key


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one_draft(ana):
    now, ready = timezone.now(), threading.Barrier(2)

    def press():
        ready.wait()
        actions.start(by=ana, now=now, situation="surgery")
        connection.close()

    threads = [threading.Thread(target=press) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Case.objects.count() == 1


def test_an_account_for_work_does_not_ask(client, sam):
    client.force_login(sam)
    refused = client.get(START)
    assert refused.status_code == 403 and "for work" in refused.content.decode()
    assert client.post(START, {"situation": "surgery"}).status_code == 403
    assert client.get(BEGIN)["Location"] == "/home/"
    assert not Case.objects.exists()


def test_none_of_these_fits_has_true_ways_on(client, clinic):
    page = client.get("/ask/none-of-these/").content.decode()
    assert 'value="unclear"' in page and clinic.phone in page and "/is-it-time/" in page


@pytest.mark.parametrize("situation", list(Situation))
def test_every_step_opens_for_every_situation(situation, as_ana, ana):
    case = actions.start(by=ana, now=timezone.now(), situation=situation)
    for slug in ("what-happened", "about", "first-opinion", "dates", "questions", "cost", "check"):
        page = as_ana.get(f"/ask/{case.reference}/step/{slug}/")
        assert page.status_code == 200 and "<title>Error:" not in page.content.decode(), slug
