"""A line of the checklist says what is on its way to it, from real rows; none of it counts as here."""

import contextlib

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals.models import ChecklistItem, Record, Upload
from referrals.records import actions, checks
from referrals.rules import checklists, on_the_way
from referrals.rules.roads import CASE
from referrals.rules.workflow import StepNotPossible, take
from tests import build
from tests.referrals.records import dicoms, samples
from tests.referrals.records.tus import Sender, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ana, tess):
    return build.make_case(ana, "triage", staff=tess, now=build.real_now())


def line_of(case, type="images"):
    return ChecklistItem.objects.get(case=case, type=type)


def page(person, path):
    answer = client_of(person).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def half_sent(case, person, type="images"):
    sender = Sender(client_of(person))
    url = sender.begin(case, 1000, type=type)
    assert sender.patch(url, 0, b"x" * 620).status_code == 204
    return url


PATIENTS = ("/records/{}/add/", "/records/{}/files/", "/cases/{}/", "/sources/{}/")
STAFFS = ("/triage/cases/{}/", "/records/{}/add/", "/sources/{}/")


def test_what_is_being_sent_shows_to_patient_and_staff_and_does_not_count(case, ana, tess):
    half_sent(case, ana)
    for person, paths in ((ana, PATIENTS), (tess, STAFFS)):
        for path in paths:
            assert "On its way, 62 %" in page(person, path.format(case.reference)), path
    assert line_of(case).state == "to_come"
    assert line_of(case) in checklists.missing_records(case)


def test_what_stopped_says_so(case, ana):
    half_sent(case, ana)
    Upload.objects.update(touched_at=timezone.now() - 2 * on_the_way.SILENT_AFTER)
    assert "Not all here yet, 62 %" in page(ana, f"/records/{case.reference}/add/")


def test_what_is_being_checked_is_here_when_it_is_ready_and_not_before(case, ana, tess, settings):
    record = samples.store(case, dicoms.slice_(1), "IM0001", type="images")
    actions.arrived(case, [record], by=ana, now=build.real_now())
    assert line_of(case).state == "to_come"
    for person, paths in ((ana, PATIENTS), (tess, STAFFS)):
        for path in paths:
            assert "Being checked" in page(person, path.format(case.reference)), path
    checks.check(key=record.key, clock=timezone.now)
    assert Record.objects.get(pk=record.pk).status == "ready"
    assert line_of(case).state == "have"
    assert "Being checked" not in page(ana, f"/cases/{case.reference}/")


def test_the_gate_of_triage_does_not_take_what_is_being_checked_for_here(case, tess, ana):
    case.checklist.exclude(type="letter").update(state="waived", note="no")
    now = build.real_now()
    take(CASE, "prioritise", case, by=tess, now=now, changes={"urgency": "routine"})
    case.urgency_set_at = now
    case.save()
    record = samples.store(case, samples.pdf(1), "letter.pdf", type="letter")
    actions.arrived(case, [record], by=ana, now=now)
    with pytest.raises(StepNotPossible):
        take(CASE, "accept", case, by=tess, now=now)
    checks.check(key=record.key, clock=timezone.now)
    take(CASE, "accept", case, by=tess, now=now)


def test_a_file_named_while_it_is_checked_counts_once_it_is_ready(case, ana):
    record = samples.store(case, samples.pdf(1), "letter.pdf")
    actions.set_type(record=record, type="letter", by=ana, now=build.real_now())
    assert line_of(case, "letter").state == "to_come"
    checks.check(key=record.key, clock=timezone.now)
    assert line_of(case, "letter").state == "have"


def test_a_locked_file_is_no_letter_yet(case, ana):
    record = samples.store(case, samples.locked_pdf(), "letter.pdf", type="letter")
    checks.check(key=record.key, clock=timezone.now)
    assert Record.objects.get(pk=record.pk).status == "needs_you"
    assert line_of(case, "letter").state == "to_come"


def test_a_packed_folder_is_what_is_in_it(case):
    record = samples.store(case, samples.zip_of([("a.txt", b"words")]), "a.zip", type="letter")
    checks.check(key=record.key, clock=timezone.now)
    assert Record.objects.get(pk=record.pk).status == "ready"
    assert line_of(case, "letter").state == "to_come"
    checks.check(key=Record.objects.get(name="a.txt").key, clock=timezone.now)
    assert line_of(case, "letter").state == "have"


def test_what_nobody_has_named_is_said_below_the_lines(case, ana):
    half_sent(case, ana, type="other")
    assert "One more file is on its way." in page(ana, f"/records/{case.reference}/add/")
    assert "One more file" in page(ana, f"/records/{case.reference}/files/")


def test_before_sending_it_says_what_is_on_its_way(ana):
    draft = build.make_draft(ana, now=build.real_now())
    half_sent(draft, ana)
    assert "On its way, 62 %" in page(ana, f"/ask/{draft.reference}/step/check/")


def test_it_takes_one_statement_however_much_is_on_its_way(case, ana):
    for n in range(20):
        build.make_upload(case, type="images" if n % 2 else "letter", now=build.real_now())
        samples.store(case, b"words %d" % n, f"{n}.txt", type="lab")
    with CaptureQueriesContext(connection) as caught:
        found = on_the_way.of_case(case, now=build.real_now())
    assert len(caught) == 1
    assert (found["images"].sending, found["images"].percent, found["lab"].checking) == (10, 50, 20)


def test_another_persons_case_shows_nothing_of_it(case, ana, ben):
    half_sent(case, ana)
    other = build.make_case(ben, now=build.real_now())
    assert "On its way, 62" not in page(ben, f"/cases/{other.reference}/")
    with contextlib.suppress(AssertionError):
        page(ben, f"/cases/{case.reference}/")
        raise RuntimeError
    assert Client().get(f"/records/{case.reference}/files/").status_code in (302, 404)
