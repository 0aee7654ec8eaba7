"""Files that come in pieces over hours, through processes that die at any moment."""

import os
import signal
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referrals import storage
from referrals.models import StoredFile
from referrals.storage import disk, frames

pytestmark = pytest.mark.django_db
BODY = os.urandom(12 * frames.FRAME)
same_storage = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def begun():
    """A new upload: (key, offset, tail) as its row would keep them."""
    with storage.Arriving.begin() as arriving:
        return arriving.key, *arriving.checkpoint()


def whole(arriving):
    key = arriving.finish().key
    with storage.open(key) as file:
        return file.read()


PIECES = st.lists(
    st.tuples(st.integers(0, 3 * frames.FRAME), st.sampled_from(["write", "checkpoint", "rewind", "kill"])),
    max_size=14,
)


@given(PIECES)
@same_storage
def test_any_pieces_with_kills_and_rewinds_between_make_the_file(acts):
    arriving = storage.Arriving.begin()
    saved = arriving.checkpoint()
    for length, act in acts:
        at = arriving.offset
        arriving.write(BODY[at : at + length])
        if act == "checkpoint":
            saved = arriving.checkpoint()
            assert saved[0] == arriving.offset == min(at + length, len(BODY))
        elif act == "rewind":
            arriving.rewind()
            assert arriving.offset == saved[0]
        elif act == "kill":
            arriving.write(b"what never came to a checkpoint" * 9000)
            arriving.close()  # what was written lies there still
            arriving = storage.Arriving(arriving.key, *saved)
            assert arriving.offset == saved[0]
    arriving.write(BODY[arriving.offset :])
    assert whole(arriving) == BODY


def test_other_bytes_after_a_kill_leave_no_trace_of_the_first(begun):
    key, offset, tail = begun
    with storage.Arriving(key, offset, tail) as first:
        first.write(b"\0" * 3 * frames.FRAME)
    one = disk.path_in(disk.ARRIVING, key).read_bytes()
    with storage.Arriving(key, offset, tail) as second:
        second.write(b"\xff" * 3 * frames.FRAME)
    other = disk.path_in(disk.ARRIVING, key).read_bytes()
    for n in range(3):
        frame = slice(n * frames.AT_REST, (n + 1) * frames.AT_REST)
        mixed = bytes(a ^ b for a, b in zip(one[frame][8:-16], other[frame][8:-16], strict=True))
        assert mixed != b"\xff" * frames.FRAME  # as it would be under one nonce


def test_nothing_of_it_is_readable_while_it_arrives(begun, files):
    with storage.Arriving(*begun) as arriving:
        arriving.write(b"MARKER" * 20_000)
        _offset, tail = arriving.checkpoint()
    assert b"MARKER" not in tail and 16 < len(tail) < frames.FRAME
    assert all(b"MARKER" not in path.read_bytes() for path in files())
    with pytest.raises(storage.NotThere):
        storage.open(arriving.key)
    with pytest.raises(storage.NotThere):
        storage.size(arriving.key)


@pytest.mark.parametrize("size", [1, frames.FRAME - 1, frames.FRAME, 3 * frames.FRAME, 3 * frames.FRAME + 1])
def test_finish_gives_the_size_and_leaves_the_sum_to_the_check(begun, size):
    with storage.Arriving(*begun) as arriving:
        arriving.write(BODY[:size])
        arriving.checkpoint()
        stored = arriving.finish()
    assert (stored.size, stored.sha256) == (size, "")
    assert storage.size(stored.key) == size
    assert storage.open(stored.key).read() == BODY[:size]


@pytest.mark.parametrize("moment", ["update", "replace", "flush_folder", "done"])
def test_a_process_killed_while_it_finishes_is_finished_by_the_next(begun, monkeypatch, moment):
    with storage.Arriving(*begun) as arriving:
        arriving.write(BODY[:100_000])
        saved = arriving.checkpoint()

        def killed(*_, **__):
            raise KeyboardInterrupt

        with monkeypatch.context() as now:
            if moment == "update":
                now.setattr(disk.Growing, "move", killed)
            elif moment == "replace":
                now.setattr(os, "replace", killed)
            elif moment == "flush_folder":
                now.setattr(disk, "flush_folder", killed)
            if moment == "done":
                arriving.finish()
            else:
                with pytest.raises(KeyboardInterrupt):
                    arriving.finish()
    with storage.Arriving(arriving.key, *saved) as again:
        assert again.offset == 100_000
        assert again.finish().size == 100_000
    with storage.Arriving(arriving.key, *saved) as again:
        assert again.finish().size == 100_000
        with pytest.raises(ValueError):
            again.write(b"x" * frames.FRAME)
    assert storage.open(arriving.key).read() == BODY[:100_000]


def test_two_at_once_never_mix(begun):
    with storage.Arriving(*begun):
        with pytest.raises(storage.Busy):
            storage.Arriving(*begun)
    storage.Arriving(*begun).close()


def test_what_was_lost_from_the_disk_is_noticed(begun):
    with storage.Arriving(*begun) as arriving:
        arriving.write(BODY[: 3 * frames.FRAME])
        saved = arriving.checkpoint()
    os.truncate(disk.path_in(disk.ARRIVING, arriving.key), frames.AT_REST)
    with pytest.raises(storage.Damaged):
        storage.Arriving(arriving.key, *saved)


def test_a_tail_of_another_moment_or_upload_is_refused(begun):
    key, *saved = begun
    with storage.Arriving(key, *saved) as arriving:
        arriving.write(b"a" * 100)
        offset, tail = arriving.checkpoint()
    with storage.Arriving.begin() as other:
        other.write(b"b" * 100)
        _offset, foreign = other.checkpoint()
    for wrong in ((offset, foreign), (offset, b""), (offset + 1, tail), (0, tail)):
        with pytest.raises(storage.Damaged):
            storage.Arriving(key, *wrong)
    storage.Arriving(key, offset, tail).close()


def test_an_upload_that_is_given_up_is_destroyed(begun):
    key, *saved = begun
    storage.delete(key)
    with pytest.raises(storage.NotThere):
        storage.Arriving(key, *saved)
    assert not StoredFile.objects.exists()


KILLED = """
import sys, django
django.setup()
from referrals import storage
arriving = storage.Arriving.begin()
arriving.write(b"a" * 1_000_000)
offset, tail = arriving.checkpoint()
print(arriving.key, offset, tail.hex(), flush=True)
while True:
    arriving.write(b"b" * 100_000)
"""


@pytest.mark.django_db(transaction=True)
def test_r38_kill_9_while_it_writes_costs_what_came_since_the_checkpoint(settings):
    import django.db

    database = django.db.connection.settings_dict
    env = os.environ | {
        "RECORDS_DIR": settings.RECORDS_DIR,
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
    }
    child = subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, env=env, text=True)
    key, offset, tail = child.stdout.readline().split()
    path = disk.path_in(disk.ARRIVING, storage.frames.identity(key))
    while path.stat().st_size < 3_000_000:
        pass
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    with storage.Arriving(key, int(offset), bytes.fromhex(tail)) as arriving:
        assert arriving.offset == 1_000_000
        arriving.write(b"c" * 500_000)
        assert whole(arriving) == b"a" * 1_000_000 + b"c" * 500_000
