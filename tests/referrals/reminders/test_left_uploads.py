"""An upload that was left: one mail before it goes, through a real server, to the one who began it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from referrals.models import Reminder, Upload, UploadLink
from referrals.records import arrivals
from referrals.reminders import actions as reminders
from referrals.reminders import queries
from referrals.rules import clocks
from referrals.rules.roads import CASE
from referrals.rules.workflow import take
from tests import build
from tests.build import NOW, later, make_case, make_draft, make_person, make_upload

HOUR, DAY = clocks.HOUR, clocks.DAY
SUBJECT = "Finish your upload by Tue 1 Dec, 09:00"


@pytest.fixture
def draft(ana):
    return make_draft(ana, decide_by_on=None, situation="trust")


def clock(now):
    """What the worker does every ten minutes, and what the mail's worker does after it."""
    arrivals.expire(now=now)
    arrivals.plan_warnings(now=now)
    while reminders.send_due(now=now):
        pass


def about_uploads(catcher):
    return [mail for mail in catcher.mails if "upload" in str(mail["Subject"])]


def days_go_by(catcher, until, begin=NOW):
    """Ticks of two hours; (moment, subject) of each mail about uploads."""
    found, now = [], begin
    while now <= until:
        before = len(about_uploads(catcher))
        clock(now)
        found += [(now, str(mail["Subject"])) for mail in about_uploads(catcher)[before:]]
        now += 2 * HOUR
    return found


def test_one_mail_three_days_before_it_goes_and_no_second(draft, ana, catcher):
    make_upload(draft, name="FILENAME.dcm", folder="FOLDERNAME")
    ((at, subject),) = days_go_by(catcher, later(days=8))
    assert at == later(days=4)
    assert subject == SUBJECT
    (mail,) = about_uploads(catcher)
    text = mail.get_body(("plain",)).get_content()
    assert mail["To"] == ana.email
    assert "is kept until Tue 1 Dec, 09:00" in text
    assert f"/records/{draft.reference}/add/" in text
    assert "FILENAME" not in mail.as_string()
    assert "FOLDERNAME" not in mail.as_string()
    assert Upload.objects.get().status == "expired"


def test_it_is_planned_once_the_sender_is_silent_and_shows_with_the_other_reminders(draft, catcher):
    make_upload(draft)
    clock(later(minutes=50))
    assert not Reminder.objects.filter(rule="P25").exists()
    clock(later(minutes=70))
    clock(later(minutes=80))
    row = Reminder.objects.get(rule="P25")
    (line,) = [each for each in queries.ledger(draft, now=NOW)["planned"] if SUBJECT in each["what"]]
    assert line["status"] == "planned"
    assert (line["stops"], line["at"]) == ("All of it is here, or cancelled", row.due_at)


def test_planning_touches_no_case_that_has_its_plan(draft, catcher, django_assert_num_queries):
    make_upload(draft)
    arrivals.plan_warnings(now=later(hours=2))
    with django_assert_num_queries(1):
        arrivals.plan_warnings(now=later(hours=3))


@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("zone", ["America/Chicago", "Pacific/Auckland"])
def test_a_day_is_left_at_least_whenever_it_was_left(draft, ana, weekday, hour, zone):
    type(ana).objects.update(zone=zone)
    left_at = later(days=weekday, hours=hour)
    upload = make_upload(draft, now=left_at)
    arrivals.plan_warnings(now=left_at + 2 * HOUR)
    row = Reminder.objects.get(rule="P25")
    assert upload.expires_at - row.due_at >= 33 * HOUR
    local = row.due_at.astimezone(ZoneInfo(zone))
    assert local.weekday() < 6
    assert dt.time(9) <= local.time() < dt.time(19)


@pytest.mark.parametrize("days", [1, 2, 3])
def test_where_uploads_are_kept_for_a_short_time_it_still_comes_before_the_end(draft, settings, days):
    settings.UPLOAD_DAYS = days
    for hour in range(24):
        upload = make_upload(draft, now=later(hours=hour))
        arrivals.plan_warnings(now=later(hours=hour + 2))
        row = Reminder.objects.get(rule="P25", status="planned")
        assert later(hours=hour) + 5 * HOUR < row.due_at <= upload.expires_at - 6 * HOUR, hour
        upload.delete()
        Reminder.objects.all().delete()


def test_who_goes_on_is_not_written_to_until_they_are_silent_again(draft, catcher):
    upload = make_upload(draft)
    clock(later(hours=2))
    back = later(days=4, minutes=-20)
    Upload.objects.filter(pk=upload.pk).update(offset=600, touched_at=back, expires_at=back + 7 * DAY)
    clock(later(days=4))
    assert about_uploads(catcher) == []
    ((at, _subject),) = days_go_by(catcher, later(days=12), begin=later(days=4, hours=2))
    assert at - back >= 4 * DAY


@pytest.mark.parametrize("end", ["whole", "cancelled", "withdrawn"])
def test_nothing_goes_out_once_it_is_settled(ana, catcher, end):
    case = make_case(ana)
    upload = make_upload(case)
    clock(later(hours=2))
    assert Reminder.objects.get(rule="P25").status == "planned"
    if end == "whole":
        Upload.objects.filter(pk=upload.pk).update(status="done", offset=upload.size)
    elif end == "cancelled":
        arrivals.stop(upload=upload, by=ana, now=later(days=1))
        assert Reminder.objects.get(rule="P25").status == "dropped"
    else:
        take(CASE, "withdraw", case, by=ana, now=later(days=1))
    assert days_go_by(catcher, later(days=9), begin=later(days=3)) == []


def test_what_staff_or_a_link_left_is_not_the_patients(draft, sam, catcher):
    link = UploadLink.objects.create(
        case=draft, label="Records office", made_by=sam, made_at=NOW, expires_at=later(days=30)
    )
    make_upload(draft, by=sam, way_in="post")
    make_upload(draft, link=link, way_in="link")
    assert days_go_by(catcher, later(days=8)) == []


def test_several_that_were_left_together_are_one_mail(draft, catcher):
    for minutes in (0, 1, 30, 600):
        make_upload(draft, now=later(minutes=minutes))
    assert [subject for _at, subject in days_go_by(catcher, later(days=9))] == [SUBJECT]


def test_days_apart_each_has_its_warning(draft, catcher):
    for days in (0, 2):
        make_upload(draft, now=later(days=days))
    found = days_go_by(catcher, later(days=10))
    assert len(found) == 2
    assert found[0][1] != found[1][1]


def test_in_the_recipients_zone(ana, draft, catcher):
    type(ana).objects.filter(pk=ana.pk).update(zone="Europe/Berlin")
    make_upload(draft)
    ((_at, subject),) = days_go_by(catcher, later(days=8))
    assert subject == "Finish your upload by Tue 1 Dec, 16:00"


def test_another_patient_hears_nothing(draft, catcher):
    make_draft(make_person("ben2"), decide_by_on=None, situation="trust")
    make_upload(draft)
    days_go_by(catcher, later(days=8))
    assert {str(mail["To"]) for mail in about_uploads(catcher)} == {
        build.Person.objects.get(pk=draft.patient_id).email
    }
