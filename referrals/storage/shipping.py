"""From this machine's disk to the store, where there is one. The files on the disk are the queue."""

import structlog

from referrals.models import StoredFile
from referrals.storage import disk, s3

log = structlog.get_logger("referrals.storage")


def ship(*, most=1000):
    """Send whole files to the store, then let go of the local ones. Returns how many; safe at any time."""
    shipped = 0
    for key in disk.keys() if s3.is_used() else ():
        if shipped >= most:
            break
        try:
            shipped += _ship(key)
        except s3.Away as why:
            log.warning("store_away", why=str(why))
            break
    return shipped


def _ship(key):
    """Not what has no row: it was deleted, or is from before encryption and must never leave unencrypted."""
    with disk.held(key) as path:
        if path is None or not _is_known(key):
            return False
        try:
            s3.put(key, path)
        except FileNotFoundError:  # deleted before it was opened
            return False
        if not _is_known(key):  # deleted while it travelled
            s3.delete(key)
            return False
        path.unlink(missing_ok=True)
        return True


def _is_known(key):
    return StoredFile.objects.filter(key=key).exists()
