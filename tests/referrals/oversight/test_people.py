"""The lead invites; the invited join; what is ended is closed at the next click."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from referrals.models import AuditEvent, Clinic, Invitation, Membership, OutgoingMail, Person
from referrals.oversight import actions
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Role
from tests.build import NOW, later, make_person, real_now

pytestmark = pytest.mark.django_db
INVITED = "neu@fernhollow.example"


def ask(client, **fields):
    return client.post(
        reverse("oversight:invite"), {"email": INVITED, "name": "Neu", "role": "coordinator", **fields}
    )


def link_in_mail():
    mail = OutgoingMail.objects.latest("pk")
    return re.search(r"(/oversight/join/\S+/)", mail.text)[1]


def test_only_the_lead_sees_people(client, lea, ana, sam, tess, dr_vega, quin):
    for person, status in [(lea, 200), (ana, 403), (sam, 403), (tess, 403), (dr_vega, 403), (quin, 403)]:
        client.force_login(person)
        assert client.get(reverse("oversight:people")).status_code == status
        assert client.get(reverse("oversight:invite")).status_code == status
        if status == 403:
            assert ask(client).status_code == 403
    assert not Invitation.objects.exists()


def test_an_invited_coordinator_joins_once(client, lea):
    client.force_login(lea)
    assert ask(client, email="Neu@fernhollow.example").status_code == 302
    client.logout()
    link = link_in_mail()
    assert client.get(link).status_code == 200
    answer = client.post(link, {"name": "Neu Heit", "password": "three green apples"})
    assert answer.status_code == 302
    person = Person.objects.get(email=INVITED)
    assert [m.role for m in person.memberships.all()] == [Role.COORDINATOR]
    client.logout()
    assert client.post(link, {"name": "Zwei", "password": "three green apples"}).status_code == 410
    assert Membership.objects.filter(role=Role.COORDINATOR).count() == 1
    assert AuditEvent.objects.filter(act="join", person_id=person.pk).exists()


def test_an_invitation_opened_while_somebody_else_is_signed_in_says_so(client, lea):
    client.force_login(lea)
    ask(client)
    page = client.get(link_in_mail()).text
    assert f"for <bdi>{INVITED}</bdi>, and you are signed in as <bdi>{lea.email}</bdi>" in page
    assert "There is an account with the invited address" not in page


def test_the_lead_is_not_offered_to_end_their_own_lead(client, lea, sam):
    client.force_login(lea)
    page = client.get(reverse("oversight:people")).text
    assert reverse("oversight:end_membership", args=[sam.key, "coordinator"]) in page
    assert reverse("oversight:end_membership", args=[lea.key, "lead"]) not in page


def test_a_specialist_needs_a_field_and_gets_a_profile(client, lea):
    client.force_login(lea)
    answer = ask(client, role="specialist")
    assert answer.status_code == 422
    assert 'value="Neu"' in answer.text
    from referrals.models import Specialty

    assert ask(client, role="specialist", specialty=Specialty.objects.first().pk).status_code == 302
    client.logout()
    client.post(link_in_mail(), {"name": "Dr Neu", "password": "three green apples"})
    assert Person.objects.get(email=INVITED).specialist_profile.specialty == Specialty.objects.first()


def test_a_bad_password_keeps_the_invitation_and_the_name(client, lea):
    client.force_login(lea)
    ask(client)
    client.logout()
    answer = client.post(link_in_mail(), {"name": "Neu Heit", "password": "12345678"})
    assert answer.status_code == 422
    assert 'value="Neu Heit"' in answer.text
    assert Invitation.objects.get().accepted_at is None


def test_a_link_that_ran_out_or_was_taken_back_is_closed(client, lea, clinic):
    _one, old = actions.invite(
        clinic=clinic,
        email="old@fernhollow.example",
        name="Old",
        role="coordinator",
        by=lea,
        now=later(days=-30),
    )
    invitation, link = actions.invite(
        clinic=clinic, email=INVITED, name="Neu", role="coordinator", by=lea, now=real_now()
    )
    assert client.get(old[old.index("/oversight") :]).status_code == 410
    client.force_login(lea)
    taken_back = client.post(reverse("oversight:withdraw_invitation", args=[invitation.number]))
    assert taken_back.status_code == 302
    assert client.post(reverse("oversight:withdraw_invitation", args=[invitation.number])).status_code == 409
    client.logout()
    assert client.get(link[link.index("/oversight") :]).status_code == 410


def test_an_address_with_an_account_must_sign_in_first(client, lea, ana, ben):
    client.force_login(lea)
    ask(client, email=ana.email)
    link = link_in_mail()
    client.logout()
    assert client.post(link, {"name": "X", "password": "three green apples"}).status_code == 409
    client.force_login(ben)
    assert client.post(link).status_code == 409
    client.force_login(ana)
    assert client.post(link).status_code == 302
    assert [m.role for m in ana.memberships.all()] == [Role.COORDINATOR]
    assert not ben.memberships.exists()


def test_s04_an_ended_role_is_closed_at_the_next_click(client, lea, dr_vega, quin):
    client.force_login(quin)
    assert client.get(reverse("home:quality")).status_code == 200
    membership = quin.memberships.get()
    actions.end_membership(membership=membership, by=lea, now=NOW)
    assert client.get(reverse("home:quality")).status_code == 403


def test_a_lead_does_not_end_the_own_lead(client, lea):
    client.force_login(lea)
    answer = client.post(reverse("oversight:end_membership", args=[lea.key, "lead"]))
    assert answer.status_code == 409
    assert lea.memberships.get().ended_at is None


def test_two_leads_who_end_each_other_leave_one(lea):
    other = make_person("lee", Role.LEAD)
    first, second = lea.memberships.get(), other.memberships.get()
    actions.end_membership(membership=second, by=lea, now=NOW)
    with pytest.raises(StepNotPossible, match="Somebody must lead"):
        actions.end_membership(membership=first, by=other, now=NOW)
    assert lea.memberships.get().ended_at is None


def test_another_clinics_people_are_not_there(client, lea, sam):
    elsewhere = Clinic.objects.create(name="Elsewhere")
    other = Person.objects.create_user("other@elsewhere.example", "x", name="Other")
    Membership.objects.create(person=other, clinic=elsewhere, role=Role.COORDINATOR)
    client.force_login(lea)
    page = client.get(reverse("oversight:people")).text
    assert sam.email in page
    assert other.email not in page
    assert (
        client.post(reverse("oversight:end_membership", args=[other.key, "coordinator"])).status_code == 404
    )
    assert other.memberships.get().ended_at is None


def test_the_lead_changes_a_specialists_practice(client, lea, dr_vega):
    client.force_login(lea)
    address = reverse("oversight:specialist", args=[dr_vega.key])
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields} | {"practice": "New House", "most_cases": 7}
    assert client.post(address, data).status_code == 302
    dr_vega.specialist_profile.refresh_from_db()
    assert dr_vega.specialist_profile.practice == "New House"
    assert client.post(address, data | {"most_cases": "many"}).status_code == 422


@pytest.mark.parametrize("rows", [1, 25])
def test_people_asks_the_same_number_of_questions(client, lea, rows, django_assert_max_num_queries):
    from tests.build import make_person

    for n in range(rows):
        make_person(f"person {n}", Role.COORDINATOR, clinic=lea.memberships.get().clinic)
    client.force_login(lea)
    with django_assert_max_num_queries(8):
        assert client.get(reverse("oversight:people")).status_code == 200


def test_the_first_lead_comes_by_the_command_line(client, clinic):
    out = StringIO()
    call_command("invite", "first@fernhollow.example", "Lea Moor", stdout=out)
    link = re.search(r"/oversight/join/\S+/", out.getvalue())[0]
    client.post(link, {"name": "Lea Moor", "password": "three green apples"})
    assert Person.objects.get().memberships.get().role == Role.LEAD
    assert client.get(reverse("oversight:people")).status_code == 200


def test_s22_a_refusal_is_written_down_with_where_it_came_from(client, sam):
    client.force_login(sam)
    client.get(reverse("oversight:people"), REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="198.51.100.1")
    event = AuditEvent.objects.get(act="refused")
    assert (event.person_id, event.address, event.subject_key) == (sam.pk, "192.0.2.7", "oversight/people/")
    assert event.request_id


def test_s09_a_fresh_database_holds_a_clinic_and_nobody(db):
    assert not Person.objects.exists()
    assert Clinic.objects.count() == 1


def test_an_invitation_is_taken_back_by_its_whole_number_only(client, lea):
    client.force_login(lea)
    for name in range(17):  # two of them begin alike
        ask(client, email=f"new{name}@fernhollow.example")
    for first in "0123456789abcdef":
        assert client.get(reverse("oversight:withdraw_invitation", args=[first])).status_code == 404


def test_an_address_longer_than_we_keep_is_refused(client, lea):
    client.force_login(lea)
    answer = ask(client, email="a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".example")
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_whoever_works_here_may_have_any_address(client, lea, clinic):
    odd = Person.objects.create_user("a/b?c#d@fernhollow.example", "x", name="Odd")
    Membership.objects.create(person=odd, clinic=clinic, role=Role.COORDINATOR)
    client.force_login(lea)
    page = client.get(reverse("oversight:people")).text
    address = reverse("oversight:end_membership", args=[odd.key, "coordinator"])
    assert f'href="{address}"' in page
    assert client.post(address).status_code == 302
