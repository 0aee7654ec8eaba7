"""Files from before encryption: plain bytes on the disk, without a row. They are encrypted in their place.

In this order, so that a kill at any moment loses nothing and the next run goes on: the encrypted form beside it,
flushed; its row; the encrypted form takes the plain one's place.
"""

import hashlib
import os

from referrals.models import StoredFile
from referrals.storage import disk, frames, ring

PIECE = 1024**2
START = 16  # bytes that `is_it` is shown


def encrypt_all(keys, *, is_it):
    """Encrypt those of `keys` that lie there plain. Yields (key, whether it was done).

    `is_it(key, sha256, start)` says whether this is the file as it came; what isn't stays untouched: it may be
    the noise that is left of a deleted one.
    """
    with disk.alone(disk.SEALING):
        _finish_what_was_begun()
        for key in keys:
            if disk.path(key).is_file() and not StoredFile.objects.filter(key=key).exists():
                yield key, _encrypt(key, is_it)


def _encrypt(key, is_it):
    secret = os.urandom(frames.KEY_BYTES)
    ring_key, wrapped_key = ring.wrap(secret, key)
    sealed = disk.Growing(disk.path_in(disk.SEALING, key), is_new=True)
    try:
        sealer = frames.Sealer(frames.Cipher(secret, key), sealed.write)
        digest, start = hashlib.sha256(), b""
        with disk.path(key).open("rb") as plain:
            while piece := plain.read(PIECE):
                start = start or piece[:START]
                digest.update(piece)
                sealer.add(piece)
        if not is_it(key, digest.hexdigest(), start):
            sealed.abandon()
            return False
        size = sealer.size
        sealer.finish()
        sealed.flush()
    except BaseException:
        sealed.abandon()
        raise
    StoredFile.objects.create(key=key, wrapped_key=wrapped_key, ring_key=ring_key, size=size)
    sealed.move(disk.path(key))
    return True


def _finish_what_was_begun():
    for key, path in disk.begun(disk.SEALING):
        if StoredFile.objects.filter(key=key).exists():
            disk.Growing(path, is_new=False).move(disk.path(key))
        else:
            path.unlink(missing_ok=True)
