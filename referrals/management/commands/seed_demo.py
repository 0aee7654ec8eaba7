"""Fill an empty demo with Fernhollow Clinic: its people, sixty cases, their records. For demos alone."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from referrals.management.demo.clinic import Demo
from referrals.management.demo.people import DOMAIN, PASSWORD
from referrals.models import Person


class Command(BaseCommand):
    help = "Build the demo clinic. Refuses anything that is not an empty demo."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("This is not a demo (DEMO is not set): nothing was touched.")
        if Person.objects.filter(email__endswith=f"@{DOMAIN}").exists():
            self.stdout.write("The demo clinic is there already.")
            return
        if Person.objects.exists():
            raise CommandError(
                "There are people in this database who are not of the demo: nothing was touched."
            )
        with transaction.atomic():
            Demo(timezone.now(), PASSWORD, say=self.stdout.write).fill()
