"""Yes or no: urgency, field, note, going on without a record, accepting, declining, removing."""

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals.models import AuditEvent, StatusChange
from referrals.rules.workflow import StepNotPossible
from referrals.triage import actions
from referrals.vocabulary import DeclineReason
from tests.build import make_case, make_record
from tests.referrals.triage.conftest import at


def url(name, case, *args):
    return reverse(f"triage:{name}", args=[case.reference, *args])


@pytest.fixture
def case(ana, tess):
    return make_case(ana, "triage", staff=tess, now=timezone.now())


def test_the_urgency_is_set_with_a_reason_beside_what_the_date_suggests(case, as_tess):
    page = as_tess.get(url("urgency", case)).content.decode()
    assert "that alone suggests" in page
    before = case.triage_due_at
    as_tess.post(url("urgency", case), {"urgency": "urgent", "reason": "A leg is weak"})
    case.refresh_from_db()
    assert (case.urgency, case.urgency_reason) == ("urgent", "A leg is weak")
    assert case.triage_due_at < before
    assert StatusChange.objects.get(case=case, act="prioritise").clocks["triage_due_at"][0]
    assert "It is set to" in as_tess.get(url("urgency", case)).content.decode()


@pytest.mark.parametrize(
    "typed", [{}, {"urgency": "soon"}, {"urgency": "now", "reason": "x"}, {"urgency": "soon", "reason": " "}]
)
def test_the_urgency_needs_both(typed, case, as_tess):
    assert as_tess.post(url("urgency", case), typed).status_code == 422
    case.refresh_from_db()
    assert case.urgency_set_at is None


def test_a_coordinator_reads_whose_it_is_to_judge(case, as_sam):
    for name in ("urgency", "accept", "decline"):
        for answer in (
            as_sam.get(url(name, case)),
            as_sam.post(url(name, case), {"urgency": "soon", "reason": "x"}),
        ):
            assert answer.status_code == 403
            assert "triage clinicians and the lead" in answer.content.decode()
    waive = url("waive", case, "letter")
    assert as_sam.get(waive).status_code == as_sam.post(waive, {"why": "x"}).status_code == 403
    assert not StatusChange.objects.filter(case=case, act__in=["prioritise", "accept", "decline"]).exists()


def test_others_learn_nothing(case, ana, ben, dr_vega, quin):
    for person in (ana, ben, dr_vega, quin):
        for name in ("urgency", "accept", "decline", "void", "note", "specialty", "reassign", "match"):
            assert at(person).get(url(name, case)).status_code == 404
            assert at(person).post(url(name, case)).status_code == 404


def test_the_field_is_set_by_any_of_the_care_team(case, as_sam):
    as_sam.post(url("specialty", case), {"specialty": "neurology"})
    case.refresh_from_db()
    assert case.specialty.code == "neurology"
    assert AuditEvent.objects.filter(act="edit", detail={"field": "specialty", "to": "neurology"}).exists()
    assert as_sam.post(url("specialty", case), {"specialty": "magic"}).status_code == 422
    as_sam.post(url("specialty", case), {"specialty": ""})
    case.refresh_from_db()
    assert case.specialty is None


def test_a_note_is_for_the_care_team_and_never_overwritten_unseen(case, as_sam, as_tess):
    as_sam.post(url("note", case), {"note": "Call\r\nafter 17:00", "was": ""})
    case.refresh_from_db()
    assert case.clinic_note == "Call\nafter 17:00"
    answer = as_tess.post(url("note", case), {"note": "Mine", "was": ""})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Mine" in page
    assert "after 17:00" in page
    case.refresh_from_db()
    assert case.clinic_note.startswith("Call")
    as_tess.post(url("note", case), {"note": "Both", "was": "Call\r\nafter 17:00"})
    case.refresh_from_db()
    assert case.clinic_note == "Both"


def test_going_on_without_a_record_takes_a_sentence(case, as_tess):
    assert as_tess.post(url("waive", case, "letter"), {"why": ""}).status_code == 422
    as_tess.post(url("waive", case, "letter"), {"why": "The report says it all"})
    line = case.checklist.get(type="letter")
    assert (line.state, line.note) == ("waived", "The report says it all")
    assert AuditEvent.objects.filter(act="checklist", subject_key="letter").exists()
    assert as_tess.get(url("waive", case, "pathology")).status_code == 404


def test_what_is_here_is_not_waived(case, as_tess):
    case.checklist.filter(type="letter").update(state="have")
    assert as_tess.post(url("waive", case, "letter"), {"why": "x"}).status_code == 404


def test_a_waiver_can_be_taken_back(case, as_tess, as_sam):
    as_tess.post(url("waive", case, "letter"), {"why": "The report says it all"})
    page = reverse("home:staff_case", args=[case.reference])
    want = url("want", case, "letter")
    assert want in as_tess.get(page).content.decode() and want not in as_sam.get(page).content.decode()
    assert as_sam.post(want).status_code == 403
    assert as_tess.post(want).url == page
    line = case.checklist.get(type="letter")
    assert (line.state, line.note) == ("to_come", "")
    assert AuditEvent.objects.filter(act="checklist", detail={"to": "to_come"}).count() == 1
    assert as_tess.post(want).status_code == 409
    assert as_tess.post(url("want", case, "pathology")).status_code == 404


def test_a_waived_record_that_came_is_here_when_it_is_wanted_again(case, as_tess):
    as_tess.post(url("waive", case, "letter"), {"why": "The report says it all"})
    make_record(case, type="letter")
    as_tess.post(url("want", case, "letter"))
    assert case.checklist.get(type="letter").state == "have"


def test_a_record_that_came_while_the_waiver_was_written_stays_here(case, tess):
    line = case.checklist.get(type="letter")
    case.checklist.filter(pk=line.pk).update(state="have")
    with pytest.raises(StepNotPossible, match="come meanwhile"):
        actions.waive(case=case, item=line, reason="x", by=tess, now=timezone.now())
    assert case.checklist.get(pk=line.pk).state == "have"


def test_nothing_is_judged_or_offered_once_nobody_works_on_it(ana, tess, dr_vega, as_tess):
    signed = make_case(ana, "delivered", staff=tess, specialist=dr_vega, now=timezone.now())
    signed.checklist.filter(type="letter").update(state="to_come")
    assert as_tess.get(url("waive", signed, "letter")).status_code == 409
    assert as_tess.get(url("specialty", signed)).status_code == 409
    page = as_tess.get(reverse("home:staff_case", args=[signed.reference])).content.decode()
    for name, more in (("waive", ["letter"]), ("specialty", []), ("ask", [])):
        assert url(name, signed, *more) not in page


def test_accepting_says_what_stands_against_it_until_nothing_does(case, as_tess):
    def objection():
        answer = as_tess.post(url("accept", case))
        assert answer.status_code == 409
        return answer.content.decode()

    assert "Set the urgency first" in objection()
    as_tess.post(url("urgency", case), {"urgency": "soon", "reason": "x"})
    assert "A record is missing" in objection()
    for line in case.checklist.all():
        as_tess.post(url("waive", case, line.type), {"why": "Not needed"})
    assert as_tess.get(url("accept", case)).status_code == 200
    answer = as_tess.post(url("accept", case))
    assert answer.url == url("match", case)
    case.refresh_from_db()
    assert case.status == "routing"
    assert case.accepted_at
    assert as_tess.post(url("accept", case)).status_code == 409


def test_declining_tells_the_patient_a_sentence(case, tess, as_tess):
    assert "The patient will read this" in as_tess.get(url("decline", case)).content.decode()
    as_tess.post(url("decline", case), {"reason": "scope", "sentence": "Ask a dentist."})
    case.refresh_from_db()
    change = StatusChange.objects.get(case=case, act="decline")
    assert (case.status, change.reason, change.sentence, change.by) == (
        "declined",
        "scope",
        "Ask a dentist.",
        tess,
    )
    assert case.reminders.filter(rule="N2", status="planned").exists()


@pytest.mark.parametrize(
    "typed", [{}, {"reason": "scope"}, {"reason": "mood", "sentence": "No"}, {"sentence": "Keep me"}]
)
def test_declining_owes_both_and_keeps_what_was_typed(typed, case, as_tess):
    answer = as_tess.post(url("decline", case), typed)
    assert answer.status_code == 422
    assert typed.get("sentence", "") in answer.content.decode()
    case.refresh_from_db()
    assert case.status == "triage"


def test_suggested_words_come_without_a_script_and_can_be_changed(case, as_tess):
    for reason in DeclineReason:
        answer = as_tess.post(url("decline", case), {"reason": reason, "sentence": "Mine", "suggest": "1"})
        words = answer.context["form"]["sentence"].value()
        assert answer.status_code == 200
        assert (words == "Mine") is (reason == "other")
    case.refresh_from_db()
    assert case.status == "triage"


def test_only_the_lead_removes_and_nobody_else_sees_it_then(case, lea, as_lea, as_tess, ana):
    assert as_tess.get(url("void", case)).status_code == 403
    assert as_lea.post(url("void", case), {"reason": "bored"}).status_code == 422
    as_lea.post(url("void", case), {"reason": "duplicate", "note": "Sent twice"})
    case.refresh_from_db()
    assert case.status == "entered_in_error"
    page = reverse("home:staff_case", args=[case.reference])
    assert as_tess.get(page).status_code == 404
    assert as_lea.get(page).status_code == 200


def test_a_signed_case_is_never_removed(ana, tess, dr_vega, as_lea):
    signed = make_case(ana, "delivered", staff=tess, specialist=dr_vega, now=timezone.now())
    assert as_lea.post(url("void", signed), {"reason": "test"}).status_code == 409
