"""Wrap the keys of all files with the ring's first key."""

from django.core.management.base import BaseCommand, CommandError

from referrals.storage import ring


class Command(BaseCommand):
    help = (
        "Wraps the keys of all files with the first key of RECORD_KEYS; the files stay as they are. "
        "Safe to repeat, and while the portal runs. Says which keys may be retired."
    )

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=500, help="files in one transaction")

    def handle(self, *, batch, **options):
        done, last = 0, 0
        while last is not None:
            count, last = ring.rewrap(after=last, most=batch)
            done += count
            if count:
                self.stdout.write(f"{done} files wrapped anew")
        uses = ring.uses()
        first = ring.first()
        for name, count in uses.items():
            may_go = "" if count or name == first else "; this key may be taken out of RECORD_KEYS"
            self.stdout.write(f"key {name}: {count} files{may_go}")
        if left := sum(count for name, count in uses.items() if name != first):
            why = " ".join(ring.objections())
            raise CommandError(
                f"{left} files are left with other keys than “{first}”. {why or 'Run it again.'}"
            )
