"""Coming in: sign-up, sign-in, by password or by code, and what is kept of it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from referrals.models import AuditEvent, OutgoingMail, Person
from tests.build import PASSWORD

pytestmark = pytest.mark.django_db


def code_in_last_mail():
    return re.search(r"^\s*(\d{6})\s*$", OutgoingMail.objects.latest("pk").text, re.M)[1]


def sign_up(client, email="new@fernhollow.example", name="Nora Nguyễn"):
    return client.post(
        reverse("account_signup"), {"email": email, "name": name, "password1": "three green apples"}
    )


def test_signing_up_makes_a_patient_once_the_code_is_typed(client, clinic):
    assert sign_up(client).status_code == 302
    person = Person.objects.get(email="new@fernhollow.example")
    assert (person.name, person.memberships.count(), person.is_staff) == ("Nora Nguyễn", 0, False)
    assert client.get(reverse("home:mine")).status_code == 302  # not in yet
    assert "_auth_user_id" not in client.session
    answer = client.post(reverse("account_email_verification_sent"), {"code": code_in_last_mail()})
    assert answer.url == reverse("home:mine")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert list(AuditEvent.objects.order_by("pk").values_list("act", flat=True)) == ["sign_up", "sign_in"]


def test_a_wrong_code_keeps_them_out(client, clinic):
    sign_up(client)
    wrong = "000000" if code_in_last_mail() != "000000" else "111111"
    answer = client.post(reverse("account_email_verification_sent"), {"code": wrong})
    assert "_auth_user_id" not in client.session
    assert answer.status_code in (200, 302, 422)
    assert "Type the six digits of the newest mail" in answer.text


def test_signing_up_with_a_known_address_says_the_same_and_makes_nothing(client, ana):
    new, known = sign_up(client), sign_up(Client(), email=ana.email)
    assert (new.status_code, new.url) == (known.status_code, known.url)
    assert Person.objects.filter(email=ana.email).count() == 1
    assert OutgoingMail.objects.filter(to=ana.email).get().subject == "You have an account already"


@pytest.mark.parametrize("password", ["password", "1234567", "new@fernhollow.example"])
def test_s10_common_short_and_own_passwords_are_refused(client, clinic, password):
    answer = client.post(
        reverse("account_signup"), {"email": "new@fernhollow.example", "name": "Nora", "password1": password}
    )
    assert answer.status_code == 200
    assert "so-errors" in answer.text
    assert 'value="Nora"' in answer.text  # what was typed stays
    assert not Person.objects.exists()


def test_signing_in_by_password(client, ana):
    answer = client.post(reverse("account_login"), {"login": "ANA@fernhollow.example ", "password": PASSWORD})
    assert answer.url == reverse("home:mine")
    assert AuditEvent.objects.get(act="sign_in").person_id == ana.pk


def test_signing_in_with_a_wrong_password_is_refused_and_noted(client, ana):
    answer = client.post(reverse("account_login"), {"login": ana.email, "password": "not this one"})
    assert answer.status_code == 200
    event = AuditEvent.objects.get(act="sign_in_failed")
    assert (event.person_id, event.detail) == (None, {})


def test_signing_in_by_code(client, ana):
    client.post(reverse("account_request_login_code"), {"email": ana.email})
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_in_last_mail()})
    assert answer.url == reverse("home:mine")


def test_a_code_asked_for_a_stranger_looks_the_same(client, ana):
    known = client.post(reverse("account_request_login_code"), {"email": ana.email})
    unknown = Client().post(reverse("account_request_login_code"), {"email": "who@fernhollow.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_a_new_password_by_code_ends_in_a_working_sign_in(client, ana):
    client.post(reverse("account_reset_password"), {"email": ana.email})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in_last_mail()})
    new = {"password1": "seven blue horses", "password2": "seven blue horses"}
    client.post(reverse("account_complete_password_reset"), new)
    ana.refresh_from_db()
    assert ana.check_password("seven blue horses")
    assert AuditEvent.objects.filter(act="password_changed", person_id=ana.pk).exists()


def test_signing_out_is_a_post_and_is_noted(client, ana):
    client.force_login(ana)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.filter(act="sign_out", person_id=ana.pk).exists()


def test_s24_mails_about_accounts_say_no_name_and_come_with_both_parts(client, clinic):
    sign_up(client)
    mail = OutgoingMail.objects.get()
    assert "Nora" not in mail.text + mail.html + mail.subject
    assert code_in_last_mail() in mail.html
    assert "style=" in mail.html
    assert "<style" not in mail.html


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_request_login_code",
        "account_reset_password",
        "account_inactive",
    ],
)
def test_the_doors_stand_open_in_our_look(client, clinic, name):
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert "so-doors" in page.text


@pytest.mark.parametrize("name", ["account_change_password", "account_email", "account_logout"])
def test_ones_own_account_in_our_look(client, ana, name):
    client.force_login(ana)
    page = client.get(reverse(name))
    if page.status_code == 302:  # asks for the password first
        page = client.get(page.url)
    assert "so-doors" in page.text
    assert 'style="' not in page.text


def test_ones_details_are_changed_and_noted(client, ana, ben):
    client.force_login(ana)
    page = reverse("account_details")
    wrong = client.post(page, {"name": "", "phone": "555 014 0133", "zone": "Mars/Olympus"})
    assert wrong.status_code == 422
    assert 'value="555 014 0133"' in wrong.text
    done = client.post(
        page, {"name": "Ana María", "phone": "555", "zone": "Europe/Berlin", "email": ben.email}
    )
    assert done.status_code == 302
    ana.refresh_from_db()
    assert (ana.name, ana.zone, ana.email) == ("Ana María", "Europe/Berlin", "ana@fernhollow.example")
    event = AuditEvent.objects.get(act="edit", person_id=ana.pk)
    assert event.detail == {"fields": ["name", "phone", "zone"]}
    client.logout()
    assert client.get(page).status_code == 302


def test_who_works_here_goes_to_work_after_signing_in(client, tess):
    session = client.session
    session["ask_situation"] = "surgery"
    session.save()
    answer = client.post(reverse("account_login"), {"login": tess.email, "password": PASSWORD})
    assert answer.url == reverse("home:mine")


TOO_LONG = "a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".example"  # an address by all rules, and 313 letters


@pytest.mark.parametrize("name", ["account_reset_password", "account_request_login_code", "account_signup"])
def test_an_address_longer_than_we_keep_is_refused_in_words(client, clinic, name):
    typed = {"email": TOO_LONG, "name": "Nora", "password1": "three green apples"}
    answer = client.post(reverse(name), typed)
    assert answer.status_code == 200
    assert "whole e-mail address" in answer.text
    assert not Person.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_a_new_address_longer_than_we_keep_is_refused_in_words(client, clinic, ana):
    assert (
        client.post(reverse("account_login"), {"login": ana.email, "password": PASSWORD}).status_code == 302
    )
    answer = client.post(reverse("account_email"), {"email": TOO_LONG, "action_add": ""})
    assert answer.status_code == 200
    assert "whole e-mail address" in answer.text
