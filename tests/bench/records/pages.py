"""A book of a thousand full pages: through the checks, its first page on screen, a far page, a word in all of it.

Over the application without a network, drawn by this process as a worker would. A page counts as visible once
its reading page and its picture have answered whole.
"""

import io
import statistics
import time

import pikepdf
from django.conf import settings
from django.test import Client
from django.urls import reverse

from referrals import storage
from referrals.models import Record
from referrals.records import checks, picturing
from tests import build
from tests.bench.records import ROUNDS

PAGES, LINES = 1000, 45
LINE = "Moderate narrowing of the spinal canal at L4 to L5, unchanged since the last visit"
MOST_SECONDS = 2


def book():
    made = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for number in range(1, PAGES + 1):
        lines = [f"Physio notes, page {number}", *(f"{row} {LINE}" for row in range(LINES))]
        page = made.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        shown = " T* ".join(f"({line}) Tj" for line in lines)
        page.Contents = made.make_stream(f"BT /F1 11 Tf 15 TL 50 790 Td {shown} ET".encode())
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def measure(figures, *, size):
    case, body = build.make_draft(build.make_person("bench reader")), book()
    kept = storage.put(io.BytesIO(body))
    record = Record.objects.create(
        key=kept.key, case=case, added_by=case.patient, added_at=build.real_now(), name="book.pdf",
        size=kept.size,
    )  # fmt: skip
    began = time.perf_counter()
    checks.check(key=record.key, clock=build.real_now)
    took = time.perf_counter() - began
    record.refresh_from_db()
    assert (record.status, record.pages.count()) == ("ready", PAGES)
    figures.say(f"  {PAGES} pages of {len(LINE.split()) * LINES} words: {took:.1f} s through the checks")
    reader = Reader(case, record)
    figures.add("first-page-of-1000-s", reader.until_visible(1), most=MOST_SECONDS)
    far = [reader.until_visible(number) for number in range(500, 500 + 10 * ROUNDS, 10)]
    figures.add("far-page-of-1000-s", statistics.median(far), most=MOST_SECONDS)
    figures.add("sharp-page-s", reader.until_visible(700, "sharp"), most=MOST_SECONDS)
    figures.say(f"  the page around it: {len(reader.page(900).content) / 1024:.0f} KiB of HTML")
    found = [reader.search("“page 987” narrowing") for _round in range(ROUNDS)]
    figures.add("a-phrase-in-1000-pages-s", statistics.median(found), most=0.5)
    figures.add("a-word-on-all-pages-s", reader.search("narrowing"), most=0.5)


class Reader:
    def __init__(self, case, record):
        self.case, self.record = case, record
        self.client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
        self.client.force_login(case.patient)
        self.client.get(reverse("records:list", args=[case.reference]))  # what is loaded once is loaded

    def page(self, number):
        return self.client.get(
            reverse("records:read", args=[self.case.reference, self.record.key]), {"page": number}
        )

    def until_visible(self, number, scale="normal"):
        picture = reverse("viewer:picture", args=[self.case.reference, self.record.key, number, scale])
        began = time.perf_counter()
        assert self.page(number).status_code == 200
        if self.client.get(picture).status_code == 202:
            picturing.draw(key=self.record.key, clock=build.real_now)
        assert self.client.get(picture).status_code == 200
        return time.perf_counter() - began

    def search(self, words):
        began = time.perf_counter()
        answer = self.client.post(reverse("viewer:search", args=[self.case.reference]), {"q": words})
        assert b"so-hit" in answer.content
        return time.perf_counter() - began
