"""The format: whatever is done to the bytes at rest, it is refused, and never a wrong byte is given out."""

import io
import os
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.storage import frames
from referrals.storage.frames import AT_REST, FRAME, Damaged

KEY, IDENTITY = os.urandom(32), uuid.uuid4()
# Sizes around every border there is.
SIZES = st.one_of(
    st.integers(0, 3 * FRAME),
    st.sampled_from([0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 20 * FRAME, 20 * FRAME + 7]),
)
BODY = os.urandom(40 * FRAME)


class InMemory:
    """A source over bytes, as strict as the disk's."""

    def __init__(self, sealed):
        self.sealed = bytes(sealed)

    def read_at(self, offset, into):
        piece = self.sealed[offset : offset + len(into)]
        if len(piece) != len(into):
            raise Damaged
        into[:] = piece

    def close(self):
        pass


def seal(body, *, key=KEY, identity=IDENTITY, pieces=None):
    out = io.BytesIO()
    sealer = frames.Sealer(frames.Cipher(key, identity), out.write)
    at = 0
    for length in pieces or [len(body)]:
        sealer.add(body[at : at + length])
        at += length
    sealer.add(body[at:])
    sealer.finish()
    return out.getvalue()


def stretch(sealed, size, start=0, length=None, *, key=KEY, identity=IDENTITY):
    return frames.File(frames.Stretch(InMemory(sealed), frames.Cipher(key, identity), size, start, length))


def refused(sealed, size, **options):
    """Reads every frame by itself: each is right or refused, and one at least is refused."""
    good = BODY[:size]
    found = 0
    for start in range(0, size + 1, FRAME):
        try:
            piece = stretch(sealed, size, start, FRAME, **options).read()
            assert piece == good[start : start + FRAME]
        except Damaged:
            found += 1
    with pytest.raises(Damaged):
        last = stretch(sealed, size, **options)
        last.read()
        last.raw._hold(size // FRAME)  # an empty last frame holds no byte to ask for
    return found


@given(SIZES)
def test_size_at_rest_follows_from_the_size(size):
    assert len(seal(BODY[:size])) == frames.size_at_rest(size)


@given(SIZES, st.lists(st.integers(0, 2 * FRAME), max_size=8))
def test_pieces_of_any_size_make_the_same_file(size, pieces):
    assert stretch(seal(BODY[:size], pieces=pieces), size).read() == BODY[:size]


@given(SIZES, st.data())
def test_any_stretch_is_the_stretch_of_the_file(size, data):
    start, length = data.draw(st.integers(0, size + 5)), data.draw(st.none() | st.integers(0, size + 5))
    good = BODY[:size][start:] if length is None else BODY[:size][start : start + length]
    with stretch(seal(BODY[:size]), size, start, length) as file:
        assert file.size == len(good)
        for _ in range(4):
            at = data.draw(st.integers(0, len(good) + 3))
            many = data.draw(st.integers(0, 3 * FRAME))
            file.seek(at)
            assert file.read(many) == good[at : at + many]
            assert file.tell() == at + len(good[at : at + many])
        file.seek(0)
        assert file.read() == good


@given(SIZES, st.data())
def test_a_flipped_bit_anywhere_is_refused(size, data):
    sealed = bytearray(seal(BODY[:size]))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    refused(sealed, size)


@given(SIZES, st.data())
def test_a_file_cut_anywhere_is_refused_with_its_own_and_with_a_fitting_size(size, data):
    sealed = seal(BODY[:size])
    cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    refused(cut, size)


@given(st.integers(1, 6), st.data())
def test_a_file_cut_at_the_border_of_a_frame_is_refused_even_with_a_row_to_match(count, data):
    sealed = seal(BODY[: count * FRAME + 5])
    left = data.draw(st.integers(0, count - 1))
    refused(sealed[: left * AT_REST], left * FRAME)  # no last frame at all
    shorter = sealed[: left * AT_REST] + sealed[count * AT_REST :]  # the last one moved to the front
    refused(shorter, left * FRAME + 5)


@given(st.integers(1, 6))
def test_a_frame_put_behind_the_last_is_refused(count):
    size = count * FRAME + 9
    sealed = seal(BODY[:size])
    more = sealed[-(9 + frames.EXTRA) :]
    refused(sealed + more, size + 9)
    refused(sealed[: count * AT_REST] + sealed[:AT_REST] + more, size + FRAME)


@given(st.integers(2, 8), st.data())
def test_frames_in_another_order_are_refused(count, data):
    size = count * FRAME + 1
    sealed = seal(BODY[:size])
    parts = [sealed[n * AT_REST : (n + 1) * AT_REST] for n in range(count)]
    order = data.draw(st.permutations(range(count)).filter(lambda order: order != list(range(count))))
    mixed = b"".join(parts[n] for n in order) + sealed[count * AT_REST :]
    assert refused(mixed, size) == sum(n != place for place, n in enumerate(order))


@given(st.integers(0, 3))
def test_frames_of_another_file_are_refused(number):
    size = 4 * FRAME
    one, other = seal(BODY[:size]), seal(BODY[:size], identity=uuid.uuid4())
    place = slice(number * AT_REST, (number + 1) * AT_REST)
    mixed = one[: place.start] + other[place] + one[place.stop :]
    assert refused(mixed, size) == 1
    refused(other, size)  # the whole of it


@pytest.mark.parametrize("is_last", [True, False])
def test_a_frame_knows_its_number_and_whether_it_is_the_last(is_last):
    """By its nonce, and not by its length alone."""
    cipher, sealed, into = frames.Cipher(KEY, IDENTITY), memoryview(bytearray(AT_REST)), bytearray(FRAME)
    cipher.seal(1, BODY[:FRAME], sealed, is_last=is_last)
    cipher.open(1, sealed, into, is_last=is_last)
    assert into == BODY[:FRAME]
    for number, said in ((1, not is_last), (0, is_last), (2, is_last), (3, is_last), (3, not is_last)):
        with pytest.raises(Damaged):
            cipher.open(number, sealed, into, is_last=said)


def test_another_key_or_identity_is_refused():
    sealed = seal(BODY[:100])
    refused(sealed, 100, key=os.urandom(32))
    refused(sealed, 100, identity=uuid.uuid4())


def test_a_format_of_another_version_is_refused(monkeypatch):
    sealed = seal(BODY[:100])
    monkeypatch.setattr(frames, "VERSION", b"second opinion record, 2:")
    refused(sealed, 100)


def test_no_nonce_is_used_twice_however_often_a_frame_is_written():
    """After a kill other bytes come for the same frame under the same key."""
    used = set()

    class Watching:
        def encrypt_into(self, nonce, *_):
            used.add(nonce)

    cipher = frames.Cipher(KEY, IDENTITY)
    cipher.gcm = Watching()
    out = memoryview(bytearray(AT_REST))
    for _ in range(2000):
        for number in range(3):
            cipher.seal(number, b"x", out)
            cipher.seal(number, b"x", out, is_last=True)
    assert len(used) == 2000 * 6


@given(st.integers(0, 2 * FRAME), st.data())
def test_a_tail_belongs_to_its_offset_and_file(offset, data):
    cipher = frames.Cipher(KEY, IDENTITY)
    tail = BODY[: offset % FRAME]
    sealed = cipher.seal_tail(offset, tail)
    assert cipher.open_tail(offset, memoryview(sealed)) == tail
    for other in (offset + FRAME, offset + 1, data.draw(st.integers(0, 3 * FRAME))):
        if other != offset:
            with pytest.raises(Damaged):
                cipher.open_tail(other, sealed)
    with pytest.raises(Damaged):
        frames.Cipher(KEY, uuid.uuid4()).open_tail(offset, sealed)
    flipped = bytearray(sealed)
    flipped[data.draw(st.integers(0, len(sealed) - 1))] ^= 1
    with pytest.raises(Damaged):
        cipher.open_tail(offset, flipped)
