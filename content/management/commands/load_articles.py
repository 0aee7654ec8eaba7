"""Loads the pages and passages from their files. Safe to repeat; what has no file any more goes."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from content import files
from content.loading import load


class Command(BaseCommand):
    help = "Load the pages and passages from content/articles, content/about and content/passages."

    def handle(self, *args, **options):
        try:
            with transaction.atomic():
                articles, passages, gone = load()
        except (files.BadText, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{articles} pages and {passages} passages loaded, {gone} removed")
