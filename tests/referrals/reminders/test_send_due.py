"""Sending what is due: once, when it is still wanted, in the hours, under the cap."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from referrals.models import AuditEvent, Reminder, ReminderPreference
from referrals.reminders import actions, checks, posting
from referrals.rules import catalogue
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import take
from tests.build import NOW, later, make_case, make_draft, make_offer, make_opinion

CHICAGO = ZoneInfo("America/Chicago")


def at(text, zone=CHICAGO):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def state(case, rule):
    return {row.step: row.why_dropped or row.status for row in case.reminders.filter(rule=rule)}


def subjects(catcher):
    return [mail["Subject"] for mail in catcher.mails]


@pytest.fixture
def draft(ana):
    """A draft with P1 alone: nothing to hold, no date."""
    case = make_draft(ana, situation="trust", decide_by_on=None)
    catalogue.plan(case, now=NOW)
    return case


def test_a_due_reminder_goes_out_once_and_is_written_down(draft, catcher):
    now = later(days=1, minutes=5)
    assert actions.send_due(now=now) == 1
    assert actions.send_due(now=now) == 0
    assert actions.send_due(now=later(days=1, minutes=9)) == 0
    (mail,) = catcher.mails
    row = draft.reminders.get(rule="P1", step="1d")
    assert (row.status, row.sent_at, row.attempts, row.last_error) == ("sent", now, 1, "")
    assert mail["To"] == "ana@fernhollow.example"
    assert mail["Subject"] == "Your request is not sent yet"
    assert mail["From"] == "Fernhollow Clinic <portal@fernhollow.example>"
    assert mail["Message-ID"] == f"<{row.key.hex}@127.0.0.1>"
    event = AuditEvent.objects.get(act="reminder_sent")
    assert (event.case_reference, event.subject_key, event.person_id) == (draft.reference, str(row.key), None)
    assert event.detail == {"rule": "P1", "step": "1d", "to": draft.patient_id}


def test_nothing_goes_before_it_is_due(draft, catcher):
    assert actions.send_due(now=later(hours=23)) == 0
    assert catcher.mails == []


def test_r39_a_failing_audit_sends_nothing_and_the_reminder_waits(draft, catcher, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(actions.audit, "record", broken)
    actions.send_due(now=later(days=1))
    row = draft.reminders.get(rule="P1", step="1d")
    assert catcher.mails == []
    assert (row.status, row.last_error) == ("planned", "RuntimeError")


def test_r39_what_is_no_longer_owed_is_dropped_just_before_it_goes(draft, catcher):
    type(draft).objects.filter(pk=draft.pk).update(status="withdrawn")  # behind the ledger's back
    actions.send_due(now=later(days=1))
    assert catcher.mails == []
    assert state(draft, "P1")["1d"] == "not_needed"


def test_r39_a_closed_account_gets_nothing(draft, ana, catcher):
    ana.is_active = False
    ana.save()
    actions.send_due(now=later(days=1))
    assert catcher.mails == []
    assert state(draft, "P1")["1d"] == "recipient_gone"


def test_r39_a_specialist_who_left_the_clinic_gets_no_offer(ana, tess, dr_vega, catcher):
    case = make_case(ana, "routing", staff=tess)
    actions.send_due(now=NOW)
    catcher.mails.clear()
    make_offer(case, dr_vega, by=tess)
    dr_vega.memberships.update(ended_at=NOW)
    actions.send_due(now=later(minutes=1))
    assert catcher.mails == []
    assert state(case, "D1") == {"offer": "not_theirs"}


def test_r39_a_reassigned_specialist_is_not_nudged(ana, tess, dr_vega, catcher):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    actions.send_due(now=NOW)
    catcher.mails.clear()
    case.reminders.filter(rule="D3", step="half").update(status="sending", claimed_at=NOW)
    take(CASE, "reassign", case, by=tess, now=later(hours=1), reason="absent")
    take(REFERRAL, "take_back", case.referrals.get(), by=tess, now=later(hours=1))
    actions.send_due(now=later(days=5))
    assert not [mail for mail in catcher.mails if "opinion" in mail["Subject"].lower()]
    assert state(case, "D3")["half"] == "not_needed"


def test_r39_after_a_days_outage_only_the_latest_step_goes(ana, tess, catcher):
    case = make_case(ana, "info_needed", staff=tess)
    case.reminders.exclude(rule="P9").delete()
    actions.send_due(now=at("2026-11-30 10:00"))
    assert subjects(catcher) == ["One thing is waiting for you"]
    assert state(case, "P9") == {
        "asked": "superseded", "1d": "superseded", "3d": "superseded", "5d": "sent", "7d": "planned",
    }  # fmt: skip


def test_r39_news_and_its_reminder_both_due_is_one_mail(ana, tess, dr_vega, catcher):
    case = make_case(ana, "delivered", staff=tess, specialist=dr_vega)
    actions.send_due(now=at("2026-11-26 10:00"))
    assert subjects(catcher).count("Your opinion is waiting for you") == 1
    assert "Your opinion is ready" not in subjects(catcher)
    assert state(case, "P14") == {"ready": "superseded", "1d": "sent", "3d": "planned"}


def test_a_second_question_is_asked_anew(ana, tess, catcher):
    case = make_case(ana, "info_needed", staff=tess)
    actions.send_due(now=NOW)
    request = case.info_requests.get()
    request.items.update(status="answered", answered_at=NOW)
    from referrals.rules import information

    information.send_answer(request=request, by=ana, now=later(days=1))
    case.refresh_from_db()
    take(CASE, "ask", case, by=tess, now=later(days=2))
    from tests.build import make_info_request

    make_info_request(case, by=tess, now=later(days=2), items=("One", "Two"))
    actions.send_due(now=later(days=2))
    assert [subject for subject in subjects(catcher) if "waiting" in subject] == [
        "One thing is waiting for you",
        "2 things are waiting for you",
    ]


# --- quiet hours ----------------------------------------------------------------------------------


def test_quiet_hours_are_the_recipients_at_the_moment_of_sending(draft, ana, catcher):
    ana.zone = "Asia/Tokyo"  # moved after it was planned: due at 9:00 in Chicago, which is midnight there
    ana.save()
    actions.send_due(now=later(days=1))
    assert catcher.mails == []
    row = draft.reminders.get(rule="P1", step="1d")
    assert (row.status, row.attempts) == ("planned", 0)
    assert row.due_at == at("2026-11-26 09:00", ZoneInfo("Asia/Tokyo"))
    actions.send_due(now=row.due_at)
    assert len(catcher.mails) == 1


@pytest.mark.parametrize(
    ("zone", "night", "opening"),
    [
        ("Europe/Berlin", "2026-10-24 20:00", "2026-10-26 09:00"),  # Saturday night; Sunday has 25 hours
        ("America/Chicago", "2026-10-31 20:00", "2026-11-02 09:00"),
    ],
)
def test_r39_quiet_hours_over_the_clock_change(ana, catcher, zone, night, opening):
    zone = ZoneInfo(zone)
    ana.zone = str(zone)
    ana.save()
    case = make_draft(ana, now=at(night, zone) - dt.timedelta(days=1), situation="trust", decide_by_on=None)
    catalogue.plan(case, now=case.edited_at)
    Reminder.objects.filter(step="1d").update(due_at=at(night, zone))
    actions.send_due(now=at(night, zone))
    row = case.reminders.get(rule="P1", step="1d")
    assert row.due_at == at(opening, zone)
    moment = at(night, zone)
    while moment < at(opening, zone):  # a tick each half an hour through the change
        actions.send_due(now=moment)
        moment = (moment.astimezone(dt.UTC) + dt.timedelta(minutes=30)).astimezone(zone)
    assert catcher.mails == []
    actions.send_due(now=at(opening, zone))
    actions.send_due(now=at(opening, zone) + dt.timedelta(minutes=1))
    assert len(catcher.mails) == 1


def test_an_opinion_that_is_ready_is_told_at_night(ana, tess, dr_vega, catcher):
    night = at("2026-11-28 23:30")
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    actions.send_due(now=NOW)
    make_opinion(case, signed=True, now=night)
    take(CASE, "deliver", case, by=dr_vega, now=night)
    actions.send_due(now=night)
    assert subjects(catcher)[-1] == "Your opinion is ready"


# --- the cap --------------------------------------------------------------------------------------


def test_the_kinds_under_the_cap_are_all_that_remind_patients():
    reminding = {rule.id for rule in catalogue.RULES.values() if rule.is_for_patients and not rule.is_news}
    assert set(checks.CAPPED) == reminding


def test_a_patient_gets_one_reminder_a_day_all_kinds_and_cases_together(ana, catcher):
    cases = [make_draft(ana) for _n in range(2)]  # each: P1 and P3 due tomorrow at 9:00
    for case in cases:
        catalogue.plan(case, now=NOW)
    for minutes in range(0, 600, 7):
        actions.send_due(now=at("2026-11-25 09:00") + dt.timedelta(minutes=minutes))
    assert len(catcher.mails) == 1
    assert subjects(catcher) == ["Your request is not sent yet"]  # it matters more than holding a place
    waiting = Reminder.objects.filter(status="planned", step="1d")
    assert {row.due_at for row in waiting} == {at("2026-11-26 09:00")}
    for minutes in range(0, 30, 2):
        actions.send_due(now=at("2026-11-26 09:00") + dt.timedelta(minutes=minutes))
    assert len(catcher.mails) == 2


def test_news_is_neither_capped_nor_counted(ana, tess, catcher):
    make_draft(ana, situation="trust", decide_by_on=None)
    draft = ana.cases.get()
    catalogue.plan(draft, now=NOW)
    actions.send_due(now=later(days=1))
    case = make_case(ana, "info_needed", staff=tess, now=later(days=1, hours=1))
    actions.send_due(now=later(days=1, hours=1))
    assert subjects(catcher)[0] == "Your request is not sent yet"
    assert {"We have your request", "One thing is waiting for you"} == set(subjects(catcher)[1:])
    assert state(case, "P9")["asked"] == "sent"


def test_another_patients_day_is_their_own(ana, ben, catcher):
    for person in (ana, ben):
        catalogue.plan(make_draft(person, situation="trust"), now=NOW)
    actions.send_due(now=later(days=1))
    assert {mail["To"] for mail in catcher.mails} == {"ana@fernhollow.example", "ben@fernhollow.example"}


# --- wishes ---------------------------------------------------------------------------------------


def test_a_stopped_kind_is_dropped_and_others_still_come(ana, tess, catcher):
    case = make_case(ana, "info_needed", staff=tess)
    actions.stop(person=ana, rule="P3", now=NOW)
    for hours in range(0, 24 * 9, 6):
        actions.send_due(now=at("2026-11-24 09:00") + dt.timedelta(hours=hours))
    assert set(state(case, "P3").values()) == {"stopped"}
    assert state(case, "P9")["7d"] == "sent"


def test_stopping_never_hides_news(ana, tess, catcher):
    case = make_case(ana, "info_needed", staff=tess)
    actions.stop(person=ana, rule="P9", now=NOW)
    actions.send_due(now=at("2026-12-03 10:00"))
    assert state(case, "P9") == {"asked": "sent", "1d": "superseded", "3d": "superseded", "5d": "superseded",
                                 "7d": "stopped"}  # fmt: skip


@pytest.mark.parametrize("rule", ["P14", "D1", "N1", "N2", "P77"])
def test_news_can_not_be_stopped(ana, rule):
    with pytest.raises(ValueError, match="no kind"):
        actions.stop(person=ana, rule=rule, now=NOW)
    assert not ReminderPreference.objects.exists()


def test_a_snooze_puts_off_and_then_it_comes(draft, ana, catcher):
    until = actions.snooze(person=ana, rule="P1", days=3, now=later(hours=20))
    assert until == at("2026-11-28 09:00")  # three days from 5:00 at night: the opening after that
    for hours in range(20, 90):
        actions.send_due(now=later(hours=hours))
    assert catcher.mails == []
    actions.send_due(now=until)
    assert len(catcher.mails) == 1
    assert AuditEvent.objects.filter(act="reminder_setting", person_id=ana.pk).count() == 1


def test_a_snooze_ends_on_the_eve_of_the_decision_date(ana, catcher):
    case = make_draft(ana, decide_by_on=dt.date(2026, 12, 3))
    catalogue.plan(case, now=NOW)
    actions.send_due(now=at("2026-11-28 08:00"))
    actions.snooze(person=ana, rule="P2", days=7, now=at("2026-11-28 10:00"))
    row = case.reminders.get(rule="P2", step="2d")
    assert row.due_at == at("2026-12-02 08:00")
    for hours in range(24 * 6):
        actions.send_due(now=at("2026-11-28 10:00") + dt.timedelta(hours=hours))
    row.refresh_from_db()
    assert (row.status, row.sent_at) == ("sent", at("2026-12-02 08:00"))


def test_a_snooze_too_near_the_date_changes_nothing(ana, catcher):
    case = make_draft(ana, decide_by_on=dt.date(2026, 11, 27))
    catalogue.plan(case, now=at("2026-11-25 07:00"))
    actions.snooze(person=ana, rule="P2", days=7, now=at("2026-11-26 09:00"))
    actions.send_due(now=at("2026-11-26 09:05"))
    assert state(case, "P2")["2d"] == "sent"


def test_starting_again_brings_back_the_usual_moments(draft, ana):
    before = list(draft.reminders.order_by("pk").values_list("due_at", flat=True))
    actions.snooze(person=ana, rule="P1", days=7, now=NOW)
    actions.start_again(person=ana, rule="P1", now=NOW)
    assert list(draft.reminders.order_by("pk").values_list("due_at", flat=True)) == before


# --- claims ---------------------------------------------------------------------------------------


def test_a_stuck_claim_is_released_after_ten_minutes_and_sent_once(draft, catcher):
    now = later(days=1)
    assert posting.claim(Reminder, now=now)  # and the worker dies
    assert actions.send_due(now=now + dt.timedelta(minutes=9)) == 0
    assert actions.send_due(now=now + dt.timedelta(minutes=11)) == 1
    assert len(catcher.mails) == 1
    assert draft.reminders.get(step="1d").attempts == 2
