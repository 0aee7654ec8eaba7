"""Encrypt files that were kept before the portal encrypted them; look whether the ring is the right one."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef

from referrals.models import PagePicture, Record, StoredFile
from referrals.storage import plain, ring


class Command(BaseCommand):
    help = (
        "Encrypts files from before encryption in their place, and ends with an error if RECORD_KEYS lacks a key "
        "that files need. Safe to repeat, and quick when all is done."
    )

    def handle(self, **options):
        if objections := list(ring.objections()):
            raise CommandError(" ".join(objections))
        sums = dict(
            without_a_row(Record.objects.with_bytes().exclude(sha256="")).values_list("key", "sha256")
        )
        pictures = set(without_a_row(PagePicture.objects.drawn()).values_list("key", flat=True))

        def is_it(key, sha256, start):
            return start[8:12] == b"WEBP" if key in pictures else sha256 == sums[key]

        done = 0
        for key, was_done in plain.encrypt_all([*sums, *pictures], is_it=is_it):
            done += was_done
            if not was_done:
                self.stderr.write(f"changed: {key} is not as it came in, and stays as it is")
        if done:
            self.stdout.write(f"{done} files encrypted")


def without_a_row(rows):
    return rows.exclude(Exists(StoredFile.objects.filter(key=OuterRef("key"))))
