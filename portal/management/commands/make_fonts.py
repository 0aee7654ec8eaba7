from django.core.management.base import BaseCommand

from portal import fonts


class Command(BaseCommand):
    help = "Makes the web fonts that are missing; collectstatic comes after."
    requires_system_checks = []

    def handle(self, **options):
        for name in fonts.missing():
            fonts.make(name)
            self.stdout.write(f"{name}: {(fonts.TARGET / name).stat().st_size / 1000:.1f} kB")
