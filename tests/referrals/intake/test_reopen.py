"""A draft that lapsed is opened again within 90 days."""

import datetime as dt

import pytest
from django.utils import timezone

from referrals.models import Case, StatusChange
from referrals.vocabulary import CaseStatus
from tests.build import make_case


@pytest.fixture
def lapsed(ana):
    return make_case(ana, "lapsed", now=timezone.now() - dt.timedelta(days=40))


def url(case):
    return f"/ask/{case.reference}/reopen/"


def test_a_lapsed_draft_opens_again_with_all_that_was_written(lapsed, as_ana):
    assert f'action="{url(lapsed)}"' in as_ana.get(f"/cases/{lapsed.reference}/").content.decode()
    for _twice in range(2):
        assert as_ana.post(url(lapsed))["Location"] == f"/cases/{lapsed.reference}/"
    case = Case.objects.get(pk=lapsed.pk)
    assert (case.status, case.ended_at, case.questions.count()) == ("draft", None, 1)
    assert timezone.now() - case.edited_at < dt.timedelta(minutes=1)
    assert StatusChange.objects.filter(case=case, act="reopen").count() == 1
    assert case.reminders.filter(rule="P1", status="planned").exists()
    assert as_ana.get(f"/ask/{case.reference}/step/check/").status_code == 200


def test_after_ninety_days_it_is_too_late(lapsed, as_ana):
    Case.objects.filter(pk=lapsed.pk).update(ended_at=timezone.now() - dt.timedelta(days=91))
    assert f'action="{url(lapsed)}"' not in as_ana.get(f"/cases/{lapsed.reference}/").content.decode()
    page = as_ana.post(url(lapsed))
    assert page.status_code == 409 and "closed too long ago" in page.content.decode()
    assert Case.objects.get(pk=lapsed.pk).status == "lapsed"


@pytest.mark.parametrize(
    "status", [s for s in CaseStatus if s not in ("lapsed", "draft", "entered_in_error")]
)
def test_nothing_else_is_opened_again(status, ana, tess, dr_vega, as_ana):
    case = make_case(ana, status, staff=tess, specialist=dr_vega)
    assert as_ana.post(url(case)).status_code == 409
    assert Case.objects.get(pk=case.pk).status == status


@pytest.mark.parametrize("who", ["ben", "sam", "tess", "dr_vega", "lea"])
def test_nobody_else_opens_it(who, lapsed, client, request):
    client.force_login(request.getfixturevalue(who))
    assert client.post(url(lapsed)).status_code == 404
    assert Case.objects.get(pk=lapsed.pk).status == "lapsed"


def test_looking_changes_nothing(lapsed, as_ana):
    assert as_ana.get(url(lapsed)).status_code == 405
