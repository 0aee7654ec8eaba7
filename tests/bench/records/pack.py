"""The pack to carry: a thousand pages and a hundred photos bound into one PDF, and streamed beside a large study.

Made by this process as a worker would. The floor of the stream reads and decrypts the same bytes.
"""

import io
import resource
import time

from PIL import Image

from referrals import storage
from referrals.models import CarryPack
from referrals.records.pack import actions, making, zipped
from tests import build
from tests.bench.records.pages import book
from tests.referrals.records import samples

PHOTOS, SIDE = 100, (4000, 3000)  # as a phone takes them
MIB = 1024**2


def measure(figures, *, size):
    case = build.make_draft(build.make_person("bench traveller"))
    samples.store(case, book(), "book.pdf", kind="pdf", status="ready", checked_at=build.real_now())
    for number in range(PHOTOS):
        body = photo(number)
        samples.store(case, body, f"{number}.jpg", kind="jpeg", status="ready", checked_at=build.real_now())
    kept = storage.put(Zeros(size // 4))
    case.records.create(
        key=kept.key, size=kept.size, sha256=kept.sha256, name="study", kind="dicom", status="ready",
        checked_at=build.real_now(), added_by=case.patient, added_at=build.real_now(),
    )  # fmt: skip
    pack = actions.ask_for(case=case, by=case.patient, now=build.real_now())
    before, began = peak(), time.perf_counter()
    making.make(key=pack.key, clock=build.real_now)
    took = time.perf_counter() - began
    pack = CarryPack.objects.select_related("case").get(pk=pack.pk)
    assert (pack.status, pack.page_count) == ("ready", 1000 + PHOTOS)
    figures.say(f"  {pack.page_count} pages: {took:.1f} s, {pack.size / MIB:.0f} MiB")
    figures.add("pack-of-1100-pages-s", took, most=60)
    figures.add("pack-memory-MiB", peak() - before, most=128)
    began = time.perf_counter()
    total = sum(len(piece) for piece in zipped.stream(pack))
    streamed = total / (time.perf_counter() - began)
    began = time.perf_counter()
    with storage.open(kept.key) as file:
        while file.read(MIB):
            pass
    floor = kept.size / (time.perf_counter() - began)
    figures.say(f"  floor: read, decrypt: {floor / 1024**3:.2f} GiB/s, streamed {streamed / 1024**3:.2f}")
    figures.add("pack-stream-of-floor", streamed / floor, least=0.25)


def photo(number):
    made = io.BytesIO()
    Image.effect_noise(SIDE, 20 + number % 30).convert("RGB").save(made, "JPEG", quality=80)
    return made.getvalue()


class Zeros:
    def __init__(self, size):
        self.left = size

    def read(self, size):
        size = min(size, self.left)
        self.left -= size
        return bytes(size)


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
