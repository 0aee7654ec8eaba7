"""Several at once and lines that break: on real connections, outside one transaction (S07, R38)."""

import io
import random
import re
import time

import pytest
from django.test import Client

from referrals import storage
from referrals.models import Record, Upload
from referrals.records import arrivals
from referrals.vocabulary import UploadStatus
from tests import build
from tests.referrals.records import tus
from tests.referrals.records.test_at_once import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


def test_s07_twenty_uploads_interleaved_each_land_with_their_own(clinic):
    """Each file is full of its own mark; pieces of odd sizes from twenty threads."""
    people = [build.make_person(f"patient{n}") for n in range(4)]
    cases = [build.make_draft(person) for person in people]
    chance = random.Random(7)
    sizes = [[chance.randrange(1, 90_000) for _n in range(200)] for _n in range(20)]

    def upload(n):
        owner = n % 4
        sender = tus.Sender(tus.client_of(people[owner]))
        body = f"MARK-{owner}-{n} ".encode() * chance.randrange(20_000, 40_000)
        url, at, steps = sender.begin(cases[owner], len(body), name=f"{owner}-{n}.txt"), 0, iter(sizes[n])
        while at < len(body):
            piece = body[at : at + next(steps)]
            while (answer := sender.patch(url, at, piece)).status_code == 503:
                time.sleep(0.05)  # all places are taken: it comes again, as a browser would
            assert answer.status_code == 204, answer.content
            at = int(answer["Upload-Offset"])

    in_threads([lambda n=n: upload(n) for n in range(20)])
    assert Record.objects.count() == 20
    for record in Record.objects.select_related("case"):
        with storage.open(record.key) as file:
            marks = set(re.findall(rb"MARK-(\d)-(\d+)", file.read()))
        (mark,) = marks
        assert cases[int(mark[0])] == record.case
        assert record.name == f"{mark[0].decode()}-{mark[1].decode()}.txt"
        assert Upload.objects.get(record=record).case == record.case


class Breaks(io.BytesIO):
    """A line that brings so many bytes and then breaks, quietly or with a bang."""

    def __init__(self, body, after, bang):
        super().__init__(body[:after])
        self.bang = bang

    def read(self, size=-1):
        piece = super().read(size)
        if not piece and self.bang:
            raise ConnectionResetError
        return piece


class Breaking(Client):
    """Sends by lines that break."""

    after, bang = None, False

    def request(self, **request):
        if self.after is not None:
            body = request["wsgi.input"].read()
            request["wsgi.input"] = Breaks(body, self.after, self.bang)
        return super().request(**request)


@pytest.mark.parametrize("bang", [False, True])
def test_r38_cut_at_fifty_offsets_goes_on_without_harm(ana, bang):
    """One file, sent by a line that breaks fifty times at any byte; what came is kept, and nothing else."""
    draft, chance = build.make_draft(ana), random.Random(bang)
    client = Breaking()
    client.force_login(ana)
    sender, body = tus.Sender(client), chance.randbytes(600_000)
    url, at = sender.begin(draft, len(body)), 0
    for _cut in range(50):
        client.after, client.bang = chance.choice([0, 1, chance.randrange(24_000)]), bang
        assert sender.patch(url, at, body[at:]).status_code == 204
        client.after = None
        came = int(sender.head(url)["Upload-Offset"])
        assert at <= came <= at + 24_000
        at = came
    assert sender.patch(url, at, body[at:]).status_code == 204
    with storage.open(Record.objects.get().key) as file:
        assert file.read() == body


def test_a_piece_with_a_sum_that_breaks_is_not_kept(ana):
    client, draft = Breaking(), build.make_draft(ana)
    client.force_login(ana)
    sender, body = tus.Sender(client), b"x" * 200_000
    url = sender.begin(draft, len(body))
    client.after = 100_000
    assert sender.patch(url, 0, body, Upload_Checksum=tus.sum_of(body)).status_code == 460
    client.after = None
    assert sender.head(url)["Upload-Offset"] == "0"


def test_two_windows_that_send_one_file_never_mix(ana):
    """The same bytes, from six threads at once: one wins each piece, the others are told where it is."""
    draft, body = build.make_draft(ana), random.Random(3).randbytes(900_000)
    url = tus.Sender(tus.client_of(ana)).begin(draft, len(body))
    codes = set()

    def send():
        sender, at = tus.Sender(tus.client_of(ana)), 0
        while at < len(body):
            answer = sender.patch(url, at, body[at : at + 50_000])
            codes.add(answer.status_code)
            assert answer.status_code in (204, 409, 423), answer.content
            at = int(answer.headers.get("Upload-Offset") or sender.head(url)["Upload-Offset"])

    in_threads([send] * 6)
    assert 204 in codes and 409 in codes
    with storage.open(Record.objects.get().key) as file:
        assert file.read() == body


def test_a_window_that_holds_the_file_is_named_and_lets_go(ana):
    draft = build.make_draft(ana)
    sender = tus.Sender(tus.client_of(ana))
    url = sender.begin(draft, 10)
    with arrivals.Receiving(upload=tus.row(url), at=0, now=build.real_now()) as first:
        first.write(b"123")
        answer = sender.patch(url, 0, b"xyz")
        assert (answer.status_code, answer["Retry-After"]) == (423, "2")
        first.keep(build.real_now())
    assert sender.patch(url, 3, b"4567890").status_code == 204
    with storage.open(Record.objects.get().key) as file:
        assert file.read() == b"1234567890"


def test_cancelled_while_bytes_come(ana):
    draft = build.make_draft(ana)
    sender = tus.Sender(tus.client_of(ana))
    url = sender.begin(draft, 10)
    with arrivals.Receiving(upload=tus.row(url), at=0, now=build.real_now()) as first:
        first.write(b"123")
        assert sender.delete(url).status_code == 204
        with pytest.raises(arrivals.Over):
            first.keep(build.real_now())
    assert tus.row(url).status == UploadStatus.CANCELLED
    assert not any(path.is_file() for path in storage.disk.root().rglob("*"))


def test_double_click_makes_one_upload(ana):
    """The same file chosen in several windows, known by its mark."""
    draft, found = build.make_draft(ana), set()

    def press():
        found.add(tus.Sender(tus.client_of(ana)).begin(draft, 100, mark="m"))

    in_threads([press] * 6)
    assert len(found) == 1
    assert Upload.objects.count() == 1


def test_room_is_not_overrun_by_several_at_once(ana, settings):
    settings.MAX_CASE_FILES = 3
    draft, codes = build.make_draft(ana), []

    def press():
        codes.append(tus.Sender(tus.client_of(ana)).create(10, case=draft.reference).status_code)

    in_threads([press] * 8)
    assert sorted(codes) == [201] * 3 + [413] * 5


def test_the_last_piece_twice_at_once_makes_one_record(ana):
    draft = build.make_draft(ana)
    url = tus.Sender(tus.client_of(ana)).begin(draft, 4)
    in_threads([lambda: tus.Sender(tus.client_of(ana)).patch(url, 0, b"abcd")] * 6)
    assert Record.objects.count() == 1
