"""What is written down of an act: who, as what, from where, of what."""

import pytest
from django.contrib.auth.models import AnonymousUser

from referrals.models import AuditEvent
from referrals.rules import audit
from referrals.vocabulary import Act, Role
from tests.build import NOW, make_draft, make_person

ORIGIN = {"address": "192.0.2.7", "request_id": "abc"}


@pytest.fixture
def from_somewhere():
    token = audit.origin.set(ORIGIN)
    yield
    audit.origin.reset(token)


def test_an_event_of_a_case_names_it_and_its_clinic(ana, from_somewhere):
    case = make_draft(ana)
    event = audit.record(Act.OPEN_CASE, by=ana, now=NOW, case=case)
    assert (event.case_reference, event.clinic_id, event.subject_kind) == (
        case.reference,
        case.clinic_id,
        "case",
    )
    assert (event.person_id, event.person_name, event.roles) == (ana.pk, "Ana", "patient")
    assert (event.address, event.request_id) == ("192.0.2.7", "abc")


def test_roles_are_those_held_now(clinic):
    person = make_person("two", Role.SPECIALIST, Role.LEAD)
    person.memberships.filter(role=Role.LEAD).update(ended_at=NOW)
    assert audit.record(Act.SIGN_IN, by=person, now=NOW).roles == "specialist"


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_the_system_and_visitors_have_no_name(db, nobody):
    event = audit.record(Act.SIGN_IN_FAILED, by=nobody, now=NOW)
    assert (event.person_id, event.person_name, event.roles, event.address) == (None, "", "", None)


def test_long_names_and_keys_are_cut_rather_than_refused(clinic):
    person = make_person("long", email=f"{'a' * 230}@fernhollow.example")
    person.name = ""
    event = audit.record(Act.SIGN_IN, by=person, now=NOW, subject_key="k" * 100)
    event.refresh_from_db()
    assert (len(event.person_name), len(event.subject_key)) == (200, 60)


def test_an_event_outlives_its_person(clinic):
    person = make_person("gone")
    audit.record(Act.SIGN_IN, by=person, now=NOW)
    person.emailaddress_set.all().delete()
    person.delete()
    assert AuditEvent.objects.get().person_name == "Gone"
