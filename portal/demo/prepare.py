"""Everything between "the servers run" and "the portal can start"; safe to repeat, and quick then."""

import hashlib
import io
import os
import sys
from pathlib import Path


def prepare():
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    make_fonts()
    collect_static(settings.STATIC_ROOT)
    call_command("migrate", verbosity=0)
    call_command("load_articles", stdout=io.StringIO())
    call_command("encrypt_records")  # a home from before files were encrypted
    if not seeded() and os.environ.get("PORTAL_SEED") != "no":
        say("Seeding the demo clinic (once)")
        call_command("seed_demo")


def seeded():
    from referrals.models import Person

    return Person.objects.exists()


def make_fonts():
    from portal import fonts

    for name in fonts.missing():
        say(f"Cutting the typeface {name}")
        fonts.make(name)


def collect_static(root):
    """Collected again only when a file has changed."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    made_from = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            made_from.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = Path(root) / ".made-from"
    if stamp.exists() and stamp.read_text() == made_from.hexdigest():
        return
    say("Collecting the static files")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(made_from.hexdigest())


def say(words):
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    prepare()
