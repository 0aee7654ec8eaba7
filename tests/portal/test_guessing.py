"""S11: guessing stops, on whichever road and however the address is written."""

import time as real
from types import SimpleNamespace

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from referrals.models import OutgoingMail
from tests import build
from tests.build import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "three green apples"


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()
    yield
    cache.clear()


def sign_in(email, password=WRONG, host="testserver", address="192.0.2.1"):
    client = Client(headers={"host": host}, REMOTE_ADDR=address)
    client.post(reverse("account_login"), {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_s11_five_wrong_passwords_close_an_account_for_a_while(ana, clinic):
    for n in range(5):
        assert not sign_in(ana.email, address=f"192.0.2.{n}")
    assert not sign_in(ana.email, PASSWORD, address="192.0.2.9")


@pytest.mark.parametrize("spelling", [str.upper, " {} ".format])
def test_s11_another_spelling_of_the_address_opens_nothing(sam, spelling):
    for n in range(5):
        sign_in(spelling(sam.email), address=f"192.0.2.{n}")
    assert not sign_in(sam.email, PASSWORD, address="192.0.2.9")


def test_s11_a_letter_that_looks_alike_is_another_address(sam):
    assert not sign_in(sam.email.replace("s", "ſ"), PASSWORD)


def test_s11_another_port_or_name_of_the_house_opens_nothing(ana, clinic):
    for n in range(5):
        sign_in(ana.email, host=f"localhost:{9000 + n}", address=f"192.0.2.{n}")
    assert not sign_in(ana.email, PASSWORD, address="192.0.2.9")


def test_s11_who_signs_in_well_between_starts_nothing_anew(ana, ben):
    for n in range(5):
        sign_in(ana.email, address="192.0.2.1")
        assert sign_in(ben.email, PASSWORD, address=f"192.0.2.{n + 2}")
    assert not sign_in(ana.email, PASSWORD, address="192.0.2.9")


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_s11_a_few_codes_an_hour_go_to_one_address(sam, name, monkeypatch):
    """Each code can be tried three times, so the number of codes is the number of tries."""
    began, minute = real.time(), 0
    clock = SimpleNamespace(time=lambda: began + 61 * minute, monotonic=real.monotonic, sleep=real.sleep)
    monkeypatch.setattr(ratelimit, "time", clock)
    for minute in range(50):
        client = Client(REMOTE_ADDR=f"192.0.2.{minute}")
        answer = client.post(reverse(name), {"email": sam.email})
        assert answer.status_code in (200, 302, 429)
    assert OutgoingMail.objects.filter(to=sam.email).count() == 6


def test_s21_who_asks_too_often_is_told_in_our_words(client, sam):
    for _n in range(4):
        answer = client.post(reverse("account_reset_password"), {"email": sam.email})
    assert answer.status_code == 429
    assert "<h1>That was tried too often</h1>" in answer.text


def test_s11_the_password_at_a_signature_is_guessed_a_few_times_only(ana, tess, dr_vega):
    case = build.make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=build.real_now())
    client = Client()
    client.force_login(dr_vega)
    page = reverse("opinion:sign", args=[case.reference])
    answers = [client.post(page, {"edit": 0, "password": WRONG}).status_code for _n in range(12)]
    assert answers == [422] * 10 + [429] * 2
