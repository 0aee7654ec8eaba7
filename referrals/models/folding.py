"""Text as it is searched: small letters, without accents, single spaces; so that `MÜNCHEN` finds `munchen`."""

import re
import unicodedata

from django.db import models

SPACES = re.compile(r"\s+")
FORMAT = dict.fromkeys(range(0x200B, 0x2010)) | {0xAD: None, 0xFEFF: None}  # soft hyphens, joiners, marks


def fold(text):
    if not text.isascii():
        text = text.translate(FORMAT)
        text = "".join(
            c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
        )
    return SPACES.sub(" ", text.casefold()).strip()


class FoldedField(models.TextField):
    """The text of another field as it is searched: see `folding.fold`. Kept by every save that names it."""

    def __init__(self, *args, of="text", **options):
        self.of = of
        super().__init__(*args, **{"blank": True, "editable": False, "default": "", **options})

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}

    def pre_save(self, row, add):
        setattr(row, self.attname, fold(getattr(row, self.of)))
        return getattr(row, self.attname)
