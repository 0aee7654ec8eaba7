"""Django's admin holds people and content; nothing clinical, and no second way to sign in."""

import pytest
from django.contrib import admin
from django.urls import reverse

from referrals.models import Person

CLINICAL = {
    "case", "firstopinion", "heldplace", "casequestion", "avoidedname", "statuschange", "record", "recordpage",
    "recordreading", "checklistitem", "inforequest", "infoitem", "referral", "opinion", "opinionanswer",
    "opinionversion", "decision", "reminder", "outgoingmail", "auditevent",
}  # fmt: skip


def test_nothing_clinical_is_in_the_admin():
    shown = {model._meta.model_name for model in admin.site._registry if model._meta.app_label == "referrals"}
    assert shown == {"clinic", "person", "membership", "retentionrule", "specialty", "specialistprofile"}
    assert not shown & CLINICAL


def test_the_admin_has_no_sign_in_of_its_own(client, lea):
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("admin:login")).url.startswith(reverse("account_login"))


def test_only_who_may_use_the_admin_gets_in(client, lea, clinic):
    client.force_login(lea)
    assert client.get(reverse("admin:index")).status_code in (302, 403)
    keeper = Person.objects.create_superuser("keeper@fernhollow.example", "three green apples", name="Keeper")
    client.force_login(keeper)
    assert client.get(reverse("admin:index")).status_code == 200
    page = client.get(reverse("admin:referrals_person_change", args=[lea.pk]))
    assert page.status_code == 200
    assert "password" not in page.context["adminform"].form.fields


@pytest.mark.parametrize("name", ["referrals_person_add", "referrals_membership_add"])
def test_people_are_not_made_in_the_admin(client, clinic, name):
    keeper = Person.objects.create_superuser("keeper@fernhollow.example", "three green apples", name="Keeper")
    client.force_login(keeper)
    assert client.get(reverse(f"admin:{name}")).status_code == 403
