"""Check and send."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from referrals.intake import actions, disclaimer, forms
from referrals.models import Case, StatusChange
from referrals.rules.workflow import StepNotPossible
from tests.build import make_case, make_draft, make_record

YES = {"emergency": "none", "notice": "on", "consent": "on"}
NOT_AGREED = {"emergency": "", "disclaimer_version": "", "consented_at": None}


@pytest.fixture
def whole(ana):
    """A draft that lacks nothing but the last page."""
    return make_draft(ana, now=timezone.now(), **NOT_AGREED)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def test_sending_starts_the_clocks_and_says_who_answers_by_when(whole, post_step):
    page = post_step(whole, "check", follow=True, **YES)
    assert page.redirect_chain == [(f"/ask/{whole.reference}/sent/", 302)]
    case = fresh(whole)
    assert case.status == "submitted" and case.acknowledge_due_at and case.triage_due_at
    assert case.disclaimer_version == disclaimer.CURRENT and case.consented_at
    text = page.content.decode()
    assert "takes it in hand by" in text and "You hear from us either way" in text
    assert case.reminders.filter(rule="N1").exists()


def test_pressing_send_twice_makes_one_request_and_no_error(whole, post_step):
    for _n in range(2):
        assert post_step(whole, "check", **YES)["Location"] == f"/ask/{whole.reference}/sent/"
    assert StatusChange.objects.filter(case=whole, act="submit").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_send_once(ana):
    case = make_draft(ana, now=timezone.now())
    ready, failed = threading.Barrier(4), []

    def press():
        ready.wait()
        try:
            actions.submit(case=Case.objects.get(pk=case.pk), by=ana, now=timezone.now())
        except Exception as error:
            failed.append(error)
        connection.close()

    threads = [threading.Thread(target=press) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and StatusChange.objects.filter(case=case, act="submit").count() == 1


def test_two_presses_on_send_both_find_the_page_of_the_first(whole, post_step, monkeypatch):
    """The second one loaded a draft, and meets what the first did only at the lock."""
    save = actions.save_step

    def the_first_was_faster(**given):
        monkeypatch.setattr(actions, "save_step", save)
        post_step(whole, "check", **YES)
        return save(**given)

    monkeypatch.setattr(actions, "save_step", the_first_was_faster)
    assert post_step(whole, "check", **YES)["Location"] == f"/ask/{whole.reference}/sent/"
    assert StatusChange.objects.filter(case=whole, act="submit").count() == 1


def test_sending_late_after_it_was_claimed_still_shows_the_page_of_the_first(ana, tess, post_step):
    case = make_case(ana, "triage", staff=tess)
    assert post_step(case, "check", **YES)["Location"] == f"/ask/{case.reference}/sent/"


def test_the_page_asks_for_all_three(whole, post_step):
    page = post_step(whole, "check")
    text = page.content.decode()
    assert page.status_code == 422 and fresh(whole).status == "draft"
    for words in (
        "Answer the question about warning signs",
        "Read the notice and tick",
        "Tick the box to let us read",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("lacks", "slug", "says"),
    [
        ({"located_in": ""}, "about", "Enter where you are"),
        ({"subject_born_on": None}, "about", "Enter the date of birth"),
        ({"decide_by_on": None}, "dates", "Enter the date by which you decide"),
        ({"cover": ""}, "cost", "Choose who is to pay"),
        ({"questions": ()}, "questions", "Write at least one question"),
        ({"first_opinion": {"diagnosis": "", "advice": "", "plan": ""}}, "first-opinion", "Say what the first doctor"),
        ({"unfinished": {"dates": {"starts_on_day": "40"}}}, "dates", "Something you typed needs a look"),
    ],
)  # fmt: skip
def test_what_is_missing_is_listed_with_its_link_and_nothing_is_sent(
    lacks, slug, says, ana, as_ana, post_step
):
    case = make_draft(ana, now=timezone.now(), **NOT_AGREED | lacks)
    seen = as_ana.get(f"/ask/{case.reference}/step/check/").content.decode()
    assert says in seen and 'class="is-missing"' in seen
    page = post_step(case, "check", **YES)
    assert page.status_code == 422 and fresh(case).status == "draft"
    assert f'<li><a href="/ask/{case.reference}/step/{slug}/?back=check">{says}' in page.content.decode()
    with pytest.raises(StepNotPossible):
        actions.submit(case=fresh(case), by=ana, now=timezone.now())


def test_warning_signs_say_get_care_and_keep_the_request(whole, post_step, as_ana):
    page = post_step(whole, "check", **YES | {"emergency": "present"})
    assert page.status_code == 422 and "Get care now" in page.content.decode()
    assert (fresh(whole).status, fresh(whole).emergency) == ("draft", "present")
    assert "Get care now" in as_ana.get(f"/ask/{whole.reference}/step/check/").content.decode()
    assert post_step(whole, "check", **YES).status_code == 302


def test_a_missing_record_does_not_stop_sending(whole, post_step, as_ana):
    make_record(whole, name="letter.pdf")
    text = as_ana.get(f"/ask/{whole.reference}/step/check/").content.decode()
    assert "letter.pdf" in text and "You can send now and add it later" in text
    assert post_step(whole, "check", **YES).status_code == 302


def test_consent_is_taken_back_by_clearing_the_box(whole, post_step):
    post_step(whole, "check", go="later", **YES)
    assert fresh(whole).consented_at
    post_step(whole, "check", go="later", emergency="none")
    assert fresh(whole).consented_at is None and fresh(whole).disclaimer_version == ""


def test_a_sent_request_is_not_written_again(ana, as_ana, post_step):
    case = make_case(ana)
    page = as_ana.get(f"/ask/{case.reference}/step/about/", follow=True)
    assert page.redirect_chain == [(f"/cases/{case.reference}/", 302)]
    assert "You have sent this request" in page.content.decode()
    assert post_step(case, "cost", cover="hardship").status_code == 302
    assert post_step(case, "cost", go="autosave", cover="hardship").status_code == 409
    assert fresh(case).cover == "self_pay"


def test_writing_and_sending_at_once_loses_to_the_sending(whole, ana, post_step):
    """The page was loaded as a draft; another tab sends before the save gets its lock."""
    loaded = fresh(whole)
    post_step(whole, "check", **YES)
    form = forms.posted_form("cost", {"cover": "hardship"}, case=loaded, today=timezone.localdate())
    with pytest.raises(StepNotPossible):
        actions.save_step(case=loaded, form=form, slug="cost", by=ana, now=timezone.now())
    assert fresh(whole).cover == "self_pay"


@pytest.mark.parametrize("who", ["ben", "sam", "tess", "dr_vega", "quin", "lea"])
def test_nobody_else_sends_a_draft_or_sees_that_it_was_sent(who, whole, client, request):
    client.force_login(request.getfixturevalue(who))
    assert client.post(f"/ask/{whole.reference}/step/check/", YES).status_code == 404
    assert client.get(f"/ask/{whole.reference}/sent/").status_code == 404
    assert fresh(whole).status == "draft"


def test_staff_who_see_the_case_are_told_it_is_not_theirs(ana, tess, client):
    case = make_case(ana)
    client.force_login(tess)
    for url in (
        f"/ask/{case.reference}/sent/",
        f"/ask/{case.reference}/step/about/",
        f"/cases/{case.reference}/",
    ):
        assert client.get(url).status_code == 403


def test_the_page_after_sending_is_not_there_before(whole, as_ana):
    assert as_ana.get(f"/ask/{whole.reference}/sent/")["Location"] == f"/cases/{whole.reference}/"
