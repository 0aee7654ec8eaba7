"""The key ring (RECORD_KEYS): its keys wrap the files' own. The first wraps what is new, all of them unwrap.

Turning the ring touches rows alone. A file is lost with the ring, so the ring is never the portal's to make up:
without one, or with another one, nothing is written and nothing read, and the error says so.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Count

from referrals.models import StoredFile

NONCE = 12
VERSION = b"second opinion file key, 1:"


class WrongRing(Exception):
    """The ring lacks the key that a file needs, or has another under its name. The file may be well."""


def first():
    """The name of the key that wraps what is new."""
    if not settings.RECORD_KEYS:
        raise ImproperlyConfigured("RECORD_KEYS is missing: records are never kept unencrypted.")
    return next(iter(settings.RECORD_KEYS))


def wrap(key, identity):
    """(the ring key's name, the file's key wrapped by it)."""
    name = first()
    nonce = os.urandom(NONCE)
    return name, nonce + AESGCM(settings.RECORD_KEYS[name]).encrypt(nonce, key, VERSION + identity.bytes)


def unwrap(row):
    """The file's own key."""
    wrapped = bytes(row.wrapped_key)
    try:
        ring_key = AESGCM(settings.RECORD_KEYS[row.ring_key])
        return ring_key.decrypt(wrapped[:NONCE], wrapped[NONCE:], VERSION + row.key.bytes)
    except KeyError:
        raise WrongRing(f"RECORD_KEYS has no key “{row.ring_key}”, and files need it.") from None
    except InvalidTag:
        raise WrongRing(f"The key “{row.ring_key}” of RECORD_KEYS doesn't open a file it should.") from None


def uses():
    """How many files need each key: {name: count}, those of the ring always among them."""
    found = StoredFile.objects.values_list("ring_key").annotate(Count("pk"))
    return dict.fromkeys(settings.RECORD_KEYS, 0) | dict(found.order_by("ring_key"))


def objections():
    """Why files can't be read with this ring; one file is tried for each key."""
    for name in uses():
        if row := StoredFile.objects.filter(ring_key=name).order_by("-pk").first():
            try:
                unwrap(row)
            except WrongRing as why:
                yield str(why)


@transaction.atomic
def rewrap(*, after=0, most=500):
    """Wrap some files' keys with the ring's first key. Returns (how many, the last row seen or None)."""
    old = StoredFile.objects.exclude(ring_key=first()).filter(pk__gt=after)
    rows = list(old.select_for_update(skip_locked=True).order_by("pk")[:most])
    done = []
    for row in rows:
        try:
            row.ring_key, row.wrapped_key = wrap(unwrap(row), row.key)
        except WrongRing:
            continue  # told by the count of those that are left
        done.append(row)
    StoredFile.objects.bulk_update(done, ["ring_key", "wrapped_key"])
    return len(done), rows[-1].pk if rows else None
