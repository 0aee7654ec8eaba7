"""Offers: what they say, yes, no, too late, and two at once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from referrals.models import Referral
from referrals.review import actions, tasks
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from referrals.vocabulary import CaseStatus, ReferralStatus
from tests.build import make_case, make_offer, make_record, real_now

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def case(ana, tess):
    return make_case(
        ana, CaseStatus.ROUTING, staff=tess, now=real_now(), subject_name="Juniper Ashgrove", subject_sex="female",
        questions=("Does Juniper need the screws?", "How long?"), trust_reason="MARKER-TRUST",
        clinic_note="MARKER-NOTE", story="MARKER-STORY",
    )  # fmt: skip


@pytest.fixture
def offer(case, dr_vega, tess):
    make_record(case, name="MARKER-FILE.pdf", page_count=3)
    make_record(case, name="scan.dcm", kind="dicom", page_count=1)
    return make_offer(case, dr_vega, by=tess, now=real_now(), expires_at=real_now() + 20 * HOUR)


@pytest.fixture
def vega(client, dr_vega):
    client.force_login(dr_vega)
    return client


def url(name, offer):
    return reverse(f"review:{name}", args=[offer.key])


def test_an_offer_tells_the_case_and_neither_name_nor_records(vega, offer, case, ana):
    for address in (reverse("review:inbox"), url("offer", offer)):
        page = vega.get(address).content.decode()
        for words in (
            "Woman, ",
            "surgery",
            "need the screws?",
            "2 records,",
            "3 pages",
            "and 1 scan",
            "Reply by",
        ):
            assert words in page
        for words in ("Juniper", "Ashgrove", "MARKER", case.reference, ana.email):
            assert words not in page


def test_reasons_say_what_speaks_for_and_against(vega, offer, case, dr_vega, dr_stone):
    page = vega.get(reverse("review:inbox")).content.decode()
    assert "No tie to Millpond Spine Center found" in page
    assert "You have room: 0 of 5 open" in page
    assert "check that your license holds there" in page
    field, own = dr_stone.specialist_profile.specialty, dr_vega.specialist_profile.specialty
    case.specialty = field
    case.save(update_fields=["specialty"])
    page = vega.get(url("offer", offer)).content.decode()
    assert f"It is for {field.name}, and yours is {own.name}" in page


def test_before_yes_there_is_no_room(vega, offer, case):
    for name in ("room", "ask", "give_back"):
        assert vega.get(reverse(f"review:{name}", args=[case.reference])).status_code == 404
    assert vega.get(reverse("opinion:edit", args=[case.reference])).status_code == 404


def test_taking_it_opens_the_room(vega, offer, case):
    answer = vega.post(url("take", offer), {"no_tie": "on"})
    assert answer.url == reverse("review:room", args=[case.reference])
    assert vega.get(answer.url).status_code == 200
    offer.refresh_from_db(), case.refresh_from_db()
    assert (offer.status, case.status) == (ReferralStatus.IN_REVIEW, CaseStatus.IN_REVIEW)
    assert offer.no_conflict_declared_at and case.review_due_at


def test_a_tie_must_be_denied_first(vega, offer, case):
    answer = vega.post(url("take", offer))
    assert answer.status_code == 422 and "Say that you have no tie" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == CaseStatus.ROUTING


def test_declining_keeps_the_reason_and_who_would_be_better(vega, offer, case):
    answer = vega.post(url("decline", offer), {"reason": "scope", "who": "Dr. Reyes"})
    assert answer.url == reverse("review:inbox")
    offer.refresh_from_db(), case.refresh_from_db()
    assert (offer.status, offer.decline_reason, offer.decline_note) == ("declined", "scope", "Dr. Reyes")
    assert case.status == CaseStatus.ROUTING
    assert "You: Not my field" in vega.get(answer.url).content.decode()


def test_declining_wants_a_reason_and_keeps_what_was_typed(vega, offer):
    answer = vega.post(url("decline", offer), {"who": "Dr. Reyes"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Choose why not" in page and "Dr. Reyes" in page
    offer.refresh_from_db()
    assert offer.status == ReferralStatus.OFFERED


@pytest.mark.parametrize("who", ["ana", "ben", "sam", "dr_stone", "quin", "lea", "tess"])
def test_an_offer_is_its_specialists_alone(who, request, client, offer):
    client.force_login(request.getfixturevalue(who))
    assert client.get(url("offer", offer)).status_code == 404
    assert client.post(url("take", offer), {"no_tie": "on"}).status_code == 404
    assert client.post(url("decline", offer), {"reason": "scope"}).status_code == 404
    offer.refresh_from_db()
    assert offer.status == ReferralStatus.OFFERED


@pytest.mark.parametrize("who", ["ana", "sam", "tess", "quin", "lea"])
def test_the_inbox_is_for_specialists(who, request, client):
    client.force_login(request.getfixturevalue(who))
    answer = client.get(reverse("review:inbox"))
    assert answer.status_code == 403 and "for specialists" in answer.content.decode()


def test_an_offer_whose_time_is_over_says_so(vega, offer):
    Referral.objects.filter(pk=offer.pk).update(
        offered_at=real_now() - 9 * HOUR, expires_at=real_now() - HOUR
    )
    assert "The time to answer this offer is over" in vega.get(url("offer", offer)).content.decode()
    answer = vega.post(url("take", offer), {"no_tie": "on"})
    assert answer.status_code == 409
    assert "The time to answer this offer is over" in answer.content.decode()
    tasks.expire_due(now=real_now())
    answer = vega.post(url("take", offer), {"no_tie": "on"})
    assert answer.status_code == 409
    assert "The time to answer this offer is over" in answer.content.decode()
    assert "The time to answer this offer is over" in vega.get(url("offer", offer)).content.decode()


def test_an_offer_that_was_taken_back_says_so(vega, offer, tess, case, ana):
    take(REFERRAL, "recall", offer, by=tess, now=real_now())
    assert "The clinic took the offer back" in vega.get(url("offer", offer)).content.decode()
    assert vega.post(url("take", offer), {"no_tie": "on"}).status_code == 409
    assert "The clinic took the offer back" in vega.get(reverse("review:inbox")).content.decode()


def test_s04_a_request_the_patient_took_back_is_gone_and_the_inbox_says_why(vega, offer, case, ana):
    room = vega.post(url("take", offer), {"no_tie": "on"}).url
    take(CASE, "withdraw", case, by=ana, now=real_now())
    assert vega.get(room).status_code == 404
    page = vega.get(reverse("review:inbox")).content.decode()
    assert "The patient took the request back" in page and "Ashgrove" not in page


def test_the_second_yes_from_another_tab_reads_somebody_was_faster(vega, offer):
    vega.post(url("take", offer), {"no_tie": "on"})
    answer = vega.post(url("take", offer), {"no_tie": "on"})
    assert answer.status_code == 409 and "You have taken this case already" in answer.content.decode()
    assert vega.post(url("decline", offer), {"reason": "scope"}).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_r40_yes_no_and_expiry_at_once_let_one_win(offer, case, dr_vega):
    now = offer.expires_at

    def act(which):
        fresh = Referral.objects.get(pk=offer.pk)
        try:
            if which == "yes":
                actions.accept(referral=fresh, by=dr_vega, now=now - HOUR)
            elif which == "no":
                actions.decline(referral=fresh, by=dr_vega, now=now - HOUR, reason="time")
            else:
                actions.expire(referral=fresh, now=now)
        except StepNotPossible:
            return None
        finally:
            connection.close()
        return which

    with ThreadPoolExecutor(5) as pool:
        outcomes = [each for each in pool.map(act, ["yes", "no", "expire", "yes", "no"]) if each]
    assert len(outcomes) == 1
    case.refresh_from_db()
    assert case.status == (CaseStatus.IN_REVIEW if outcomes == ["yes"] else CaseStatus.ROUTING)


def test_the_limit_can_be_changed_and_new_cases_stopped(vega, dr_vega):
    limit = reverse("review:limit")
    assert vega.post(limit, {"most_cases": "3"}).url == reverse("review:inbox")
    dr_vega.specialist_profile.refresh_from_db()
    assert (dr_vega.specialist_profile.most_cases, dr_vega.specialist_profile.taking_cases) == (3, False)
    assert "Taking no new cases" in vega.get(reverse("review:inbox")).content.decode()
    answer = vega.post(limit, {"most_cases": "0"})
    assert answer.status_code == 422 and "Enter 1 or more" in answer.content.decode()


def test_the_limit_is_for_specialists(client, ana):
    client.force_login(ana)
    assert client.post(reverse("review:limit"), {"most_cases": "3"}).status_code == 403
