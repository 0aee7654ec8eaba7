"""The decoder's processes: what they may, what they may not, and that nothing they say is believed."""

import io

import pytest

from referrals import storage
from referrals.records import decoder_client
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db


def run(job, body=b"x", **args):
    return decoder_client.run(job, storage.put(io.BytesIO(body)).key, **args)


def test_it_says_what_a_file_is_and_hands_out_its_pages():
    key = storage.put(io.BytesIO(samples.pdf(3))).key
    assert decoder_client.run("identify", key)["kind"] == "pdf"
    got = []
    decoder_client.run(
        "draw", key, kind="pdf", first=2, last=3,
        on_blob=lambda meta, stream: got.append((meta["page"], stream.read()[:4])),
    )  # fmt: skip
    assert got == [(2, b"RIFF"), (3, b"RIFF")]
