"""The demo clinic is built by the real acts, whole, once, and in a demo alone."""

import io
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from referrals.management.demo.people import PATIENTS, SPECIALISTS, STAFF, address
from referrals.management.demo.stories import STORIES
from referrals.models import Case, Person, Record, Reminder, StatusChange
from referrals.vocabulary import CaseStatus, FileKind
from tests.build import real_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def a_demo(settings, tmp_path):
    settings.DEMO = True
    settings.RECORDS_DIR = tmp_path / "records"


def seed():
    out = io.StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def test_seeding_makes_sixty_cases_over_all_statuses_once(a_demo):
    seed()
    told = Counter(str(story.status) for story in STORIES)
    assert Counter(Case.objects.values_list("status", flat=True)) == told
    assert sum(told.values()) == 60
    assert set(told) == set(CaseStatus.values)
    for login, *_rest in (*STAFF, *PATIENTS):
        assert Person.objects.get(email=address(login)).check_password("second-opinion-demo")
    assert len(SPECIALISTS) == 12
    assert len({one.specialty for one in SPECIALISTS}) >= 8
    assert max(Counter(Record.objects.values_list("case_id", flat=True)).values()) == 40
    assert StatusChange.objects.filter(at__gt=real_now()).count() == 0
    assert Reminder.objects.due(now=real_now()).count() == 0  # no flood at the first beat
    assert {FileKind.PDF, FileKind.JPEG, FileKind.DICOM} <= set(Record.objects.values_list("kind", flat=True))
    assert "there already" in seed()
    assert Case.objects.count() == 60


def test_seeding_refuses_what_is_no_demo(settings, clinic):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo"):
        seed()
    assert not Person.objects.exists()


def test_seeding_refuses_a_database_with_other_people(a_demo, clinic):
    Person.objects.create_user("somebody@clinic.example", "x", name="Somebody")
    with pytest.raises(CommandError, match="nothing was touched"):
        seed()
    assert Case.objects.count() == 0
