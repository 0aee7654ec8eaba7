"""The portal behind gunicorn, and a tus client that is not ours (tuspy): lines that break, a server that is killed."""

import io
import os
import random
import socket
import threading
import time

import pytest
from django.conf import settings
from django.test import Client
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from portal.embedded.process import wait_until
from referrals import storage
from referrals.models import Record, Upload
from referrals.records import body as line_body
from referrals.records import tus as protocol
from referrals.rules import upload_links
from tests import build
from tests.referrals.records import tus

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a" * 32
MIB = 1024**2


@pytest.fixture(autouse=True)
def storage_dir():
    """The server's own."""
    return settings.RECORDS_DIR


@pytest.fixture
def draft(ana):
    return build.make_draft(ana)


@pytest.fixture
def headers(ana):
    client = Client()
    client.force_login(ana)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
        "X-CSRFToken": TOKEN,
    }


def uploader(site, headers, case, body, **options):
    client = TusClient(f"{site.url}{tus.URL}", headers=headers)
    said = {"filename": "Study 1.dcm", "case": case.reference}
    return client.uploader(file_stream=io.BytesIO(body), metadata=said, **{"chunk_size": MIB, **options})


def content(record):
    with storage.open(record.key) as file:
        return file.read()


@pytest.mark.parametrize("checked", [False, True])
def test_tuspy_uploads_in_pieces(live_site, headers, draft, checked):
    body = random.Random(1).randbytes(5 * MIB + 17)
    uploader(live_site, headers, draft, body, upload_checksum=checked).upload()
    record = Record.objects.get()
    assert (record.name, record.size) == ("Study 1.dcm", len(body))
    assert content(record) == body


def test_tuspy_goes_on_where_it_stopped(live_site, headers, draft):
    body = random.Random(2).randbytes(3 * MIB)
    first = uploader(live_site, headers, draft, body)
    first.upload(stop_at=MIB)
    again = uploader(live_site, headers, draft, body, url=first.url)
    assert again.offset == MIB
    again.upload()
    assert content(Record.objects.get()) == body


def test_tuspy_by_a_link_without_an_account(live_site, draft, ana):
    _link, address = upload_links.make(case=draft, label="Mill", days=7, by=ana, now=build.real_now())
    body = random.Random(3).randbytes(2 * MIB)
    path = "/" + address.split("/", 3)[3]
    client = TusClient(f"{live_site.url}{path}uploads/")
    client.uploader(file_stream=io.BytesIO(body), chunk_size=MIB, metadata={"filename": "a.dcm"}).upload()
    record = Record.objects.get()
    assert (record.way_in, content(record)) == ("source", body)


def test_tuspy_is_refused_where_one_may_not(live_site, headers, ben):
    with pytest.raises(TusCommunicationError) as refused:
        uploader(live_site, headers, build.make_draft(ben), b"x" * 100).upload()
    assert refused.value.status_code == 404
    assert not Record.objects.exists()


class Line:
    """A PATCH by hand, over a socket of its own."""

    def __init__(self, site, headers, url, at, length):
        host, port = site.url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        lines = {
            "Host": f"{host}:{port}", "Tus-Resumable": "1.0.0", "Upload-Offset": at, "Content-Length": length,
            "Content-Type": tus.BYTES, **headers,
        }  # fmt: skip
        path = url.removeprefix(site.url)
        head = f"PATCH {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.socket.sendall(head.encode() + b"\r\n")

    def send(self, body):
        self.socket.sendall(body)

    def cut(self, *, hard=False):
        if hard:  # a reset instead of a farewell
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.socket.close()


def offset(url):
    return Upload.objects.get(key=url.rstrip("/").rpartition("/")[2]).offset


def test_r38_a_line_cut_at_any_byte_keeps_what_came(live_site, headers, draft):
    chance = random.Random(4)
    body = chance.randbytes(20 * 100_000)
    sender = uploader(live_site, headers, draft, body)
    sender.set_url(sender.create_url())
    at = 0
    for _cut in range(12):
        line = Line(live_site, headers, sender.url, at, len(body) - at)
        some = chance.randrange(1, 100_000)
        line.send(body[at : at + some])
        line.cut()
        assert wait_until(lambda want=at + some: offset(sender.url) == want, 15), (
            "what came is kept, to the byte"
        )
        at += some
    sender.offset = at
    sender.upload()
    assert content(Record.objects.get()) == body


def test_a_line_that_is_reset_does_no_harm(live_site, headers, draft):
    body = random.Random(5).randbytes(3 * MIB)
    sender = uploader(live_site, headers, draft, body)
    sender.set_url(sender.create_url())
    line = Line(live_site, headers, sender.url, 0, len(body))
    line.send(body[:MIB])
    time.sleep(0.5)
    line.cut(hard=True)
    again = uploader(live_site, headers, draft, body, url=sender.url, retries=5, retry_delay=1)
    assert 0 <= again.offset <= MIB
    again.upload()
    assert content(Record.objects.get()) == body


def test_a_line_that_fell_silent_lets_the_next_one_in(live_site, headers, draft):
    """No farewell at all: a laptop that was closed, a Wi-Fi that was left."""
    body = b"x" * MIB
    sender = uploader(live_site, headers, draft, body)
    sender.set_url(sender.create_url())
    silent = Line(live_site, headers, sender.url, 0, len(body))
    silent.send(body[:200_000])
    time.sleep(0.5)
    began = time.monotonic()
    again = uploader(live_site, headers, draft, body, url=sender.url, retries=60, retry_delay=1)
    again.upload()
    assert time.monotonic() - began < line_body.SILENCE + 30
    assert content(Record.objects.get()) == body
    silent.cut()


def test_kill_9_in_the_middle_loses_a_piece_at_most(live_site, headers, draft):
    body = random.Random(6).randbytes(40 * MIB)
    sender = uploader(live_site, headers, draft, body, chunk_size=len(body))
    sender.set_url(sender.create_url())
    line = Line(live_site, headers, sender.url, 0, len(body))
    sent = threading.Event()

    def send():
        line.send(body[: 30 * MIB])
        sent.set()

    threading.Thread(target=send, daemon=True).start()
    assert sent.wait(60)
    assert wait_until(lambda: offset(sender.url) >= 22 * MIB, 30)
    live_site.kill()
    kept = offset(sender.url)
    assert 30 * MIB - kept <= protocol.KEEP_BYTES
    live_site.start()
    again = uploader(live_site, headers, draft, body, url=sender.url)
    assert again.offset == kept
    again.upload()
    assert content(Record.objects.get()) == body
    line.cut()


def test_a_flood_of_odd_requests_leaves_the_server_well(live_site, headers, draft):
    sender = uploader(live_site, headers, draft, os.urandom(1000))
    sender.set_url(sender.create_url())
    for at, length, body in ((5, 10, b"x" * 10), (0, 2000, b"x" * 50), (0, 0, b"")):
        line = Line(live_site, headers, sender.url, at, length)
        line.send(body)
        line.cut()
    assert wait_until(lambda: offset(sender.url) in (0, 50), 10)
    with pytest.raises(TusCommunicationError):
        TusClient(f"{live_site.url}{tus.URL}", headers=headers).uploader(
            file_stream=io.BytesIO(b"x")
        ).upload()
