"""A disc of a thousand slices through the checks, one file after the other; then the first frame of a series.

The floor of a file is one look by the decoder (a child process, and its header read over the socket) and the
storage's own work on its bytes: hashing, once more. What is measured adds the rows, the claims and the joining.
"""

import hashlib
import io
import statistics
import time

from django.conf import settings
from django.test import Client
from django.urls import reverse

from referrals import storage
from referrals.models import Instance, Record
from referrals.records import checks, decoder_client
from tests import build
from tests.bench.records import ROUNDS
from tests.referrals.records import dicoms

FILES, LOOK_EVERY = 1000, 5
SIDE = 256
MOST_TO_FLOOR = 6
FIRST_FRAME_SIDE = 512


def stored(case, number, body):
    kept = storage.put(io.BytesIO(body))
    return Record.objects.create(
        key=kept.key, case=case, added_by=case.patient, added_at=build.real_now(),
        name=f"IM{number:04d}", size=kept.size,
    )  # fmt: skip


def measure(figures, *, size):
    case = build.make_draft(build.make_person("benchmark"))
    keys = [stored(case, n, dicoms.slice_(n, size=(SIDE, SIDE))).key for n in range(1, FILES + 1)]
    times, floors = [], []
    for number, key in enumerate(keys):
        if number % LOOK_EVERY == 0:  # beside it, so that a busy moment meets both
            floors.append(look(key))
        began = time.perf_counter()
        checks.check(key=key, clock=build.real_now)
        times.append(time.perf_counter() - began)
    study = case.records.get()
    assert (study.status, study.page_count) == ("ready", FILES)
    ratios = [took / floor for took, floor in zip(times[::LOOK_EVERY], floors, strict=True)]
    tenth = len(ratios) // 10
    figures.say(
        f"  {FILES} files: {sum(times):.1f} s by one worker, {1000 * statistics.median(times):.1f} ms a file"
    )
    figures.say(f"  floor: {1000 * statistics.median(floors):.1f} ms a file")
    figures.add("disc-file-to-floor", statistics.median(ratios), most=MOST_TO_FLOOR)
    growth = statistics.median(ratios[-tenth:]) / statistics.median(ratios[1 : tenth + 1])
    figures.add("disc-last-to-first", growth, most=1.5)
    first_frame(figures, case)


def look(key):
    began = time.perf_counter()
    decoder_client.run("identify", key)
    with storage.open(key) as file:
        hashlib.file_digest(file, "sha256")
    return time.perf_counter() - began


def first_frame(figures, case):
    """From asking for the study to the last byte of the first frame, over the application without a network."""
    study = case.records.get()
    one = Instance.objects.filter(series__record=study).in_order().first()
    kept = storage.put(io.BytesIO(bytes(FIRST_FRAME_SIDE**2 * 2)))
    Instance.objects.filter(pk=one.pk).update(
        frames_key=kept.key, frame_offset=0, frame_bytes=FIRST_FRAME_SIDE**2 * 2
    )
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(case.patient)
    data = reverse("studies:study", args=[case.reference, study.key])
    frame = reverse("studies:frame", args=[case.reference, study.key, one.key, 1])
    client.get(data)
    whole, alone = [], []
    for _round in range(ROUNDS * 3):
        began = time.perf_counter()
        client.get(data)
        middle = time.perf_counter()
        b"".join(client.get(frame).streaming_content)
        whole.append(time.perf_counter() - began)
        alone.append(time.perf_counter() - middle)
    figures.say(f"  a frame alone: {1000 * statistics.median(alone):.1f} ms")
    figures.add("first-frame-of-512-s", statistics.median(whole), most=0.5)
