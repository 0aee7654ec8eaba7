"""The pages: links in mails, a person's wishes, the ledger of a case, all reminders of the clinic."""

import datetime as dt
import re

import pytest

from referrals.models import AuditEvent, Clinic, Reminder, ReminderPreference
from referrals.reminders import actions, wishes
from referrals.rules import catalogue
from referrals.rules.roads import CASE
from referrals.rules.workflow import take
from referrals.vocabulary import Role
from tests.build import NOW, later, make_case, make_draft, make_person


@pytest.fixture
def case(ana, tess):
    return make_case(ana, "info_needed", staff=tess)


@pytest.fixture
def reminder(case):
    return case.reminders.get(rule="P9", step="1d")


# --- links in mails -------------------------------------------------------------------------------


def test_opening_a_link_changes_nothing(client, reminder):
    for act in ("later", "stop"):
        page = client.get(wishes.link(reminder, act))
        assert page.status_code == 200
        assert b"We asked you for something" in page.content
    assert not ReminderPreference.objects.exists()
    assert not AuditEvent.objects.filter(act="reminder_setting").exists()


def test_a_link_says_nothing_about_the_person_or_the_case(client, ana, case, reminder):
    ana.name = "Annabella Whitcomb"
    ana.save()
    for act in ("later", "stop"):
        html = client.get(wishes.link(reminder, act)).content.decode()
        assert case.reference not in html
        assert ana.email not in html
        assert "Annabella" not in html


def test_stopping_by_link_needs_no_sign_in(client, ana, reminder):
    page = client.post(wishes.link(reminder, "stop"))
    assert page.status_code == 200
    wish = ReminderPreference.objects.get()
    assert (wish.person, wish.rule, bool(wish.stopped_at)) == (ana, "P9", True)
    event = AuditEvent.objects.get(act="reminder_setting")
    assert (event.person_id, event.detail) == (ana.pk, {"rule": "P9", "change": ["stopped_at"]})


def test_a_mail_program_stops_with_one_click(ana, reminder):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    page = strict.post(wishes.link(reminder, "stop"), {"List-Unsubscribe": "One-Click"})
    assert page.status_code == 200
    assert ReminderPreference.objects.get().stopped_at
    assert strict.post(wishes.link(reminder, "later"), {"days": "1"}).status_code == 403


@pytest.mark.parametrize("days", [1, 3, 7])
def test_later_by_link_puts_off(client, ana, reminder, days):
    page = client.post(wishes.link(reminder, "later"), {"days": days})
    assert page.status_code == 200
    assert b"We remind you again on" in page.content
    assert ReminderPreference.objects.get().snoozed_until


def test_later_without_a_day_says_so(client, reminder):
    for data in ({}, {"days": "30"}, {"days": "x"}):
        page = client.post(wishes.link(reminder, "later"), data)
        assert page.status_code == 422
        assert b"Choose when" in page.content
    assert not ReminderPreference.objects.exists()


def test_a_link_is_good_for_one_act_alone_and_not_for_ever(client, reminder, monkeypatch):
    stop, later_ = wishes.link(reminder, "stop"), wishes.link(reminder, "later")
    token = stop.split("/")[-2]
    broken = [
        stop.replace("/stop/", "/later/"),
        later_.replace("/later/", "/stop/"),
        f"/reminders/stop/{token[:-2]}xx/",
        "/reminders/stop/nonsense/",
    ]
    for path in broken:
        assert client.post(path, {"days": "1"}).status_code == 404
    monkeypatch.setattr(wishes, "LASTS", -1)
    assert client.post(stop).status_code == 404
    assert not ReminderPreference.objects.exists()


def test_no_link_is_made_for_news(case):
    from referrals.reminders import mails

    row = case.reminders.select_related("case__clinic", "recipient").get(rule="N1")
    assert "/reminders/stop/" not in mails.mail_for(row, now=NOW).body


# --- one's own ------------------------------------------------------------------------------------


def kinds_on(page):
    return re.findall(r'id="kind-(\w+)"', page.content.decode())


def test_each_sees_the_kinds_they_may_get(client, ana, dr_vega, sam):
    patients = ["P1", "P2", "P3", "P7", "P8", "P11", "P9", "P10"]
    for person, kinds in ((ana, patients), (dr_vega, ["D3"]), (sam, ["S5", "S17"])):
        client.force_login(person)
        page = client.get("/reminders/")
        assert page.status_code == 200
        assert kinds_on(page) == kinds


def test_a_kind_is_stopped_put_off_and_started_again(client, ana, reminder):
    client.force_login(ana)
    assert b"Stopped" in client.post("/reminders/kinds/P9/", {"act": "stop"}, follow=True).content
    assert ReminderPreference.objects.get().stopped_at
    client.post("/reminders/kinds/P9/", {"act": "start"})
    assert ReminderPreference.objects.get().stopped_at is None
    assert b"not before" in client.post("/reminders/kinds/P9/", {"act": "3"}, follow=True).content
    assert ReminderPreference.objects.get().snoozed_until


def test_a_kind_that_is_none_or_always_comes_is_not_there(client, ana):
    client.force_login(ana)
    for rule in ("P14", "D1", "N1", "XX"):
        assert client.post(f"/reminders/kinds/{rule}/", {"act": "stop"}).status_code == 404
    assert client.post("/reminders/kinds/P9/", {"act": "explode"}).status_code == 302
    assert client.get("/reminders/kinds/P9/").status_code == 405
    assert not ReminderPreference.objects.exists()


def test_wishes_are_ones_own(client, ana, ben, reminder):
    client.force_login(ben)
    client.post("/reminders/kinds/P9/", {"act": "stop"})
    assert ReminderPreference.objects.get().person == ben


# --- the ledger -----------------------------------------------------------------------------------


def test_staff_see_planned_and_sent_with_the_next_one_first(client, tess, case, catcher):
    actions.send_due(now=NOW)
    actions.stop(person=case.patient, rule="P3", now=NOW)
    client.force_login(tess)
    page = client.get(f"/reminders/cases/{case.reference}/")
    html = " ".join(page.content.decode().split())
    assert page.status_code == 200
    assert html.count('class="is-next"') == 1
    assert "“One thing is waiting for you”" in html
    assert "They stopped this kind: it will not go out" in html
    assert "Answered, or not needed" in html
    assert "ana@fernhollow.example" in html
    assert html.index("is-next") < html.index("Sent and dropped")


def test_the_moment_is_shown_on_the_patients_clock_too(client, tess, ana, case):
    ana.zone = "Asia/Tokyo"
    ana.save()
    client.force_login(tess)
    assert b"Thu 00:00 where they are" in client.get(f"/reminders/cases/{case.reference}/").content


def test_only_staff_of_the_clinic_see_the_ledger(client, ana, ben, dr_vega, quin, sam, lea, case):
    path = f"/reminders/cases/{case.reference}/"
    outsider = make_person("out", Role.COORDINATOR, clinic=Clinic.objects.create(name="Elsewhere"))
    for person, status in (
        (ana, 403),
        (ben, 404),
        (dr_vega, 404),
        (quin, 404),
        (outsider, 404),
        (sam, 200),
        (lea, 200),
    ):
        client.force_login(person)
        assert client.get(path).status_code == status, person
    opened = AuditEvent.objects.filter(act="open_case", detail={"page": "reminders"})
    assert sorted(opened.values_list("person_id", flat=True)) == sorted([sam.pk, lea.pk])


def test_staff_skip_one_and_the_others_stay(client, sam, case, reminder):
    client.force_login(sam)
    page = client.post(f"/reminders/{reminder.key}/skip/")
    assert page["Location"] == f"/reminders/cases/{case.reference}/"
    reminder.refresh_from_db()
    assert (reminder.status, reminder.why_dropped) == ("dropped", "skipped")
    assert case.reminders.filter(rule="P9", status="planned").count() == 4
    assert AuditEvent.objects.get(act="reminder_setting").person_id == sam.pk
    assert client.post(f"/reminders/{reminder.key}/skip/").status_code == 409
    catalogue.plan(case, now=NOW)
    reminder.refresh_from_db()
    assert reminder.status == "dropped"


def test_r40_what_has_gone_out_can_not_be_skipped(client, sam, reminder):
    Reminder.objects.filter(pk=reminder.pk).update(status="sending", claimed_at=NOW)
    client.force_login(sam)
    assert client.post(f"/reminders/{reminder.key}/skip/").status_code == 409
    reminder.refresh_from_db()
    assert reminder.status == "sending"


def test_nobody_else_skips(client, ana, ben, dr_vega, quin, reminder):
    for person, status in ((ana, 403), (ben, 404), (dr_vega, 404), (quin, 404)):
        client.force_login(person)
        assert client.post(f"/reminders/{reminder.key}/skip/").status_code == status
    reminder.refresh_from_db()
    assert reminder.status == "planned"


# --- all of the clinic ----------------------------------------------------------------------------


def test_what_failed_and_who_is_to_call_come_first(client, sam, ana, tess, case):
    case.reminders.filter(rule="N1").update(
        status="failed", ended_at=NOW, last_error="SMTPRecipientsRefused 550"
    )
    case.reminders.filter(rule="P9", step="7d").update(
        status="sent", sent_at=later(days=7), ended_at=later(days=7)
    )
    client.force_login(sam)
    page = client.get("/reminders/all/").content.decode()
    assert "SMTPRecipientsRefused 550" in page
    calls = client.get("/reminders/all/?tab=call").content.decode()
    assert case.reference in calls
    assert "To call<b>1</b>" in calls
    case.info_requests.update(status="answered", answered_at=later(days=8))
    assert "To call<b>0</b>" in client.get("/reminders/all/?tab=call").content.decode()


def test_only_the_clinics_own_are_listed(client, sam, case):
    other = Clinic.objects.create(name="Elsewhere")
    stranger = make_draft(make_person("stranger"), clinic=other)
    catalogue.plan(stranger, now=NOW)
    client.force_login(sam)
    html = client.get("/reminders/all/?tab=next").content.decode()
    assert case.reference in html
    assert stranger.reference not in html


def test_patients_specialists_and_readers_see_no_list(client, ana, dr_vega, quin):
    for person in (ana, dr_vega, quin):
        client.force_login(person)
        assert client.get("/reminders/all/").status_code == 403


def test_pages_of_a_long_list_hold_each_row_once(client, sam, case):
    rows = [
        Reminder(case=case, recipient=case.patient, rule="P9", occasion=f"{n}", step="1d", ruled_at=NOW,
                 due_at=NOW + dt.timedelta(minutes=n // 3), planned_at=NOW)
        for n in range(120)
    ]  # fmt: skip
    Reminder.objects.all().delete()
    Reminder.objects.bulk_create(rows)
    client.force_login(sam)
    path, found, pages = "/reminders/all/?tab=next", 0, 0
    while path:
        html = client.get(path).content.decode()
        found += html.count('<th scope="row">')
        pages += 1
        more = re.search(r'rel="next" href="([^"]+)"', html)
        path = more and more[1].replace("&amp;", "&")
    assert (found, pages) == (120, 3)
    assert client.get("/reminders/all/?tab=next&after=nonsense").status_code == 404
    assert client.get("/reminders/all/?tab=nonsense").status_code == 404


@pytest.mark.parametrize("path", ["/reminders/all/?tab=next", "/reminders/cases/{}/"])
def test_lists_ask_the_database_as_often_with_many_rows(
    client, sam, case, path, django_assert_max_num_queries
):
    client.force_login(sam)
    client.get(path.format(case.reference))
    with django_assert_max_num_queries(40) as few:
        client.get(path.format(case.reference))
    for n in range(40):
        Reminder.objects.create(case=case, recipient=case.patient, rule="P9", occasion=f"{n}", step="1d", ruled_at=NOW,
                                due_at=NOW, planned_at=NOW)  # fmt: skip
    with django_assert_max_num_queries(40) as many:
        client.get(path.format(case.reference))
    assert len(many) == len(few)


def test_the_ledger_leaves_out_what_never_came_near(client, ana, sam):
    """A draft's reminders fall away with its sending: only those that were about to go tell staff something."""
    case = make_draft(ana)
    catalogue.plan(case, now=NOW)
    take(CASE, "submit", case, by=ana, now=NOW)
    far = case.reminders.get(rule="P1", step="7d")
    near = case.reminders.get(rule="P1", step="1d")
    assert {far.status, near.status} == {"dropped"}
    Reminder.objects.filter(pk=near.pk).update(ended_at=near.due_at - dt.timedelta(hours=2))
    client.force_login(sam)
    page = client.get(f"/reminders/cases/{case.reference}/")
    shown = [line["at"] for line in page.context["ledger"]["past"]]
    assert near.due_at - dt.timedelta(hours=2) in shown
    assert len(shown) == 1
