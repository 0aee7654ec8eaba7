"""What time does: once each, whoever runs it and how often."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection

from referrals.models import StatusChange
from referrals.review import tasks
from referrals.rules import information
from referrals.vocabulary import CaseStatus
from tests.build import NOW, later, make_case, make_offer

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def offers(ana, ben, pia, tess, dr_vega):
    dr_vega.specialist_profile.most_cases = 50
    dr_vega.specialist_profile.save()
    cases = [make_case(who, CaseStatus.ROUTING, staff=tess) for who in (ana, ben, pia, ana)]
    return [
        make_offer(case, dr_vega, by=tess, expires_at=NOW + hours * HOUR)
        for case, hours in zip(cases, (1, 2, 3, 30), strict=True)
    ]


def statuses(offers):
    for offer in offers:
        offer.refresh_from_db()
    return [offer.status for offer in offers]


def test_offers_end_at_their_time_and_once(offers):
    assert tasks.expire_due(now=NOW + 2 * HOUR) == 2
    assert statuses(offers) == ["expired", "expired", "offered", "offered"]
    assert tasks.expire_due(now=NOW + 2 * HOUR) == 0
    assert offers[0].case.status == CaseStatus.ROUTING


def test_a_row_that_fails_stops_no_other(offers, monkeypatch):
    whole = tasks.actions.expire

    def expire(*, referral, now):
        if referral.pk == offers[0].pk:
            raise RuntimeError
        whole(referral=referral, now=now)

    monkeypatch.setattr(tasks.actions, "expire", expire)
    assert tasks.expire_due(now=NOW + 4 * HOUR) == 2


@pytest.mark.django_db(transaction=True)
def test_two_runners_at_once_end_each_offer_once(offers):
    def run(_n):
        try:
            return tasks.expire_due(now=NOW + 4 * HOUR)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(run, range(3))) == 3
    assert StatusChange.objects.filter(act="expire").count() == 3


@pytest.fixture
def answered(ana, tess, dr_vega):
    case = make_case(ana, CaseStatus.CLARIFICATION, staff=tess, specialist=dr_vega)
    request = case.info_requests.get()
    information.answer_item(item=request.items.get(), by=ana, now=later(hours=5), text="500 m")
    information.send_answer(request=request, by=ana, now=later(hours=5))
    return case


def test_a_review_goes_on_by_itself_a_day_after_the_answer(answered):
    due = answered.review_due_at
    assert tasks.resume_answered(now=later(hours=28)) == 0
    assert tasks.resume_answered(now=later(hours=29)) == 1
    answered.refresh_from_db()
    assert answered.status == CaseStatus.IN_REVIEW
    assert answered.review_due_at - due == dt.timedelta(hours=29)
    assert tasks.resume_answered(now=later(hours=30)) == 0


def test_a_newer_answer_gives_its_own_day(answered, dr_vega, ana):
    from referrals.review import actions

    referral = answered.referrals.get()
    actions.go_on(referral=referral, by=dr_vega, now=later(hours=6))
    request = actions.ask(
        referral=referral, asked_of="patient", items=["More"], by=dr_vega, now=later(hours=40)
    )
    assert tasks.resume_answered(now=later(hours=41)) == 0
    information.answer_item(item=request.items.get(), by=ana, now=later(hours=50), text="Here")
    information.send_answer(request=request, by=ana, now=later(hours=50))
    assert tasks.resume_answered(now=later(hours=60)) == 0
    assert tasks.resume_answered(now=later(hours=74)) == 1


def test_an_unanswered_question_waits(ana, tess, dr_vega):
    make_case(ana, CaseStatus.CLARIFICATION, staff=tess, specialist=dr_vega)
    assert tasks.resume_answered(now=later(days=60)) == 0


@pytest.mark.django_db(transaction=True)
def test_two_runners_at_once_resume_once(answered):
    def run(_n):
        try:
            return tasks.resume_answered(now=later(hours=30))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(run, range(3))) == 1
    assert answered.status_changes.filter(act="resume", referral=None).count() == 1


def test_beat_runs_both():
    from portal.celery import app

    app.loader.import_default_modules()
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"referrals.review.tasks.expire_offers", "referrals.review.tasks.resume_reviews"} <= wanted
    assert {"referrals.review.tasks.expire_offers", "referrals.review.tasks.resume_reviews"} <= set(app.tasks)
