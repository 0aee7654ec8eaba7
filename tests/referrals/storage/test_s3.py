"""The S3-compatible store, over HTTP against a server that speaks S3 in a process of its own."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from environ import Env

from portal import environment
from referrals import storage
from referrals.models import StoredFile
from referrals.storage import disk, frames, s3, shipping
from tests import build

pytestmark = pytest.mark.django_db
LATER = build.dt.timedelta(hours=1)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def ask(port, method, path):
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asking.request(method, path)
        return asking.getresponse().status
    except OSError:
        return None
    finally:
        asking.close()


@pytest.fixture(scope="module")
def server():
    port = free_port()
    child = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    end = time.monotonic() + 60
    while ask(port, "GET", "/moto-api/") != 200:
        assert child.poll() is None and time.monotonic() < end, "the S3 server didn't start"
        time.sleep(0.1)
    yield port
    child.kill()
    child.wait()


@pytest.fixture
def store(server, settings):
    """A bucket of the test's own."""
    bucket = f"records-{time.monotonic_ns()}"
    assert ask(server, "PUT", f"/{bucket}") == 200
    address = f"s3+http://key:secret@127.0.0.1:{server}/{bucket}/deep/er?region=eu-central-1"
    settings.RECORDS_STORE = environment.record_store(address)
    return bucket


class Counting(BaseHTTPRequestHandler):
    """Stands before the real server, counts what is asked, and fails as often as it is told."""

    protocol_version = "HTTP/1.1"
    asked, failures, port = [], 0, 0

    def do_any(self):
        cls = type(self)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        cls.asked.append((self.command, self.headers.get("Range")))
        if cls.failures:
            cls.failures -= 1
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        asking = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=30)
        asking.request(self.command, self.path, body, dict(self.headers))
        answer = asking.getresponse()
        piece = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(piece)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_any

    def log_message(self, *_):
        pass


@pytest.fixture
def counting(server, store, settings):
    Counting.asked, Counting.failures, Counting.port = [], 0, server
    between = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    threading.Thread(target=between.serve_forever, daemon=True).start()
    settings.RECORDS_STORE |= {"endpoint": f"http://127.0.0.1:{between.server_port}"}
    yield Counting
    between.shutdown()
    between.server_close()


def test_whole_files_go_there_and_are_read_from_there(put, files, store):
    body = os.urandom(20 * 1024**2)  # in parts
    stored = put(body)
    assert storage.open(stored.key).read(100) == body[:100]  # before it was sent
    assert shipping.ship() == 1
    assert not files()
    assert storage.size(stored.key) == len(body)
    assert storage.sha256(stored.key) == stored.sha256
    with storage.open(stored.key, 10_000_000, 1_000_000) as file:
        assert file.read() == body[10_000_000:11_000_000]
        file.seek(5)
        assert file.read(10) == body[10_000_005:10_000_015]
    assert shipping.ship() == 0


def test_what_lies_there_is_noise(put, store):
    stored = put(b"MARKER" * 1000)
    shipping.ship()
    source = s3.Source(stored.key, frames.size_at_rest(6000))
    body = bytearray(frames.size_at_rest(6000))
    source.read_at(0, memoryview(body))
    assert b"MARKER" not in body


def test_uploads_arrive_on_the_disk_and_go_there_whole(files, store):
    with storage.Arriving.begin() as arriving:
        arriving.write(b"a" * 100_000)
        arriving.checkpoint()
        assert shipping.ship() == 0
        stored = arriving.finish()
    assert shipping.ship() == 1
    assert not files()
    assert storage.open(stored.key).read() == b"a" * 100_000


def test_delete_and_sweep(put, store):
    stored, kept = put(b"x"), put(b"y")
    shipping.ship()
    assert set(storage.keys_before(build.real_now() + LATER)) == {stored.key, kept.key}
    assert not list(storage.keys_before(build.real_now() - LATER))
    storage.delete(stored.key)
    s3.delete(stored.key)
    s3.delete(stored.key)
    assert list(storage.keys_before(build.real_now() + LATER)) == [kept.key]
    with pytest.raises(storage.NotThere):
        storage.size(stored.key)


@pytest.mark.django_db(transaction=True)
def test_delete_takes_the_bytes_there_too(put, store):
    stored = put(b"x")
    shipping.ship()
    storage.delete(stored.key)
    with pytest.raises(storage.NotThere):
        s3.size_at_rest(stored.key)


def test_a_file_deleted_while_it_travels_does_not_stay_there(put, store, monkeypatch):
    stored, real = put(b"x"), s3.put

    def deleted_meanwhile(key, path):
        real(key, path)
        storage.delete(key)

    monkeypatch.setattr(s3, "put", deleted_meanwhile)
    assert shipping.ship() == 0
    with pytest.raises(storage.NotThere):
        s3.size_at_rest(stored.key)


def test_a_file_without_a_row_never_leaves(put, files, store):
    """It is plain, from before encryption."""
    stored = put(b"x")
    StoredFile.objects.all().delete()
    assert shipping.ship() == 0
    assert [path.name for path in files()] == [stored.key.hex]


def test_a_file_that_another_worker_is_sending_is_left_to_it(put, store):
    stored = put(b"x")
    with disk.held(stored.key):
        assert shipping.ship() == 0
    assert shipping.ship() == 1


def test_lost_or_changed_there_is_noticed(put, store):
    stored = put(b"x" * 100_000)
    shipping.ship()
    shorter = disk.root() / "shorter"
    shorter.write_bytes(b"y" * 50)
    s3.put(stored.key, shorter)
    for asked in (storage.size, storage.sha256):
        with pytest.raises(storage.Damaged):
            asked(stored.key)
    shorter.write_bytes(b"y" * frames.size_at_rest(100_000))
    s3.put(stored.key, shorter)
    with pytest.raises(storage.Damaged):
        storage.sha256(stored.key)
    s3.delete(stored.key)
    for asked in (storage.size, storage.sha256):
        with pytest.raises(storage.NotThere):
            asked(stored.key)


def test_a_store_that_stumbles_is_asked_again(put, counting):
    body = os.urandom(300_000)
    stored = put(body)
    counting.failures = 2
    assert shipping.ship() == 1
    counting.failures = 2
    assert storage.open(stored.key).read() == body


def test_r41_a_store_that_is_away_loses_nothing(put, files, server, store, settings, monkeypatch):
    there = put(b"there")
    shipping.ship()
    monkeypatch.setattr(s3, "RETRIES", {"max_retries": 0})
    reachable = settings.RECORDS_STORE
    settings.RECORDS_STORE = reachable | {"endpoint": f"http://127.0.0.1:{free_port()}"}
    here = put(b"here")
    assert shipping.ship() == 0
    assert storage.open(here.key).read() == b"here"
    for asked in (storage.size, storage.sha256):
        with pytest.raises(storage.Away) as raised:
            asked(there.key)
        assert "127.0.0.1" not in str(raised.value) and not isinstance(raised.value, storage.NotThere)
    settings.RECORDS_STORE = reachable
    assert shipping.ship() == 1
    assert [storage.open(each.key).read() for each in (there, here)] == [b"there", b"here"]


def test_a_bucket_that_is_none_is_no_word_about_the_files(put, files, store, settings):
    there = put(b"there")
    shipping.ship()
    settings.RECORDS_STORE |= {"bucket": "mistyped"}
    put(b"here")
    assert shipping.ship() == 0
    assert len(files()) == 1
    for asked in (storage.size, storage.sha256):
        with pytest.raises(storage.Away):
            asked(there.key)
    with pytest.raises(storage.Away):
        list(storage.keys_before(build.real_now() + LATER))


def test_reading_on_asks_for_more_at_once_and_jumping_for_little(put, counting):
    body = os.urandom(12 * 1024**2)
    stored = put(body)
    shipping.ship()
    counting.asked.clear()
    with storage.open(stored.key) as file:
        while file.read(256 * 1024):
            pass
    assert len(counting.asked) < 12
    counting.asked.clear()
    with storage.open(stored.key, 8_000_000) as file:
        assert file.read(10) == body[8_000_000:8_000_010]
    ((_method, asked),) = counting.asked
    first, last = map(int, asked.removeprefix("bytes=").split("-"))
    assert last - first < 300_000


@pytest.mark.parametrize(
    "address", ["https://s3.example.org/bucket", "s3://s3.example.org", "s3:///bucket", "bucket", "s3://"]
)
def test_an_address_that_is_none_is_refused_without_its_secret(address):
    with pytest.raises(environment.Refused, match="RECORDS_STORE must look like"):
        environment.record_store(address)


def test_the_address_in_parts():
    text = "s3://a%2Fkey:se%40cret@s3.example.org:9000/bucket/some/where?region=eu-central-1"
    assert environment.record_store(text) == {
        "endpoint": "https://s3.example.org:9000", "bucket": "bucket", "prefix": "some/where",
        "access_key_id": "a/key", "secret_access_key": "se@cret", "region": "eu-central-1",
    }  # fmt: skip
    assert environment.record_store(Env().str("RECORDS_STORE", default="")) == {}


def test_a_store_without_its_client_is_refused_at_the_start(monkeypatch):
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    with pytest.raises(environment.Refused, match="requirements-s3.txt"):
        environment.record_store("s3://key:secret@s3.example.org/bucket")
