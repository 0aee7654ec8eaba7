"""Deciding: five ways, each may be changed."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from referrals.decision import actions
from referrals.decision.outcomes import OUTCOMES
from referrals.models import AuditEvent, Case, Decision
from referrals.vocabulary import Choice
from tests.build import later
from tests.referrals.decision.conftest import deliver


def url(case):
    return f"/decision/{case.reference}/"


@pytest.mark.parametrize("choice", list(Choice))
def test_each_choice_is_kept_with_its_words_and_next_step(client, ana, case, choice):
    client.force_login(ana)
    page = client.post(url(case), {"choice": choice.value, "note": "Thank you"}, follow=True)
    assert page.redirect_chain == [(url(case), 302)]
    html = page.content.decode()
    assert str(OUTCOMES[choice].title) in html.replace("&#x27;", "'")
    assert "“Thank you”" in html
    assert ("You don’t have to choose today" in html) == (choice == Choice.NEED_TIME)
    case.refresh_from_db()
    assert case.status == ("delivered" if choice == Choice.NEED_TIME else "closed")
    assert (case.decisions.get().choice, case.decisions.get().by) == (choice, ana)
    event = AuditEvent.objects.get(act="decide")
    assert (event.person_id, event.detail) == (ana.pk, {"choice": choice.value})


def test_nothing_is_chosen_before(client, ana, case):
    client.force_login(ana)
    html = client.get(url(case)).content.decode()
    assert html.count('type="radio"') == 5
    assert "checked" not in html


def test_choosing_nothing_says_so_and_keeps_what_was_typed(client, ana, case):
    client.force_login(ana)
    page = client.post(url(case), {"note": "I am not sure yet"})
    assert page.status_code == 422
    assert b"I am not sure yet" in page.content
    assert b'href="#id_choice_0"' in page.content
    assert not Decision.objects.exists()


@pytest.mark.parametrize("data", [{"choice": "sue"}, {"choice": "stay", "note": "x" * 1001}])
def test_what_is_no_answer_is_refused_in_words(client, ana, case, data):
    client.force_login(ana)
    assert client.post(url(case), data).status_code == 422
    assert not Decision.objects.exists()


def test_a_choice_may_be_changed_and_both_are_kept(client, ana, case):
    client.force_login(ana)
    for choice in ("stay", "need_time", "talk"):
        assert client.post(url(case), {"choice": choice}).status_code == 302
    case.refresh_from_db()
    assert case.status == "closed"
    assert list(case.decisions.values_list("choice", flat=True)) == ["stay", "need_time", "talk"]
    html = client.get(url(case)).content.decode()
    assert html.index("You would like the two doctors to talk") < html.index("Before that")


def test_needing_time_after_a_choice_opens_the_case_again(ana, case):
    actions.decide(case=case, choice="stay", by=ana, now=later(days=1))
    actions.decide(case=case, choice="need_time", by=ana, now=later(days=2))
    case.refresh_from_db()
    assert (case.status, case.ended_at) == ("delivered", None)


def test_r40_the_same_form_twice_makes_one_decision(client, ana, case):
    client.force_login(ana)
    for _n in range(2):
        assert client.post(url(case), {"choice": "stay", "note": "Yes"}).status_code == 302
    assert case.decisions.count() == 1
    assert case.status_changes.filter(act="decide").count() == 1


@pytest.mark.django_db(transaction=True)
def test_r40_two_presses_at_once_make_one_decision(ana, tess, dr_vega):
    case = deliver(ana, tess, dr_vega)
    barrier = threading.Barrier(4)

    def press():
        barrier.wait()
        actions.decide(case=Case.objects.get(pk=case.pk), choice="switch", by=ana, now=later(days=1))
        connection.close()

    presses = [threading.Thread(target=press) for _n in range(4)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert case.decisions.count() == 1


def test_only_the_patient_decides(client, tess, dr_vega, lea, case):
    for person in (tess, lea):
        client.force_login(person)
        assert client.post(url(case), {"choice": "stay"}).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.decide(case=case, choice="stay", by=dr_vega, now=later(days=1))
    assert not Decision.objects.exists()


def test_a_decision_whose_audit_fails_leaves_nothing(ana, case, monkeypatch):
    def broken(act, **kwargs):
        if act == "decide":
            raise RuntimeError

    monkeypatch.setattr(actions.audit, "record", broken)
    with pytest.raises(RuntimeError):
        actions.decide(case=case, choice="stay", by=ana, now=later(days=1))
    case.refresh_from_db()
    assert case.status == "delivered"
    assert not Decision.objects.exists()
