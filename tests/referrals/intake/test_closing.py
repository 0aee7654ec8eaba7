"""Taking back, lapse, and places held elsewhere."""

import datetime as dt

import pytest
from django.utils import timezone

from referrals.intake import actions
from referrals.intake.tasks import lapse_silent_drafts
from referrals.models import AuditEvent, Case, StatusChange
from referrals.vocabulary import CaseStatus
from tests.build import NOW, later, make_case, make_draft

BEFORE_DELIVERY = ["draft", "submitted", "triage", "info_needed", "routing", "in_review", "clarification"]
TOO_LATE = ["delivered", "closed", "declined", "lapsed"]


@pytest.mark.parametrize("status", BEFORE_DELIVERY)
def test_a_request_is_taken_back_until_it_is_delivered(status, ana, tess, dr_vega, as_ana):
    case = make_case(ana, CaseStatus(status), staff=tess, specialist=dr_vega)
    page = as_ana.get(f"/ask/{case.reference}/withdraw/")
    assert page.status_code == 200 and ("stays on file" in page.content.decode()) == (status != "draft")
    assert Case.objects.get(pk=case.pk).status == status
    for _twice in range(2):
        assert as_ana.post(f"/ask/{case.reference}/withdraw/")["Location"] == "/cases/"
    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert StatusChange.objects.filter(case=case, act="withdraw").count() == 1
    assert not case.referrals.live().exists() and not case.info_requests.open().exists()
    assert not case.reminders.filter(status="planned").exists()


def test_a_request_that_was_taken_back_promises_nothing_more(ana, as_ana):
    case = make_case(ana)
    assert "By " in as_ana.get(f"/ask/{case.reference}/sent/").content.decode()
    as_ana.post(f"/ask/{case.reference}/withdraw/")
    assert as_ana.get(f"/ask/{case.reference}/sent/")["Location"] == f"/cases/{case.reference}/"


@pytest.mark.parametrize("status", TOO_LATE)
def test_too_late_is_told_in_words(status, ana, tess, dr_vega, as_ana):
    case = make_case(ana, CaseStatus(status), staff=tess, specialist=dr_vega)
    for answer in (
        as_ana.get(f"/ask/{case.reference}/withdraw/"),
        as_ana.post(f"/ask/{case.reference}/withdraw/"),
    ):
        assert answer.status_code == 409
    assert Case.objects.get(pk=case.pk).status == status


@pytest.mark.parametrize(
    ("who", "status"), [("ben", 404), ("tess", 403), ("sam", 403), ("dr_vega", 404), ("lea", 403)]
)
def test_nobody_else_takes_it_back(who, status, ana, client, request):
    case = make_case(ana)
    client.force_login(request.getfixturevalue(who))
    assert client.get(f"/ask/{case.reference}/withdraw/").status_code == status
    assert client.post(f"/ask/{case.reference}/withdraw/").status_code == status
    assert Case.objects.get(pk=case.pk).status == "submitted"


# --- drafts nobody touches ---


def test_a_silent_draft_lapses_once_and_only_when_its_time_is_over(ana, ben, clinic):
    silent, young = make_draft(ana, now=NOW), make_draft(ben, now=later(days=1))
    sent = make_case(ana, now=NOW)
    at = later(days=clinic.draft_days, minutes=1)
    assert actions.lapse_silent_drafts(now=at - dt.timedelta(minutes=2)) == 0
    assert [actions.lapse_silent_drafts(now=at) for _n in range(2)] == [1, 0]
    for case, status in ((silent, "lapsed"), (young, "draft"), (sent, "submitted")):
        case.refresh_from_db()
        assert case.status == status
    assert StatusChange.objects.get(case=silent, act="lapse").by is None
    assert not silent.reminders.filter(status="planned").exists()


def test_a_draft_touched_since_it_was_listed_stays(ana, clinic):
    case = make_draft(ana, now=NOW)
    at = later(days=clinic.draft_days)
    Case.objects.filter(pk=case.pk).update(edited_at=at)
    assert not actions._lapse(case.pk, at - dt.timedelta(days=clinic.draft_days), at)


def test_the_task_looks_at_the_real_clock(ana):
    case = make_draft(ana, now=timezone.now() - dt.timedelta(days=40))
    lapse_silent_drafts()
    case.refresh_from_db()
    assert case.status == "lapsed"


def test_beat_knows_the_task(settings):
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert lapse_silent_drafts.name in tasks


# --- places held elsewhere ---


@pytest.fixture
def held(ana):
    case = make_case(ana, now=timezone.now())
    return case.held_places.create(where="Millpond", held_on=timezone.localdate() + dt.timedelta(days=20))


def url(place, case=None):
    return f"/ask/{(case or place.case).reference}/places/{place.key}/"


def test_a_place_is_kept_or_cancelled_and_the_reminder_follows(held, as_ana):
    for status in ("cancelled", "cancelled", "kept"):
        assert (
            as_ana.post(url(held), {"status": status})["Location"] == f"/cases/{held.case.reference}/#places"
        )
        held.refresh_from_db()
        assert held.status == status
    assert AuditEvent.objects.filter(subject_kind="held_place").count() == 2


def test_a_place_takes_no_other_word_and_no_get(held, as_ana):
    assert as_ana.post(url(held), {"status": "sold"}).status_code == 404
    assert as_ana.get(url(held)).status_code == 405


def test_s03_a_place_is_reached_by_its_own_case_only(held, ben, client, as_ana, ana):
    other = make_case(ana)
    assert as_ana.post(url(held, other), {"status": "kept"}).status_code == 404
    client.force_login(ben)
    assert client.post(url(held), {"status": "kept"}).status_code == 404
    held.refresh_from_db()
    assert held.status == "held"


def test_a_closed_requests_place_stays_as_it_is(held, ana, as_ana):
    actions.withdraw(case=held.case, by=ana, now=timezone.now())
    assert as_ana.post(url(held), {"status": "kept"}).status_code == 409
