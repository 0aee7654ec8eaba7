"""Pictures of pages: there, or drawn when somebody wants to see them."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from PIL import Image

from referrals import storage
from referrals.models import PagePicture
from referrals.records import decoder_client, picturing
from referrals.rules import nudges
from referrals.vocabulary import PageScale
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)


def address(record, number=1, scale="normal"):
    return reverse("viewer:picture", args=[record.case.reference, record.key, number, scale])


def draw(record):
    picturing.draw(key=record.key, clock=build.real_now)


@pytest.fixture
def nudged(monkeypatch):
    sent = []
    monkeypatch.setattr(
        nudges.current_app, "send_task", lambda task, kwargs, **_: sent.append((task, kwargs))
    )
    return sent


def test_a_page_is_wanted_then_drawn_then_there(vega, letter, nudged):
    answer = vega.get(address(letter, 2))
    assert (answer.status_code, answer["Retry-After"], answer["Content-Type"]) == (202, "1", "image/svg+xml")
    assert b'width="900" height="1200"' in answer.content
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]
    assert nudged == [("referrals.records.tasks.draw_pages", {"key": str(letter.key)})]
    wanted = PagePicture.objects.to_draw().order_by("-wanted_at").values_list("page__number", flat=True)
    assert wanted[0] == 2 and set(wanted) == {1, 2, 3, 4, 5}
    draw(letter)
    answer = vega.get(address(letter, 2))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (935, 1210) and not picture.info.get("exif")
    assert not PagePicture.objects.to_draw().exists()


def test_asking_again_at_once_writes_nothing_more(vega, letter, nudged):
    vega.get(address(letter))
    before = list(PagePicture.objects.order_by("pk").values_list("pk", "wanted_at"))
    vega.head(address(letter))
    assert list(PagePicture.objects.order_by("pk").values_list("pk", "wanted_at")) == before
    assert len(nudged) == 1


def test_each_scale_is_a_picture_of_its_own(vega, letter, nudged):
    sizes = {}
    for scale in PageScale.values:
        vega.get(address(letter, 1, scale))
        draw(letter)
        sizes[scale] = Image.open(io.BytesIO(vega.get(address(letter, 1, scale)).content)).size
    assert sizes["thumb"][1] <= 170 < sizes["normal"][1] < sizes["sharp"][1] <= 4500


def test_a_sharp_picture_is_drawn_for_that_page_alone(vega, letter, nudged):
    vega.get(address(letter, 3, "sharp"))
    assert list(PagePicture.objects.values_list("page__number", "scale")) == [(3, "sharp")]


@pytest.mark.parametrize("number", [0, 7, 999999999])
def test_no_such_page(vega, letter, number):
    assert vega.get(address(letter, number)).status_code == 404
    assert not PagePicture.objects.exists()


def test_no_such_scale_and_no_unchecked_file(vega, letter):
    assert vega.get(address(letter, 1, "huge")).status_code == 404
    letter.status = "received"
    letter.save()
    assert vega.get(address(letter)).status_code == 404


@pytest.mark.parametrize("who", ["ben", "dr_stone", "quin"])
def test_s01_nobody_else_sees_or_wants_a_page(who, request, sign_in, letter):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(address(letter)).status_code == 404
    assert not PagePicture.objects.exists()


def test_a_page_that_breaks_the_decoder_is_given_up_and_said_so(vega, letter, nudged, monkeypatch):
    real = decoder_client.run

    def breaks(job, key, **kwargs):
        if 2 in kwargs.get("numbers", ()):
            raise decoder_client.Stuck
        return real(job, key, **kwargs)

    monkeypatch.setattr(decoder_client, "run", breaks)
    vega.get(address(letter, 2))
    draw(letter)
    assert vega.get(address(letter, 1)).status_code == 200  # the others are there
    assert vega.get(address(letter, 2)).status_code == 404
    page = vega.get(
        f"{reverse('records:read', args=[letter.case.reference, letter.key])}?page=2"
    ).content.decode()
    assert "can’t be drawn here" in page


@pytest.mark.parametrize("outage", decoder_client.OUTAGES)
def test_an_outage_gives_up_no_page(vega, letter, nudged, monkeypatch, outage):
    def fails(*args, **kwargs):
        raise outage

    with monkeypatch.context() as patched:
        patched.setattr(decoder_client, "run", fails)
        for _time in range(picturing.MOST_ATTEMPTS + 1):
            assert vega.get(address(letter, 1, "sharp")).status_code == 202
            draw(letter)
    draw(letter)
    assert vega.get(address(letter, 1, "sharp")).status_code == 200


def test_a_claim_of_the_dead_is_free_again_after_a_while(vega, letter, nudged):
    vega.get(address(letter, 1, "sharp"))
    now = build.real_now()
    PagePicture.objects.update(claimed_at=now)
    assert not picturing.waiting(now=now)
    assert list(picturing.waiting(now=now + picturing.STALE_AFTER + dt.timedelta(seconds=1))) == [letter.key]


def test_a_worker_that_comes_back_late_leaves_no_bytes(vega, letter, nudged, monkeypatch):
    vega.get(address(letter, 1, "sharp"))
    real = decoder_client.run

    def slow(job, key, **kwargs):
        PagePicture.objects.update(claimed_at=None)
        monkeypatch.setattr(decoder_client, "run", real)
        draw(letter)  # another worker, meanwhile
        return real(job, key, **kwargs)

    monkeypatch.setattr(decoder_client, "run", slow)
    draw(letter)
    kept = PagePicture.objects.get().key
    files = [path for path in storage.disk.root().rglob("*") if path.is_file()]
    assert kept and len(files) == 2  # the original and one picture


def test_a_lost_picture_is_no_error_of_ours(vega, letter, nudged):
    vega.get(address(letter, 1, "sharp"))
    draw(letter)
    storage.delete(PagePicture.objects.get().key)
    assert vega.get(address(letter, 1, "sharp")).status_code == 404
