"""The first way in on a fresh server: `manage.py invite lead@clinic.example "Lea Moor"` prints a link and posts it."""

from django.core.management.base import BaseCommand
from django.core.validators import validate_email
from django.utils import timezone

from referrals.models import Clinic
from referrals.oversight import actions
from referrals.vocabulary import Role


def address(text):
    validate_email(text)
    return text


class Command(BaseCommand):
    help = "Invite a lead, who then invites everybody else."

    def add_arguments(self, parser):
        parser.add_argument("email", type=address)
        parser.add_argument("name")

    def handle(self, *args, email, name, **options):
        clinic = Clinic.objects.order_by("pk").first()
        _invitation, link = actions.invite(
            clinic=clinic, email=email, name=name, role=Role.LEAD, by=None, now=timezone.now()
        )
        self.stdout.write(f"Open within 7 days: {link}")
