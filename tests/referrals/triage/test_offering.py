"""Finding a specialist: reasons, bars, the offer, recalling it, the next one, giving a case to someone else."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals.models import AvoidedName, Referral, Specialty, StatusChange
from referrals.rules.roads import REFERRAL
from referrals.rules.workflow import take
from tests.build import make_case, make_offer, make_opinion, make_specialist
from tests.referrals.triage.conftest import at


def url(name, case, *args):
    return reverse(f"triage:{name}", args=[case.reference, *args])


@pytest.fixture
def case(ana, tess):
    bones = Specialty.objects.get(code="orthopaedics")
    return make_case(ana, "routing", staff=tess, now=timezone.now(), specialty=bones)


def matches(browser, case):
    return {m.person.name: m for m in browser.get(url("match", case)).context["matches"]}


def test_the_list_explains_each_specialist_and_chooses_none(case, as_sam, dr_vega, dr_stone):
    dr_vega.specialist_profile.focus = "Screws in the lower back"
    dr_vega.specialist_profile.licence = "Illinois"
    dr_vega.specialist_profile.save()
    answer = as_sam.get(url("match", case))
    found = matches(as_sam, case)
    assert list(found) == ["Vega", "Stone"]
    assert "Reads Orthopedics" in found["Vega"].for_it
    assert "Sees most: Screws in the lower back" in found["Vega"].for_it
    assert "Licensed where the patient is: Illinois" in found["Vega"].for_it
    assert "No link to Millpond Spine Center" in found["Vega"].for_it
    assert "Has room: 0 of 5 open cases" in found["Vega"].for_it
    assert "Reads Neurosurgery, not Orthopedics" in found["Stone"].against
    assert "No license noted" in found["Stone"].against
    assert answer.context["chosen"] is None
    assert "Send offer" not in answer.content.decode()


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ({"practice": "The MILLPOND spine centre"}, "Works at Millpond Spine Center, like the first doctor"),
        ({"past_practices": "Elsewhere\nMillpond Spine Center"}, "Worked at Millpond Spine Center before"),
        ({"taking_cases": False}, "Takes no new cases"),
        ({"most_cases": 0}, "At the limit of 0 open cases"),
    ],
)
def test_who_may_not_read_it_is_shown_last_and_can_not_be_chosen(profile, words, case, as_tess, dr_stone):
    barred = make_specialist("barred", **profile)
    match = matches(as_tess, case)["Barred"]
    assert any(words in reason for reason in match.against)
    assert match.bar
    assert list(matches(as_tess, case))[-1] == "Barred"
    page = as_tess.get(url("match", case), {"to": barred.key}).content.decode()
    assert "Not offered" in page
    assert "Send offer" not in page
    answer = as_tess.post(f"{url('match', case)}?to={barred.key}", {"reply": "usual"})
    assert answer.status_code == 422
    assert not Referral.objects.exists()


def test_the_first_doctor_and_names_to_avoid_are_barred(case, as_tess):
    first, avoided = make_specialist("corvin hale"), make_specialist("gruber")
    AvoidedName.objects.create(case=case, name="Dr Gruber")
    found = matches(as_tess, case)
    assert "Gave the first opinion: not independent" in found["Corvin Hale"].against
    assert "The patient asked not to be sent there" in found["Gruber"].against
    for person in (first, avoided):
        as_tess.post(f"{url('match', case)}?to={person.key}", {"reply": "usual"})
    assert not Referral.objects.exists()


def test_an_offer_goes_out_with_its_time_and_its_note(case, sam, as_sam, dr_vega):
    page = as_sam.get(url("match", case), {"to": dr_vega.key}).content.decode()
    assert "Offer to Dr. Vega" in page
    assert "The name and the records open when they accept" in page
    before = timezone.now()
    as_sam.post(f"{url('match', case)}?to={dr_vega.key}", {"reply": "4h", "note": "See record 4"})
    referral = Referral.objects.get()
    assert (referral.status, referral.specialist, referral.offered_by, referral.note) == (
        "offered", dr_vega, sam, "See record 4",
    )  # fmt: skip
    assert dt.timedelta(hours=4) <= referral.expires_at - before < dt.timedelta(hours=4, minutes=5)
    assert referral.review_due_at > referral.expires_at
    case.refresh_from_db()
    assert (case.status, case.offer_due_at) == ("routing", referral.expires_at)
    assert case.reminders.filter(rule="D1", recipient=dr_vega, status="planned").exists()


def test_a_form_that_is_wrong_keeps_what_was_typed(case, as_tess, dr_vega):
    for query, typed in (
        ("", {"reply": "usual"}),
        (f"?to={dr_vega.key}", {"reply": "never", "note": "Keep me"}),
    ):
        answer = as_tess.post(url("match", case) + query, typed)
        assert answer.status_code == 422
        assert "so-errors" in answer.content.decode()
        assert typed.get("note", "") in answer.content.decode()
    assert as_tess.post(url("match", case) + f"?to={dr_vega.pk}", {"reply": "usual"}).status_code == 422
    assert not Referral.objects.exists()


def test_replies_end_before_the_decision(ana, tess, as_tess, dr_vega):
    soon = timezone.localdate()
    case = make_case(ana, "routing", staff=tess, now=timezone.now(), decide_by_on=soon)
    form = as_tess.get(url("match", case), {"to": dr_vega.key}).context["form"]
    assert "usual" in form.until
    assert "48h" not in form.until


def test_one_offer_is_out_at_a_time(case, tess, as_sam, dr_vega, dr_stone):
    make_offer(case, dr_vega, by=tess, now=timezone.now())
    page = as_sam.get(url("match", case), {"to": dr_stone.key}).content.decode()
    assert "An offer is out" in page
    assert "Send offer" not in page
    answer = as_sam.post(f"{url('match', case)}?to={dr_stone.key}", {"reply": "usual"})
    assert answer.status_code == 409
    assert "Somebody was faster" in answer.content.decode()
    assert Referral.objects.count() == 1


def test_an_offer_is_taken_back_and_the_next_one_asked(case, tess, as_sam, dr_vega, dr_stone):
    referral = make_offer(case, dr_vega, by=tess, now=timezone.now())
    as_sam.post(url("recall", case, referral.key))
    referral.refresh_from_db()
    case.refresh_from_db()
    assert (referral.status, case.offer_due_at) == ("cancelled", None)
    assert not case.reminders.filter(rule="D1", status="planned").exists()
    as_sam.post(f"{url('match', case)}?to={dr_stone.key}", {"reply": "usual"})
    assert Referral.objects.filter(status="offered").get().specialist == dr_stone
    assert as_sam.post(url("recall", case, referral.key)).status_code == 409


def test_an_accepted_offer_is_not_taken_back(case, tess, as_sam, dr_vega):
    referral = make_offer(case, dr_vega, by=tess, now=timezone.now())
    take(REFERRAL, "accept", referral, by=dr_vega, now=timezone.now())
    assert as_sam.post(url("recall", case, referral.key)).status_code == 409


def test_an_offer_of_another_case_is_not_found(case, ben, tess, as_sam, dr_vega):
    other = make_case(ben, "routing", staff=tess, now=timezone.now())
    referral = make_offer(other, dr_vega, by=tess, now=timezone.now())
    assert as_sam.post(url("recall", case, referral.key)).status_code == 404


def test_what_became_of_earlier_offers_is_told(case, tess, as_tess, dr_vega, dr_stone):
    take(
        REFERRAL, "decline", make_offer(case, dr_vega, by=tess, now=timezone.now()), by=dr_vega,
        now=timezone.now(), reason="time", changes={"decline_reason": "time"},
    )  # fmt: skip
    before = timezone.now() - dt.timedelta(days=9)
    take(REFERRAL, "expire", make_offer(case, dr_stone, by=tess, now=before), by=None, now=timezone.now())
    found = matches(as_tess, case)
    assert "Declined this case: Too many cases now" in found["Vega"].against
    assert "Let an offer of this case run out" in found["Stone"].against
    assert not found["Vega"].bar
    page = as_tess.get(reverse("home:staff_case", args=[case.reference])).content.decode()
    assert "Too many cases now" in page
    assert "No reply" in page


def test_a_case_that_is_not_accepted_is_matched_with_nobody(ana, tess, as_tess):
    case = make_case(ana, "triage", staff=tess, now=timezone.now())
    assert as_tess.get(url("match", case)).status_code == 409


def test_the_match_page_takes_one_number_of_statements(case, as_tess, django_assert_max_num_queries):
    for n in range(3):
        make_specialist(f"reader {n}")
    with django_assert_max_num_queries(14) as few:
        as_tess.get(url("match", case))
    for n in range(9):
        make_specialist(f"another {n}")
    with django_assert_max_num_queries(len(few)):
        as_tess.get(url("match", case))


def test_a_case_goes_to_someone_else_and_the_draft_is_kept(ana, tess, as_tess, as_sam, dr_vega):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=timezone.now())
    opinion = make_opinion(case, now=timezone.now())
    assert as_sam.get(url("reassign", case)).status_code == 403
    assert as_tess.post(url("reassign", case), {"reason": ""}).status_code == 422
    as_tess.post(url("reassign", case), {"reason": "absent", "note": "Ill"})
    case.refresh_from_db()
    assert (case.status, case.referrals.get().status) == ("routing", "taken_back")
    change = StatusChange.objects.get(case=case, act="reassign")
    assert (change.reason, change.note) == ("absent", "Ill")
    opinion.refresh_from_db()
    assert opinion.status == "drafting"
    assert as_tess.post(url("reassign", case), {"reason": "absent"}).status_code == 409
    assert at(dr_vega).get(reverse("home:staff_case", args=[case.reference])).status_code == 404
