"""Answering what was asked."""

import pytest
from django.utils import timezone

from referrals.models import AuditEvent, InfoRequest
from referrals.rules import information
from referrals.vocabulary import AskedOf
from tests.build import make_case, make_info_request, make_record

ITEMS = ("How far can you walk?", "The MRI report")


@pytest.fixture
def asked(ana, tess):
    """The care team asked for two things."""
    from referrals.rules.roads import CASE
    from referrals.rules.workflow import take

    case = make_case(ana, "triage", staff=tess)
    take(CASE, "ask", case, by=tess, now=timezone.now())
    return make_info_request(case, by=tess, now=timezone.now(), items=ITEMS)


def url(request):
    return f"/ask/{request.case.reference}/answer/"


def statuses(request):
    return list(request.items.values_list("status", flat=True))


def test_each_answer_is_saved_and_sent_when_all_are_there(asked, as_ana, tess):
    assert "How far can you walk?" in as_ana.get(url(asked)).content.decode()
    saved = as_ana.post(url(asked), {"item-1-text": "Two blocks", "go": "save"})
    assert saved["Location"] == url(asked) and statuses(asked) == ["answered", "open"]
    page = as_ana.post(url(asked), {"item-1-text": "Two blocks", "go": "send"})
    assert page.status_code == 422 and 'href="#id_item-2-text"' in page.content.decode()
    sent = as_ana.post(url(asked), {"item-1-text": "Three blocks", "item-2-cant_get": "on", "go": "send"})
    assert sent["Location"] == f"/cases/{asked.case.reference}/"
    asked.refresh_from_db()
    asked.case.refresh_from_db()
    assert (asked.status, asked.case.status) == ("answered", "triage")
    assert statuses(asked) == ["answered", "cant_get"] and asked.items.first().answer == "Three blocks"
    assert AuditEvent.objects.filter(act="answer").count() == 1


def test_a_record_is_an_answer(asked, as_ana):
    make_record(asked.case, name="mri.pdf", info_item=asked.items.get(position=2))
    assert "mri.pdf" in as_ana.get(url(asked)).content.decode()
    assert as_ana.post(url(asked), {"item-1-text": "Far", "go": "send"}).status_code == 302
    assert statuses(asked) == ["answered", "answered"]


def test_going_for_a_file_saves_what_was_written(asked, as_ana):
    answer = as_ana.post(url(asked), {"item-1-text": "Two blocks", "go": "files:2"})
    assert answer["Location"] == f"/records/{asked.case.reference}/add/?item=2"
    assert asked.items.first().answer == "Two blocks"
    assert asked.items.get(position=2).text in as_ana.get(answer["Location"]).content.decode()


def test_going_for_a_file_loses_nothing_that_is_too_long(asked, as_ana):
    page = as_ana.post(url(asked), {"item-1-text": "x" * 4001, "go": "files:2"})
    assert page.status_code == 422 and "x" * 4001 in page.content.decode()


def test_what_staff_waived_is_shown_and_stays_theirs(asked, as_ana, sam):
    two = asked.items.get(position=2)
    information.answer_item(item=two, by=sam, now=timezone.now(), text="We have it already", status="waived")
    page = as_ana.get(url(asked)).content.decode()
    assert "We have it already" in page and "Not needed" in page and 'name="item-2-text"' not in page
    assert as_ana.post(url(asked), {"item-1-text": "Far", "item-2-text": "x"}).status_code == 302
    two.refresh_from_db()
    assert (two.status, two.answered_by, two.answer) == ("waived", sam, "We have it already")
    asked.refresh_from_db()
    assert asked.status == "answered"


def test_a_refused_record_is_none(asked, as_ana):
    make_record(
        asked.case, name="bad.exe", info_item=asked.items.get(position=2), status="refused", refusal="kind"
    )
    assert as_ana.post(url(asked), {"item-1-text": "Far", "go": "send"}).status_code == 422


def test_sending_twice_sends_once(asked, as_ana):
    answers = {"item-1-text": "Far", "item-2-cant_get": "on", "go": "send"}
    for _n in range(2):
        assert as_ana.post(url(asked), answers)["Location"] == f"/cases/{asked.case.reference}/"
    assert AuditEvent.objects.filter(act="answer").count() == 1
    assert "Your answer is sent" in as_ana.get(url(asked), follow=True).content.decode()


def test_what_is_no_longer_needed_says_so(asked, as_ana):
    InfoRequest.objects.filter(pk=asked.pk).update(status="closed", closed_at=timezone.now())
    page = as_ana.post(url(asked), {"item-1-text": "x"}, follow=True)
    assert "no longer needed" in page.content.decode() and statuses(asked) == ["open", "open"]


def test_a_specialists_question_waits_for_the_specialist_to_go_on(ana, tess, dr_vega, as_ana):
    case = make_case(ana, "clarification", staff=tess, specialist=dr_vega)
    request = case.info_requests.get()
    page = as_ana.get(url(request)).content.decode()
    assert "asks you" in page and 'class="so-doctor"' in page
    as_ana.post(url(request), {"item-1-text": "Two blocks", "go": "send"})
    case.refresh_from_db()
    assert case.status == "clarification" and request.items.get().answer == "Two blocks"
    assert "has the answer and reads on" in as_ana.get(f"/cases/{case.reference}/").content.decode()


def test_too_long_an_answer_stays(asked, as_ana):
    page = as_ana.post(url(asked), {"item-1-text": "x" * 4001, "go": "send"})
    assert page.status_code == 422 and "x" * 4001 in page.content.decode() and statuses(asked)[0] == "open"


def test_what_is_asked_of_staff_is_not_the_patients(ana, tess, dr_vega, as_ana):
    from referrals.rules.roads import CASE
    from referrals.rules.workflow import take

    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    take(CASE, "clarify", case, by=dr_vega, now=timezone.now())
    make_info_request(
        case, by=dr_vega, of=AskedOf.STAFF, items=("MARK-STAFF",), referral=case.referrals.get()
    )
    assert as_ana.get(f"/ask/{case.reference}/answer/").status_code == 404
    assert "MARK-STAFF" not in as_ana.get(f"/cases/{case.reference}/").content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("ben", 404), ("sam", 403), ("tess", 403), ("dr_vega", 404), ("quin", 404)]
)
def test_s01_nobody_else_answers(who, status, asked, client, request):
    client.force_login(request.getfixturevalue(who))
    for answer in (client.get(url(asked)), client.post(url(asked), {"item-1-text": "x", "go": "send"})):
        assert answer.status_code == status
    assert statuses(asked) == ["open", "open"]
