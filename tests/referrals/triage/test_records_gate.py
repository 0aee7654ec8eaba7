"""The gate of the records: yes with records to come, the file complete, the patient's yes to less, lines taken back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals.models import AuditEvent, GoWithout, Reminder, StatusChange
from referrals.rules import clocks, completeness, sources
from referrals.rules.roads import CASE
from referrals.rules.workflow import StepNotPossible, take
from referrals.sources import actions
from tests.build import make_case, make_record, make_source
from tests.referrals.triage.conftest import at

WHY = {"why": "The question is clear and the scan is asked for"}


def url(name, case, *args):
    return reverse(f"triage:{name}", args=[case.reference, *args])


@pytest.fixture
def case(ana, tess):
    return make_case(ana, "triage", staff=tess, now=timezone.now())


@pytest.fixture
def pending(ana, tess):
    return make_case(ana, "records_pending", staff=tess, now=timezone.now())


def urgent_enough(case, as_tess):
    as_tess.post(url("urgency", case), {"urgency": "soon", "reason": "x"})


# --- T7 -------------------------------------------------------------------------------------------


def test_t7_yes_with_records_to_come_keeps_the_reason_and_starts_the_clock_of_the_source(case, ana, as_tess):
    now = timezone.now()
    source = make_source(case, now=now, status="requested", requested_on=now.date())
    assert "Set the urgency first" in as_tess.post(url("accept_pending", case), WHY).content.decode()
    urgent_enough(case, as_tess)
    assert as_tess.post(url("accept_pending", case), {}).status_code == 422
    as_tess.post(url("accept_pending", case), WHY)
    case.refresh_from_db()
    assert case.status == "records_pending"
    assert (case.accepted_at is not None, case.complete_at, case.route_due_at) == (True, None, None)
    hours = clocks.clinic_hours(case.clinic)
    assert case.records_due_at == case.due_at == clocks.end_of_day(source.due_on, hours)
    assert StatusChange.objects.get(act="accept_pending").note == WHY["why"]
    page = at(ana).get(reverse("home:case", args=[case.reference])).content.decode()
    assert "Waiting for records from Millpond Imaging" in page
    assert "We said yes to your request" in page


def test_t7_is_for_those_who_judge_and_needs_something_missing(case, as_sam, as_tess, ana, ben, dr_vega):
    assert as_sam.post(url("accept_pending", case), WHY).status_code == 403
    for person in (ana, ben, dr_vega):
        assert at(person).post(url("accept_pending", case), WHY).status_code == 404
    urgent_enough(case, as_tess)
    case.checklist.update(state="have")
    answer = as_tess.post(url("accept_pending", case), WHY)
    assert answer.status_code == 409
    assert "Nothing is missing" in answer.content.decode()


def test_t8_a_complete_file_starts_the_promise_at_once(ana, tess):
    case = make_case(ana, "routing", staff=tess)
    assert case.complete_at == case.accepted_at


# --- T9, T10 --------------------------------------------------------------------------------------


def test_t9_goes_on_once_every_line_is_here_or_not_needed(pending, as_sam, as_tess):
    answer = as_sam.post(url("complete", pending))
    assert answer.status_code == 409
    assert "still missing" in answer.content.decode()
    first, *others = pending.checklist.all()
    as_sam.post(url("line", pending, first.type), {"state": "have", "reason": "Came by fax"})
    for line in others:
        as_tess.post(url("waive", pending, line.type), {"why": "The letter tells enough"})
    assert as_sam.get(url("complete", pending)).status_code == 200
    as_sam.post(url("complete", pending))
    pending.refresh_from_db()
    assert (pending.status, pending.records_due_at) == ("routing", None)
    assert pending.complete_at > pending.accepted_at
    assert pending.due_at == pending.route_due_at
    assert as_sam.post(url("complete", pending)).status_code == 409


def test_t10_and_the_patient_may_still_end_it(ana, ben, tess):
    for act, by, more in (
        ("decline", tess, {"reason": "records", "sentence": "Too little is here."}),
        ("withdraw", ana, {}),
    ):
        case = make_case(ana, "records_pending", staff=tess)
        GoWithout.objects.create(
            case=case, types=["images"], text="x", asked_by=tess, asked_at=timezone.now()
        )
        take(CASE, act, case, by=by, now=timezone.now(), **more)
        assert (case.records_due_at, case.go_withouts.get().status) == (None, "closed")


# --- going without --------------------------------------------------------------------------------


def ask(case, browser):
    browser.post(url("go_without", case), {"text": "We can read the plan, not the scan."})
    return GoWithout.objects.get(case=case, status="open")


def test_the_patients_yes_on_the_portal_settles_what_was_asked(pending, ana, as_sam):
    asked = ask(pending, as_sam)
    missing = set(asked.types)
    assert missing == set(pending.checklist.values_list("type", flat=True))
    assert Reminder.objects.filter(case=pending, rule="P9", recipient=ana, step="asked").exists()
    page = reverse("sources:consent", args=[pending.reference])
    assert "not the scan" in at(ana).get(page).content.decode()
    assert (
        "One question about your records"
        in at(ana).get(reverse("home:case", args=[pending.reference])).content.decode()
    )
    assert at(ana).post(page, {}).status_code == 422
    at(ana).post(page, {"answer": "yes"})
    asked.refresh_from_db()
    assert (asked.status, asked.answered_by) == ("yes", ana)
    assert set(pending.checklist.values_list("state", flat=True)) == {"waived"}
    assert not Reminder.objects.filter(case=pending, rule="P9", status="planned").exists()
    assert AuditEvent.objects.filter(act="consent").count() == 2
    assert at(ana).post(page, {"answer": "no"}).status_code == 409
    as_sam.post(url("complete", pending))
    pending.refresh_from_db()
    assert pending.status == "routing"


def test_a_no_leaves_everything_as_it_was(pending, ana, as_sam):
    ask(pending, as_sam)
    at(ana).post(reverse("sources:consent", args=[pending.reference]), {"answer": "no"})
    assert "waived" not in set(pending.checklist.values_list("state", flat=True))
    assert as_sam.post(url("complete", pending)).status_code == 409
    assert ask(pending, as_sam)  # may be asked again


def test_on_the_phone_it_takes_a_note(pending, sam, as_sam):
    asked = ask(pending, as_sam)
    page = url("consent_by_phone", pending)
    assert as_sam.post(page, {"answer": "yes"}).status_code == 422
    as_sam.post(page, {"answer": "yes", "note": "10:15, she wants to begin"})
    asked.refresh_from_db()
    assert (asked.status, asked.answered_by, asked.note) == ("yes", sam, "10:15, she wants to begin")
    assert as_sam.post(page, {"answer": "no", "note": "x"}).status_code == 409


def test_staff_may_stop_asking(pending, as_sam):
    asked = ask(pending, as_sam)
    as_sam.post(url("consent_by_phone", pending), {"answer": "closed", "note": "It came"})
    asked.refresh_from_db()
    assert asked.status == "closed"


def test_nobody_is_asked_twice_for_nothing_or_at_another_time(pending, case, as_sam, as_tess):
    assert as_sam.post(url("go_without", case), {"text": "x"}).status_code == 409
    ask(pending, as_sam)
    assert as_sam.post(url("go_without", pending), {"text": "x"}).status_code == 409
    GoWithout.objects.all().delete()
    pending.checklist.update(state="have")
    assert as_tess.post(url("go_without", pending), {"text": "x"}).status_code == 409


def test_others_neither_ask_nor_answer(pending, ben, dr_vega, tess, as_sam):
    ask(pending, as_sam)
    page = reverse("sources:consent", args=[pending.reference])
    assert at(tess).post(page, {"answer": "yes"}).status_code == 403
    for person in (ben, dr_vega):
        assert at(person).post(page, {"answer": "yes"}).status_code == 404
        assert at(person).post(url("go_without", pending), {"text": "x"}).status_code == 404
        assert (
            at(person).post(url("consent_by_phone", pending), {"answer": "yes", "note": "x"}).status_code
            == 404
        )
    assert GoWithout.objects.get().status == "open"


def test_what_came_since_is_not_called_missing_and_ends_the_question(pending, ana, as_sam):
    pending.checklist.exclude(type__in=["letter", "images"]).delete()
    asked = ask(pending, as_sam)
    page = reverse("sources:consent", args=[pending.reference])
    now = timezone.now()
    make_record(pending, type="letter", status="ready", now=now)
    completeness.came(pending, "letter", now=now)
    shown = at(ana).get(page).content.decode()
    assert "The scan or X-ray images" in shown
    assert "Letter from your doctor" not in shown
    make_record(pending, name="scan.dcm", type="images", status="ready", now=now)
    completeness.came(pending, "images", now=now)
    asked.refresh_from_db()
    assert (asked.status, asked.answered_by) == ("closed", None)
    assert not Reminder.objects.filter(case=pending, rule="P9", status="planned").exists()
    shown = at(ana).get(page).content.decode()
    assert "still missing" not in shown
    assert "Send my answer" not in shown


def test_staff_saying_that_the_last_line_is_here_ends_the_question(pending, as_sam):
    pending.checklist.exclude(type="letter").delete()
    asked = ask(pending, as_sam)
    as_sam.post(url("line", pending, "letter"), {"state": "have", "reason": "Came by fax"})
    asked.refresh_from_db()
    assert asked.status == "closed"


def test_after_a_yes_nobody_is_chased_for_what_nobody_waits_for(pending, ana, as_sam):
    now = timezone.now()
    day = (now - 8 * clocks.DAY).date()
    waits = {"status": "requested", "requested_on": day, "chase_on": day}
    make_source(pending, now=now, name="Millpond Imaging", types=["images"], **waits)
    make_source(pending, now=now, name="Brookfall Spine", types=["other"], **waits)
    ask(pending, as_sam)
    answer = at(ana).post(
        reverse("sources:consent", args=[pending.reference]), {"answer": "yes"}, follow=True
    )
    page = answer.content.decode()
    assert "Your answer is sent. We begin without them." in page
    assert "We wait for your records" not in page
    assert "Call Millpond Imaging" not in page
    assert "Call Brookfall Spine" in page
    source = pending.sources.get(name="Millpond Imaging")
    assert (source.status, source.why) == ("waived", "Agreed to begin without it")
    pending.refresh_from_db()
    assert (
        "The patient agreed"
        not in at(ana).get(reverse("sources:list", args=[pending.reference])).content.decode()
    )


def test_a_no_is_confirmed(pending, ana, as_sam):
    ask(pending, as_sam)
    page = reverse("sources:consent", args=[pending.reference])
    assert (
        "Your answer is sent. We wait." in at(ana).post(page, {"answer": "no"}, follow=True).content.decode()
    )
    assert "Rather talk to a person?" in at(ana).get(page).content.decode()


def test_what_the_patient_has_to_sign_is_their_next_step(pending, ana):
    now = timezone.now()
    make_source(pending, now=now, status="requested", requested_on=now.date(), name="Millpond Imaging")
    lab = make_source(pending, now=now, name="Heronsgate Lab", types=["pathology"])
    actions.choose_route(source=lab, route="authorisation", by=ana, now=now)
    page = at(ana).get(reverse("home:case", args=[pending.reference])).content.decode()
    assert "We ask for these records as soon as you have signed" in page
    assert page.index(reverse("sources:sign", args=[pending.reference, lab.key])) < page.index(
        "Where things are"
    )


# --- the lines ------------------------------------------------------------------------------------


def test_a_waived_line_is_taken_back_with_a_reason(case, as_sam, as_tess):
    as_tess.post(url("waive", case, "letter"), {"why": "Not needed"})
    line = case.checklist.get(type="letter")
    assert as_sam.get(url("line", case, "letter")).status_code == 403
    assert as_tess.post(url("line", case, "letter"), {"state": "to_come"}).status_code == 422
    assert as_tess.post(url("line", case, "letter"), {"state": "waived", "reason": "x"}).status_code == 422
    as_tess.post(url("line", case, "letter"), {"state": "to_come", "reason": "Needed after all"})
    line.refresh_from_db()
    assert (line.state, line.note) == ("to_come", "Needed after all")
    event = AuditEvent.objects.filter(act="checklist").latest("pk")
    assert event.detail == {"from": "waived", "to": "to_come"}


def test_lines_are_settled_once_a_specialist_has_the_file(ana, tess, as_tess):
    case = make_case(ana, "routing", staff=tess, now=timezone.now())
    assert as_tess.post(url("line", case, "letter"), {"state": "to_come", "reason": "x"}).status_code == 409


def test_the_list_of_those_to_chase(case, ana, ben, tess, as_tess):
    now = timezone.now()
    make_source(
        case, now=now, status="requested", requested_on=(now - 12 * clocks.DAY).date(), route="authorisation"
    )
    fresh = make_case(ben, "triage", staff=tess, now=now, subject_name="Fresh One")
    make_source(fresh, now=now, status="requested", requested_on=now.date())
    page = as_tess.get(reverse("triage:worklist") + "?view=chase").content.decode()
    assert case.reference in page
    assert fresh.reference not in page


def test_the_next_act_of_a_waiting_case(pending, as_sam, as_tess):
    def said():
        return as_tess.get(reverse("triage:worklist") + "?view=pending").content.decode()

    assert "Ask for the missing records" in said()
    now = timezone.now()
    today = sources.today_of(pending, now)
    source = make_source(pending, now=now, status="requested", requested_on=today - 12 * clocks.DAY)
    assert "Call Millpond Imaging: 12 days since asked" in said()
    type(source).objects.update(chase_on=today + 5 * clocks.DAY)
    assert "Wait for Millpond Imaging" in said()
    ask(pending, as_sam)
    assert "Patient to answer: begin without?" in said()
    type(source).objects.update(chase_on=today)
    assert "Call Millpond Imaging: 12 days since asked" in said()  # a question to the patient stops no call
    pending.checklist.update(state="have")
    assert "Say that the file is complete" in said()


def test_a_step_that_came_too_late_changes_nothing(pending, tess):
    with pytest.raises(StepNotPossible):
        take(CASE, "accept", pending, by=tess, now=timezone.now())
