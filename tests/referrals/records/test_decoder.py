"""The decoder's processes: what they can't do, that nothing they say is believed, and that they come back."""

import hashlib
import io
import os
import random
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from referrals import storage
from referrals.records import decoder_client
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def bad_program():
    kept = decoder_client.PROGRAM
    decoder_client.PROGRAM = [sys.executable, "-s", "-B", "-m", "tests.referrals.records.bad_decoder"]
    decoder_client.forget()
    yield
    decoder_client.PROGRAM = kept
    decoder_client.forget()


@pytest.fixture
def bad(bad_program):
    """Have the decoder that was taken over do a job."""

    def run(job, body=b"some bytes", **args):
        return decoder_client.run(job, storage.put(io.BytesIO(body)).key, **args)

    return run


def memory_of_worker():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_it_says_what_a_file_is_and_hands_out_its_pages():
    key = storage.put(io.BytesIO(samples.pdf(3))).key
    assert decoder_client.run("identify", key)["kind"] == "pdf"
    got = []
    decoder_client.run(
        "draw", key, kind="pdf", numbers=[2, 3],
        on_blob=lambda meta, stream: got.append((meta["page"], stream.read()[:4])),
    )  # fmt: skip
    assert got == [(2, b"RIFF"), (3, b"RIFF")]


def test_the_original_reads_like_any_file(bad):
    body = random.Random(1).randbytes(3_000_003)
    got = []
    told = bad("echo", body, on_blob=lambda _meta, stream: got.append(stream.read()))
    assert told == {"size": len(body)}
    assert hashlib.sha256(got[0]).digest() == hashlib.sha256(body).digest()


# --- walls ------------------------------------------------------------------------------------------


def test_f28_code_that_took_over_a_child_reaches_nothing(bad, tmp_path):
    canary = tmp_path / "canary"
    canary.write_text("sings")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        told = bad("reach_out", canary=str(canary), port=port, worker=os.getpid())
        with pytest.raises(TimeoutError):
            listener.accept()
    assert told.pop("threads") == "done"
    assert "done" not in told.values(), told
    assert canary.read_text() == "sings" and list(tmp_path.glob("canary*")) == [canary]


def test_f28_time_memory_and_crashes_end_the_child_alone(bad):
    parent = decoder_client._parent
    with pytest.raises(decoder_client.Stuck):
        bad("spin", seconds=0.5)
    assert bad("eat") == {"refusal": "too_many_pixels"}
    with pytest.raises(decoder_client.Stuck):
        bad("crash")
    assert bad("echo", on_blob=lambda *_: None) == {"size": 10}
    assert parent is None or decoder_client._parent is parent


def test_no_child_is_left_over(bad):
    for _n in range(3):
        with pytest.raises(decoder_client.Stuck):
            bad("spin", seconds=0.2)
    bad("echo", on_blob=lambda *_: None)
    time.sleep(0.2)
    parent = decoder_client._parent.process.pid
    assert Path(f"/proc/{parent}/task/{parent}/children").read_text() == ""


# --- nothing is believed ----------------------------------------------------------------------------

NONSENSE = [
    "nothing", "a list", "no number", "depths", "no json", "an endless answer", "another letter", "no reason",
    "a piece of nothing", "an endless blob", "blob after blob", "far too much to read", "beyond the end",
    "half a question",
]  # fmt: skip


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_ends_in_stuck(bad, what):
    before = memory_of_worker()
    with pytest.raises(decoder_client.Stuck):
        bad("say", what=what, on_blob=lambda *_: None, largest_blob=8 * 1024**2, most_blobs=10, seconds=5)
    assert memory_of_worker() - before < 64 * 1024**2


def test_texts_are_made_fit_to_keep(bad):
    assert bad("say", what="text for a table") == {"text": "ab?c"}


@pytest.mark.parametrize("job", ["ask_for_ever", "deaf"])
def test_one_that_asks_for_ever_runs_out_of_time(bad, job):
    begun = time.monotonic()
    with pytest.raises(decoder_client.Stuck):
        bad(job, bytes(2_000_000), seconds=1)
    assert time.monotonic() - begun < 10


def test_blobs_nobody_asked_for_are_refused(bad):
    with pytest.raises(decoder_client.Stuck):
        bad("blobs", sizes=[10])


def test_a_blob_left_unread_is_skipped(bad):
    seen = []
    told = bad("blobs", sizes=[3_000_000, 5, 0], on_blob=lambda meta, _stream: seen.append(meta["number"]))
    assert (told, seen) == ({"done": True}, [0, 1, 2])


def test_a_blob_that_breaks_off_is_thrown_away(bad):
    kept = []
    assert bad("break_off", on_blob=lambda _meta, stream: kept.append(storage.put(stream).size)) == {}
    assert kept == [5]


def test_what_the_worker_raises_comes_through_and_the_child_is_gone(bad):
    def full(_meta, _stream):
        raise storage.NoRoom

    with pytest.raises(storage.NoRoom):
        bad("blobs", sizes=[10_000_000], on_blob=full)
    assert bad("blobs", sizes=[]) == {"done": True}


def test_a_claim_that_is_lost_ends_the_job(bad, monkeypatch):
    monkeypatch.setattr(decoder_client, "RENEW_EVERY", 0)
    with pytest.raises(decoder_client.Stuck):
        bad("ask_for_ever", still_mine=lambda: False)


# --- coming and going -------------------------------------------------------------------------------


def test_a_parent_that_died_is_started_again(bad):
    bad("blobs", sizes=[])
    first = decoder_client._parent.process
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert bad("blobs", sizes=[]) == {"done": True}
    assert decoder_client._parent.process.pid != first.pid


def test_a_decoder_that_does_not_start_is_said(monkeypatch, bad):
    decoder_client.forget()
    monkeypatch.setattr(decoder_client, "PROGRAM", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(decoder_client.Down):
        bad("echo")
    decoder_client.forget()


def test_the_decoder_knows_no_secrets(bad):
    bad("blobs", sizes=[])
    told = Path(f"/proc/{decoder_client._parent.process.pid}/environ").read_bytes()
    assert b"SECRET" not in told and b"RECORD_KEYS" not in told and b"DATABASE" not in told
