"""Who has a request: take it, give it to a colleague."""

from django.urls import reverse
from django.utils import timezone

from referrals.models import AuditEvent, StatusChange
from referrals.vocabulary import Role
from tests.build import make_case, make_draft, make_person
from tests.referrals.triage.conftest import at


def url(name, case, *args):
    return reverse(f"triage:{name}", args=[case.reference, *args])


def test_taking_a_new_request_begins_triage(sent, sam, as_sam):
    answer = as_sam.post(url("claim", sent))
    assert answer.url == reverse("home:staff_case", args=[sent.reference])
    sent.refresh_from_db()
    assert (sent.status, sent.claimed_by) == ("triage", sam)
    assert sent.claimed_at
    assert AuditEvent.objects.filter(case_reference=sent.reference, act="step", detail__act="claim").exists()


def test_taking_from_the_list_comes_back_to_it_as_it_was(sent, as_sam):
    back = reverse("triage:worklist") + "?view=nobody&q=ana"
    assert as_sam.post(url("claim", sent), {"back": back}).url == back


def test_the_way_back_never_leads_out(sent, as_sam):
    for back in ("https://elsewhere.example/triage/", "//elsewhere.example", "/triage/\\elsewhere", "/home/"):
        answer = as_sam.post(url("claim", sent), {"back": back})
        assert answer.url.startswith("/triage/")
        assert "elsewhere.example" not in answer.url


def test_the_second_to_take_it_reads_who_was_faster(sent, as_sam, as_tess, sam):
    as_sam.post(url("claim", sent))
    answer = as_tess.post(url("claim", sent))
    assert answer.status_code == 409
    assert "Sam was faster" in answer.content.decode()
    sent.refresh_from_db()
    assert sent.claimed_by == sam


def test_a_second_press_does_nothing(sent, as_sam):
    as_sam.post(url("claim", sent))
    assert as_sam.post(url("claim", sent)).status_code == 302
    assert StatusChange.objects.filter(case=sent, act="claim").count() == 1


def test_a_request_nobody_has_can_be_taken_later_too(ana, tess, sam, as_sam):
    case = make_case(ana, "routing", staff=tess, now=timezone.now())
    type(case).objects.update(claimed_by=None)
    as_sam.post(url("claim", case))
    case.refresh_from_db()
    assert (case.status, case.claimed_by) == ("routing", sam)


def test_nobody_else_takes_it_or_learns_that_it_is_there(sent, ana, ben, dr_vega, quin, clinic):
    draft = make_draft(ben)
    for person in (ana, ben, dr_vega, quin):
        for case in (sent, draft):
            assert at(person).post(url("claim", case)).status_code == 404
    never = reverse("triage:claim", args=["SO-2222-2222"])
    there = at(ben).post(url("claim", sent)).content
    assert len(at(ben).post(never).content) == len(there)
    assert not StatusChange.objects.filter(act="claim").exists()


def test_a_page_is_never_taken_by_looking(sent, as_sam):
    assert as_sam.get(url("claim", sent)).status_code == 405


def test_giving_a_request_to_a_colleague_is_written_down(sent, sam, tess, as_sam):
    as_sam.post(url("claim", sent))
    assert as_sam.get(url("assign", sent)).status_code == 200
    as_sam.post(url("assign", sent), {"to": str(tess.key), "was": str(sam.key)})
    sent.refresh_from_db()
    assert (sent.status, sent.claimed_by) == ("triage", tess)
    change = StatusChange.objects.get(case=sent, act="assign")
    assert (change.by, change.note) == (sam, "Tess")
    assert AuditEvent.objects.filter(act="step", detail__act="assign", person_id=sam.pk).exists()


def test_giving_needs_a_colleague_of_this_clinic(sent, ana, dr_vega, quin, as_sam):
    for key in ("", "x", ana.key, dr_vega.key, quin.key):
        answer = as_sam.post(url("assign", sent), {"to": str(key), "was": ""})
        assert answer.status_code == 422
    sent.refresh_from_db()
    assert sent.claimed_by is None


def test_giving_what_somebody_took_meanwhile_is_told(sent, tess, lea, as_sam, as_tess):
    as_tess.post(url("claim", sent))
    answer = as_sam.post(url("assign", sent), {"to": str(lea.key), "was": ""})
    assert answer.status_code == 409
    assert "Tess has this request now" in answer.content.decode()
    sent.refresh_from_db()
    assert sent.claimed_by == tess


def test_nobody_is_given_their_own_request(sam, tess, as_tess):
    own = make_case(sam, now=timezone.now())
    assert "Sam" not in as_tess.get(url("assign", own)).context["form"]["to"].as_widget()
    assert as_tess.post(url("assign", own), {"to": str(sam.key), "was": ""}).status_code == 422


def test_who_left_is_not_offered_as_a_colleague(sent, as_sam, clinic):
    gone = make_person("gone", Role.COORDINATOR)
    gone.memberships.update(ended_at=timezone.now())
    assert "Gone" not in as_sam.get(url("assign", sent)).content.decode()
