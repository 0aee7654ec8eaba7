"""Compare every kept file with the sum taken when it came."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from referrals.records import checks


class Command(BaseCommand):
    help = "Reports files that are lost or changed; ends with an error if there are any. Beat does it each night."

    def handle(self, **options):
        report = checks.compare_all(now=timezone.now())
        self.stdout.write(f"{report.looked_at} files looked at, {report.swept} leftovers swept up")
        for what in ("lost", "changed"):
            for key in getattr(report, what):
                self.stdout.write(f"{what}: {key}")
        if not report.is_clean:
            raise CommandError("Some files are not as they came in.")
