"""Bytes at rest: against the same hashing, encrypting and writing (and decrypting) with nothing around it."""

import hashlib
import io
import os
import random
import resource
import time
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from referrals import storage
from referrals.storage import frames

PIECE, BODY = 1024**2, os.urandom(64 * 1024**2)
UPLOAD_PIECE = 8 * 1024**2
GIB = 1024**3


class Made(io.RawIOBase):
    """So many bytes that cost nothing to make."""

    def __init__(self, size):
        self.left = size

    def read(self, size=-1):
        size = min(size, self.left)
        at = (self.left - size) % (len(BODY) - PIECE)
        self.left -= size
        return memoryview(BODY)[at : at + size]


def floor_of_writing(path, size, gcm):
    digest, made, number = hashlib.sha256(), Made(size), 0
    with open(path, "wb", buffering=0) as file:
        while piece := made.read(PIECE):
            digest.update(piece)
            for at in range(0, len(piece), frames.FRAME):
                number += 1
                file.write(gcm.encrypt(number.to_bytes(12, "big"), piece[at : at + frames.FRAME], None))
        os.fsync(file.fileno())


def floor_of_reading(path, gcm):
    number = 0
    with open(path, "rb", buffering=0) as file:
        while sealed := file.read(frames.FRAME + frames.TAG):
            number += 1
            gcm.decrypt(number.to_bytes(12, "big"), sealed, None)


def put(size):
    storage.delete(storage.put(Made(size)).key)


def upload(size):
    made, sent = Made(size), 0
    with storage.Arriving.begin() as arriving:
        key, saved = arriving.key, arriving.checkpoint()
    while sent < size:
        with storage.Arriving(key, *saved) as arriving:
            for _ in range(UPLOAD_PIECE // PIECE):
                piece = made.read(PIECE)
                arriving.write(piece)
                sent += len(piece)
            saved = arriving.checkpoint()
            if sent >= size:
                arriving.finish()
    storage.delete(key)


def read(key):
    with storage.open(key) as file:
        into = bytearray(256 * 1024)
        while file.readinto(into):
            pass


def first_bytes(key, size, times=300):
    """Milliseconds from asking for a stretch to its first byte, worst and middle."""
    chosen, took = random.Random(3), []
    for _ in range(times):
        offset = chosen.randrange(size)
        began = time.perf_counter()
        with storage.open(key, offset) as file:
            file.read(1)
        took.append(1000 * (time.perf_counter() - began))
    return max(took), sorted(took)[times // 2]


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(figures, *, size):
    from tests.bench.records import side_by_side

    path, gcm = Path(settings.RECORDS_DIR) / "floor", AESGCM(AESGCM.generate_key(256))
    put(1000)  # everything is loaded
    before = peak()
    put(size)
    upload(size)
    grown = peak() - before
    floor, whole, pieces = side_by_side(
        lambda: floor_of_writing(path, size, gcm), lambda: put(size), lambda: upload(size)
    )
    key = storage.put(Made(size)).key
    reading_floor, reading = side_by_side(lambda: floor_of_reading(path, gcm), lambda: read(key))
    worst, middle = first_bytes(key, size)
    for name, took in {
        "floor: hash, encrypt, write": floor, "put": whole, "upload in pieces of 8 MiB": pieces,
        "floor: read, decrypt": reading_floor, "read": reading,
    }.items():  # fmt: skip
        figures.say(f"  {name}: {size / GIB / took:.2f} GiB/s")
    figures.say(f"  first byte: {middle:.1f} ms, {worst:.1f} at worst")
    figures.add("storage-put", floor / whole, least=0.5)
    figures.add("storage-upload", floor / pieces, least=0.5)
    figures.add("storage-read", reading_floor / reading, least=0.5)
    figures.add("storage-first-byte-ms", worst, most=50)
    figures.add("storage-memory-MiB", grown, most=16)
    storage.delete(key)
    path.unlink()
