"""S11: an account that a stranger opened with somebody's address never becomes the stranger's way in."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from referrals.models import OutgoingMail, Person

pytestmark = pytest.mark.django_db
OWNER, STRANGERS, OWN = "owner@fernhollow.example", "three green apples", "seven blue horses"


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def stranger(clinic):
    """Who signed up with an address that isn't theirs, and waits."""
    client = Client()
    client.post(reverse("account_signup"), {"email": OWNER, "name": "Stranger", "password1": STRANGERS})
    assert Person.objects.get(email=OWNER).check_password(STRANGERS)
    return client


def code_for_owner():
    return re.search(r"^\s*(\d{6})\s*$", OutgoingMail.objects.filter(to=OWNER).latest("pk").text, re.M)[1]


def is_in(client):
    return client.get(reverse("account_details")).status_code == 200


def tries(client):
    """All a stranger can do with the password, and with a sign-up that was left waiting."""
    waiting = reverse("account_email_verification_sent")
    client.get(waiting)
    client.post(waiting, {"code": "000000"})
    client.post(reverse("account_login"), {"login": OWNER, "password": STRANGERS})
    client.get(waiting)
    return is_in(client)


def test_s11_coming_in_by_code_ends_the_password_of_whoever_signed_up(stranger):
    owner = Client()
    owner.post(reverse("account_request_login_code"), {"email": OWNER})
    owner.post(reverse("account_confirm_login_code"), {"code": code_for_owner()})
    assert is_in(owner)
    assert not tries(Client())
    assert not tries(stranger)
    assert is_in(owner)
    page = owner.get(reverse("account_change_password"), follow=True)
    assert "Choose a password" in page.text and "so-btn" in page.text
    chosen = owner.post(reverse("account_set_password"), {"password1": OWN, "password2": OWN})
    assert chosen.status_code == 302
    assert Person.objects.get(email=OWNER).check_password(OWN)


def test_s11_a_new_password_by_code_ends_the_strangers(stranger):
    owner = Client()
    owner.post(reverse("account_reset_password"), {"email": OWNER})
    owner.post(reverse("account_confirm_password_reset_code"), {"code": code_for_owner()})
    assert not tries(Client())  # also while the new one is not chosen yet
    owner.post(reverse("account_complete_password_reset"), {"password1": OWN, "password2": OWN})
    assert Person.objects.get(email=OWNER).check_password(OWN)
    assert not tries(stranger)


def test_who_types_the_code_where_they_signed_up_keeps_the_password(stranger):
    stranger.post(reverse("account_email_verification_sent"), {"code": code_for_owner()})
    assert is_in(stranger)
    assert Person.objects.get(email=OWNER).check_password(STRANGERS)


def test_coming_in_by_code_later_keeps_the_password(client, ana):
    ana.emailaddress_set.update_or_create(email=ana.email, defaults={"verified": True, "primary": True})
    client.post(reverse("account_request_login_code"), {"email": ana.email})
    code = re.search(r"^\s*(\d{6})\s*$", OutgoingMail.objects.latest("pk").text, re.M)[1]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    before = ana.password
    ana.refresh_from_db()
    assert is_in(client) and ana.password == before
