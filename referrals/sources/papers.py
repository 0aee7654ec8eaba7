"""PDFs of letters, made by a worker: rows claimed by conditional update, the file kept by the storage.

Typst gets the words as JSON and one template, in a folder of its own that it can't look out of; fonts come from wheels
alone. Characters that none of them has are shown as a question mark, so that a name never stops a letter.
"""

import datetime as dt
import importlib.util
import io
import json
from functools import cache
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import F, Q
from fontTools.ttLib import TTFont

from referrals import storage
from referrals.models import Letter
from referrals.sources import letters
from referrals.vocabulary import LetterStatus

log = structlog.get_logger("referrals.papers")
FONTS = {
    "fontpkg_public_sans": ("files/PublicSans[wght].ttf",),
    "fontpkg_noto_sans": ("files/NotoSans[wdth,wght].ttf",),
    "fontpkg_noto_sans_arabic": ("files/NotoSansArabic[wdth,wght].ttf",),
    "pylopdf_fonts_he": ("NotoSansHebrew-Variable.ttf",),
    "fontpkg_noto_sans_devanagari": ("files/NotoSansDevanagari[wdth,wght].ttf",),
}
CLAIM_LASTS = dt.timedelta(minutes=5)
MOST_TRIES = 5
TEMPLATE = Path(__file__).with_name("paper.typ")


def waiting(*, now):
    """Keys of letters that no worker has in hand."""
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS)
    return Letter.objects.to_make().filter(free).order_by("written_at", "pk").values_list("key", flat=True)


def make(*, key, now):
    """Make the PDF of one letter; safe to repeat, and nothing once somebody else has it or it was stopped."""
    claimed = Letter.objects.to_make().filter(
        Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS), key=key
    ).update(claimed_at=now, attempts=F("attempts") + 1)  # fmt: skip
    if not claimed:
        return
    letter = Letter.objects.select_related("authorisation").get(key=key)
    try:
        pdf = pdf_of(letter.content)
    except Exception as error:  # whatever typst says may quote what somebody wrote: its kind alone is logged
        log.warning("letter_not_made", error=type(error).__name__)
        _failed(letter, now)
        return
    stored = storage.put(io.BytesIO(pdf))
    if not _kept(letter, stored, now):
        storage.delete(stored.key)


@transaction.atomic
def _kept(letter, stored, now):
    """Written only while the claim is ours and nobody stopped it meanwhile."""
    held = Letter.objects.select_for_update(of=("self",)).select_related("authorisation").get(pk=letter.pk)
    if held.status != LetterStatus.PLANNED or held.claimed_at != now:
        return False
    if not letters.may_go_out(held):
        Letter.objects.filter(pk=held.pk).update(status=LetterStatus.STOPPED)
        return False
    Letter.objects.filter(pk=held.pk).update(
        status=LetterStatus.READY, file_key=stored.key, size=stored.size, sha256=stored.sha256
    )
    return True


def _failed(letter, now):
    row = Letter.objects.filter(pk=letter.pk, status=LetterStatus.PLANNED, claimed_at=now)
    if letter.attempts >= MOST_TRIES:
        row.update(status=LetterStatus.FAILED)


def pdf_of(content):
    """The accessible PDF of a letter's content (PDF/UA-1)."""
    import typst  # 80 MB that only a worker loads

    folders = [str(_package(name) / Path(files[0]).parent) for name, files in FONTS.items()]
    return typst.compile(
        str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=folders, ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_drawable(content))}, pdf_standards="ua-1", format="pdf",
        package_path=str(TEMPLATE.parent / "none"), package_cache_path=str(TEMPLATE.parent / "none"),
    )  # fmt: skip


def _drawable(value):
    """The same, with what no font can draw as a question mark (PDF/UA has no place for unknown signs)."""
    if isinstance(value, str):
        known = _known()
        return "".join(
            c if c == "\n" or ord(c) in known else "" if ord(c) in INVISIBLE else "?" for c in value
        )
    if isinstance(value, dict):
        return {name: _drawable(each) for name, each in value.items()}
    return [_drawable(each) for each in value] if isinstance(value, list) else value


# Controls, joiners and marks of direction: they draw nothing.
INVISIBLE = frozenset(
    {*range(0x20), *range(0x7F, 0xA0), 0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)}
)  # fmt: skip


@cache
def _known():
    found = set()
    for name, files in FONTS.items():
        for file in files:
            with TTFont(_package(name) / file, lazy=True) as font:
                found |= set(font.getBestCmap())
    return frozenset(found) - INVISIBLE | {0x200C, 0x200D}  # Arabic and Indic letters need their joiners


def _package(name):
    return Path(importlib.util.find_spec(name).origin).parent
