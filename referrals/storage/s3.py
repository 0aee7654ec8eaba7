"""The S3-compatible store (RECORDS_STORE): where whole files go from this machine's disk, encrypted as they are.

Files arrive on the disk; `ship` sends them on from there and only then lets go of the local copy. So a store that
is away delays nothing that comes in, and what it holds is noise without the database and the ring.

The client is obstore (Rust's object_store in one wheel without dependencies: 30 ms and 7 MiB to load; boto3 took
340 ms and 40 MiB, minio 310 ms and 21 MiB and brings a second cryptography). It is loaded with the first use.
"""

import datetime as dt
import os
import uuid
from functools import lru_cache
from pathlib import PurePosixPath

from django.conf import settings

from referrals.storage.frames import Damaged, NotThere

PART = 8 * 1024**2
FIRST_READ, LARGEST_READ = 256 * 1024, 4 * 1024**2
RETRIES = {"max_retries": 4, "retry_timeout": dt.timedelta(seconds=30)}
TIMEOUTS = {"connect_timeout": "5s", "timeout": "60s"}


class Away(Exception):
    """The store gave no answer, or refused one. The file may be well; it is worth asking again."""


def is_used():
    return bool(settings.RECORDS_STORE)


class asking:
    """Says in our words what went wrong, without addresses and keys of the store."""

    def __enter__(self):
        self.store = _client(os.getpid(), tuple(sorted(settings.RECORDS_STORE.items())))
        return self.store

    def __exit__(self, _kind, error, _trace):
        from obstore.exceptions import BaseError

        if isinstance(error, FileNotFoundError):
            self.look_for_the_bucket()
            raise NotThere from None
        if isinstance(error, BaseError | OSError):
            raise Away(type(error).__name__) from None

    def look_for_the_bucket(self):
        """Without the bucket no file is there either; that is no word about the files."""
        import obstore

        try:
            next(obstore.list(self.store, chunk_size=1), None)
        except Exception:
            raise Away("NoBucket") from None


def put(key, path):
    """In parts, whole or not at all."""
    import obstore

    with path.open("rb") as file, asking() as store:
        obstore.put(store, _name(key), file, chunk_size=PART, max_concurrency=2)


def size_at_rest(key):
    import obstore

    with asking() as store:
        return obstore.head(store, _name(key))["size"]


def delete(key):
    """Safe to repeat."""
    import obstore

    try:
        with asking() as store:
            obstore.delete(store, _name(key))
    except NotThere:
        pass


def keys_before(moment):
    import obstore

    with asking() as store:
        for found in obstore.list(store):
            for each in found:
                name = PurePosixPath(each["path"]).name
                if each["last_modified"] < moment and len(name) == 32:
                    yield uuid.UUID(name)


class Source:
    """A file to read from by ranged requests, each reading further ahead while one reads on in order."""

    def __init__(self, key, length):
        self.key, self.length = key, length
        self.at, self.window, self.ahead = 0, memoryview(b""), FIRST_READ

    def read_at(self, offset, into):
        done = 0
        while done < len(into):
            skip = offset + done - self.at
            if not 0 <= skip < len(self.window):
                self._fetch(offset + done, len(into) - done)
                skip = 0
            piece = self.window[skip : skip + len(into) - done]
            into[done : done + len(piece)] = piece
            done += len(piece)

    def close(self):
        self.window = memoryview(b"")

    def _fetch(self, start, wanted):
        import obstore

        is_next = self.window and start == self.at + len(self.window)
        self.ahead = min(2 * self.ahead, LARGEST_READ) if is_next else FIRST_READ
        end = min(start + max(wanted, self.ahead), self.length)
        if start >= end:
            raise Damaged
        with asking() as store:
            found = obstore.get(store, _name(self.key), options={"range": (start, end)})
            is_whole, body = found.meta["size"] == self.length, found.bytes()
        if not is_whole or len(body) != end - start:
            raise Damaged
        self.at, self.window = start, memoryview(body)


def _name(key):
    """As on the disk, so that a folder copied as it is becomes a store."""
    return f"{key.hex[:2]}/{key.hex[2:4]}/{key.hex}"


@lru_cache(maxsize=2)
def _client(_process, options):
    """One for each process: its threads don't outlive a fork."""
    from obstore.store import S3Store

    given = dict(options)
    allow_http = given["endpoint"].startswith("http://")
    return S3Store(
        given.pop("bucket"),
        client_options=TIMEOUTS | {"allow_http": allow_http},
        retry_config=RETRIES,
        virtual_hosted_style_request=False,
        **{name: value for name, value in given.items() if value},
    )
