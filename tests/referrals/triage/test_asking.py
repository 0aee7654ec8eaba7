"""Asking for listed things, writing the answers down, taking a question back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals.models import InfoRequest
from referrals.rules import information
from tests.build import make_case, make_info_request
from tests.referrals.triage.conftest import at


def url(name, case, *args):
    return reverse(f"triage:{name}", args=[case.reference, *args])


@pytest.fixture
def asked(sent, as_sam):
    as_sam.post(url("ask", sent), {"item_1": "How far can you walk?", "item_2": "Which pills?"})
    return sent.info_requests.get()


def test_asking_lists_the_things_stops_the_clock_and_plans_the_reminders(sent, sam, as_sam):
    page = as_sam.get(url("ask", sent))
    assert "We hope for the answer by" in page.content.decode()
    as_sam.post(url("ask", sent), {"text": "Hello", "item_1": "One", "item_2": "", "item_3": "Three"})
    sent.refresh_from_db()
    request = sent.info_requests.get()
    assert (sent.status, sent.claimed_by, request.text, request.asked_by) == (
        "info_needed",
        sam,
        "Hello",
        sam,
    )
    assert [item.text for item in request.items.all()] == ["One", "Three"]
    assert request.due_at == sent.answer_due_at
    assert sent.paused_at
    assert sent.reminders.filter(rule="P9", status="planned").exists()


def test_more_rows_come_without_a_script_and_keep_what_was_typed(sent, as_sam):
    typed = {"text": "Hi", "item_1": "A", "item_2": "B", "item_3": "C", "more": "1"}
    page = as_sam.post(url("ask", sent), typed).content.decode()
    assert 'name="item_4"' in page
    assert 'value="C"' in page
    assert not InfoRequest.objects.exists()
    ten = {f"item_{n}": str(n) for n in range(1, 11)}
    page = as_sam.post(url("ask", sent), {**ten, "more": "1"}).content.decode()
    assert 'name="item_11"' not in page
    assert 'name="more"' not in page
    as_sam.post(url("ask", sent), {**ten, "item_11": "Too many"})
    assert sent.info_requests.get().items.count() == 10


@pytest.mark.parametrize(
    "typed", [{}, {"item_1": "  "}, {"item_1": "x" * 501}, {"item_2": "ok", "text": "y" * 1001}]
)
def test_a_list_that_can_not_be_sent_comes_back_as_it_was_typed(typed, sent, as_sam):
    answer = as_sam.post(url("ask", sent), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "so-errors" in page
    for text in typed.values():
        assert text.strip() in page
    assert not InfoRequest.objects.exists()


def test_a_missing_record_can_be_asked_for_by_its_name(sent, as_sam):
    page = as_sam.get(url("ask", sent) + "?record=pathology").content.decode()
    assert 'value="Pathology report"' in page
    assert as_sam.get(url("ask", sent) + "?record=%22%3E").status_code == 200


def test_one_question_is_out_at_a_time(asked, sent, as_tess):
    assert as_tess.get(url("ask", sent)).status_code == 409
    assert as_tess.post(url("ask", sent), {"item_1": "More"}).status_code == 409
    assert sent.info_requests.count() == 1


def test_what_a_patient_says_on_the_phone_is_written_down_and_marked(asked, sent, sam, as_sam):
    answer = as_sam.post(url("answer", sent, asked.key), {"answer_1": "Ten minutes", "answer_2": ""})
    assert answer.status_code == 302
    sent.refresh_from_db()
    assert sent.status == "info_needed"
    as_sam.post(
        url("answer", sent, asked.key),
        {"answer_1": "Ten minutes", "answer_2": "She forgot", "waived_2": "on"},
    )
    sent.refresh_from_db()
    asked.refresh_from_db()
    one, two = asked.items.all()
    assert (sent.status, asked.status) == ("triage", "answered")
    assert (one.answered_by, one.status, two.status) == (sam, "answered", "waived")
    page = as_sam.get(reverse("home:staff_case", args=[sent.reference])).content.decode()
    assert "by phone, written down by Sam" in page
    assert as_sam.post(url("answer", sent, asked.key), {"answer_1": "Again"}).status_code == 409


def test_what_the_patient_wrote_themselves_stays_theirs(asked, sent, ana, sam, as_sam):
    one, two = asked.items.all()
    information.answer_item(item=one, by=ana, now=timezone.now(), text="Ten minutes")
    as_sam.post(url("answer", sent, asked.key), {"answer_1": "Ten minutes", "answer_2": "Two pills"})
    assert list(asked.items.values_list("answered_by", flat=True)) == [ana.pk, sam.pk]


def test_what_a_patient_can_not_get_is_said(asked, sent, ana, as_sam):
    information.answer_item(item=asked.items.first(), by=ana, now=timezone.now(), status="cant_get")
    page = as_sam.get(reverse("home:staff_case", args=[sent.reference])).content.decode()
    assert "Patient can’t get it" in page[page.index("How far can you walk?", page.index('id="reqs"')) :]


def test_an_answer_needs_words(asked, sent, as_sam):
    for typed in ({}, {"waived_1": "on"}, {"answer_1": "x" * 4001}):
        assert as_sam.post(url("answer", sent, asked.key), typed).status_code == 422
    assert not asked.items.exclude(status="open").exists()


def test_the_care_team_answers_what_a_specialist_asked_of_it(ana, tess, dr_vega, as_sam):
    case = make_case(ana, "clarification", staff=tess, specialist=dr_vega, now=timezone.now())
    case.info_requests.update(status="closed")
    referral = case.referrals.get()
    request = make_info_request(case, by=dr_vega, of="staff", referral=referral, now=timezone.now())
    assert "Answer the specialist" in as_sam.get(url("answer", case, request.key)).content.decode()
    assert as_sam.get(url("take_back", case, request.key)).status_code == 403
    as_sam.post(url("answer", case, request.key), {"answer_1": "We rang: 200 metres"})
    case.refresh_from_db()
    request.refresh_from_db()
    assert (case.status, request.status) == ("clarification", "answered")


def test_a_question_is_taken_back_with_a_reason(asked, sent, as_tess):
    assert as_tess.post(url("take_back", sent, asked.key), {"why": " "}).status_code == 422
    as_tess.post(url("take_back", sent, asked.key), {"why": "It is in the letter"})
    sent.refresh_from_db()
    asked.refresh_from_db()
    assert (sent.status, asked.status) == ("triage", "closed")
    assert {item.answer for item in asked.items.all()} == {"It is in the letter"}
    assert as_tess.post(url("take_back", sent, asked.key), {"why": "Again"}).status_code == 409
    history = as_tess.get(reverse("home:staff_history", args=[sent.reference])).content.decode()
    assert "Tess took the question back" in history and "sent the answer" not in history
    page = at(sent.patient).get(reverse("home:case", args=[sent.reference])).content.decode()
    assert "We no longer need what we asked for" in page


def test_another_case_does_not_open_a_request(asked, sent, ben, tess, as_sam):
    other = make_case(ben, now=timezone.now())
    for name in ("answer", "take_back"):
        assert as_sam.get(url(name, other, asked.key)).status_code == 404
        assert as_sam.post(url(name, other, asked.key), {"answer_1": "x", "why": "x"}).status_code == 404


def test_only_the_care_team_writes_here(asked, sent, ana, dr_vega, quin):
    for person in (ana, dr_vega, quin):
        for address in (url("ask", sent), url("answer", sent, asked.key), url("take_back", sent, asked.key)):
            assert at(person).get(address).status_code == 404
            assert at(person).post(address, {"item_1": "x", "answer_1": "x", "why": "x"}).status_code == 404
    assert not asked.items.exclude(status="open").exists()
