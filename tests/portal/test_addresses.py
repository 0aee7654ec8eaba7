"""Addresses that nobody was given."""

import pytest
from django.urls import reverse

from tests.build import make_person

pytestmark = pytest.mark.django_db
NUL = "SO-7K3M\x0092QX"


@pytest.mark.parametrize(
    "name",
    [
        "home:case",
        "home:staff_case",
        "records:list",
        "records:add",
        "intake:answer",
        "review:room",
        "opinion:edit",
        "decision:opinion",
        "reminders:case",
        "triage:ask",
        "triage:claim",
        "oversight:join",
    ],
)
def test_s21_a_nul_byte_in_an_address_is_no_such_page(client, clinic, name):
    both = make_person("both", "lead", clinic=clinic)
    client.force_login(both)
    for answer in (client.get(reverse(name, args=[NUL])), client.post(reverse(name, args=[NUL]))):
        assert answer.status_code in (404, 405, 410)


def test_s02_who_is_not_signed_in_is_asked_to_first(client, clinic):
    answer = client.get(reverse("home:case", args=[NUL]))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["home", "account_login", "home:mine"])
def test_s21_a_nul_byte_in_a_cookie_signs_nobody_in_and_breaks_nothing(client, clinic, name):
    client.cookies.load(r'sessionid="\000aaaaaaaaaaaa"')
    assert client.get(reverse(name)).status_code < 400
