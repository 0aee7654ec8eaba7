"""What the image viewer is given: the study as data, frames as stored values; to whom, and what is written down."""

import io
import json
import time
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, Instance, RecordReading
from referrals.viewer import studies
from referrals.vocabulary import Act
from tests import build
from tests.referrals.records import dicoms, samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ana, tess, dr_vega):
    return build.make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=build.real_now())


@pytest.fixture
def study(case):
    return samples.study(case)


def sign_in(person):
    client = Client()
    client.force_login(person)
    return client


def data_url(study):
    return reverse("studies:study", args=[study.case.reference, study.key])


def frame_url(study, instance, number=1):
    return reverse("studies:frame", args=[study.case.reference, study.key, instance.key, number])


def first(study):
    return Instance.objects.filter(series__record=study).in_order().first()


def body_of(response):
    return b"".join(response.streaming_content)


def test_the_study_as_data(study, dr_vega):
    response = sign_in(dr_vega).get(data_url(study))
    told = json.loads(response.content)
    assert (told["title"], told["extent"]) == ("CT scan of the lower back, 6 November 2026", "3 images")
    assert told["warning"] == "Not for primary diagnosis"
    series = told["series"][0]
    assert (series["title"], series["title_in_file"], series["images"]) == (
        "CT scan of the lower back",
        "LWS",
        3,
    )
    assert series["presets"][0] == ["SOFT", 40.0, 400.0] and ["Bone", 400, 1800] in series["presets"]
    assert [each["number"] for each in series["instances"]] == [1, 2, 3]
    one, two, _three = series["instances"]
    assert series["look"]["spacing_from"] == "patient" and one["look"] == {}
    assert two["look"] == {"position": [0, 0, 10.0]}
    assert one["url"] + "1/" == frame_url(study, first(study))
    assert response["Cache-Control"] == "no-store, private"


def test_a_frame_is_its_stored_values_and_closed(study, dr_vega):
    response = sign_in(dr_vega).get(frame_url(study, first(study)))
    body = body_of(response)
    assert body == dicoms.slice_(1)[-512:] and response["Content-Length"] == "512"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "no-store, private"
    again = sign_in(dr_vega).get(frame_url(study, first(study)), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = sign_in(dr_vega).head(frame_url(study, first(study)))
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", "512")


def test_frames_of_a_film_follow_each_other(study, dr_vega):
    one = first(study)
    stored = storage.put(io.BytesIO(b"".join(bytes([n]) * 64 for n in range(5))))
    Instance.objects.filter(pk=one.pk).update(
        frames_key=stored.key, frame_offset=0, frame_bytes=64, frame_count=5
    )
    client = sign_in(dr_vega)
    for number in (1, 3, 5):
        assert body_of(client.get(frame_url(study, one, number))) == bytes([number - 1]) * 64
    for number in (0, 6, 99999999):
        assert client.get(frame_url(study, one, number)).status_code == 404


def test_who_may(study, ana, ben, sam, tess, dr_vega, dr_stone, quin, lea):
    may, may_not = (ana, sam, tess, dr_vega, lea), (ben, dr_stone, quin)
    for person in may:
        assert sign_in(person).get(data_url(study)).status_code == 200, person
        assert body_of(sign_in(person).get(frame_url(study, first(study))))
    for person in may_not:
        assert sign_in(person).get(data_url(study)).status_code == 404, person
        assert sign_in(person).get(frame_url(study, first(study))).status_code == 404, person
    assert Client().get(frame_url(study, first(study))).status_code == 302


def test_keys_of_others_open_nothing(study, ana, ben, tess, dr_vega):
    other = samples.study(build.make_case(ben, now=build.real_now()), uid="1.2.3")
    second = samples.study(study.case, uid="1.2.4")
    client = sign_in(dr_vega)
    for record, instance in ((study, other), (study, second), (other, study), (other, other)):
        assert client.get(frame_url(record, first(instance))).status_code == 404
    assert client.get(frame_url(study, Instance(key=uuid.uuid4()))).status_code == 404
    assert client.get(data_url(other)).status_code == 404


@pytest.mark.parametrize("status", ["received", "scanned", "refused", "quarantined", "needs_you"])
def test_only_a_ready_study_is_shown(study, ana, status):
    study.status, study.refusal = status, "virus"
    study.save()
    assert sign_in(ana).get(data_url(study)).status_code == 404
    assert sign_in(ana).get(frame_url(study, first(study))).status_code == 404


def test_what_is_no_study_and_what_cant_be_shown(study, ana, case):
    letter = samples.ready(case, samples.pdf(1), pages=1)
    assert sign_in(ana).get(data_url(letter)).status_code == 404
    one = first(study)
    Instance.objects.filter(pk=one.pk).update(problem="film", frame_bytes=0)
    assert sign_in(ana).get(frame_url(study, one)).status_code == 404
    told = sign_in(ana).get(data_url(study)).json()["series"][0]["instances"][0]
    assert (told["problem"], told["sentence"]) == ("film", "This is a film. Films can’t be played here yet.")
    assert "url" not in told


def test_lost_bytes_are_404(study, ana):
    storage.delete(first(study).key)
    assert sign_in(ana).get(frame_url(study, first(study))).status_code == 404


def test_opening_is_written_down_once_a_study_and_not_once_a_frame(study, dr_vega):
    client = sign_in(dr_vega)
    client.head(data_url(study))
    assert not AuditEvent.objects.filter(act=Act.OPEN_RECORD).exists()
    client.get(data_url(study))
    for instance in Instance.objects.all():
        body_of(client.get(frame_url(study, instance)))
    assert AuditEvent.objects.filter(act=Act.OPEN_RECORD, subject_key=str(study.key)).count() == 1
    assert RecordReading.objects.get().person == dr_vega


def test_nobody_sees_a_frame_unnoticed(study, dr_vega):
    body_of(sign_in(dr_vega).get(frame_url(study, first(study))))
    assert AuditEvent.objects.get(act=Act.OPEN_RECORD).person_id == dr_vega.pk


def test_slices_at_one_place_are_shown_as_they_are_numbered(study):
    images = list(Instance.objects.order_by("position"))
    images[0].number, images[1].number, images[2].number = 3, 1, 2
    assert [each.number for each in studies.in_order(images)] == [3, 1, 2]
    images[1].position = images[0].position
    assert [each.number for each in studies.in_order(images)] == [1, 2, 3]


def test_the_same_few_statements_however_many_slices(case, dr_vega, django_assert_max_num_queries):
    counts, client = set(), sign_in(dr_vega)
    for slices in (1, 25, 100):
        study = samples.study(case, slices=slices, uid=f"1.2.{slices}")
        client.get(data_url(study))
        with django_assert_max_num_queries(14) as told:
            client.get(data_url(study))
        counts.add(len(told))
        with django_assert_max_num_queries(6):
            body_of(client.get(frame_url(study, first(study))))
    assert len(counts) == 1


def test_a_first_frame_of_512_lines_comes_in_a_moment(case, dr_vega):
    """The goal is a second in the browser; this leaves it nearly all of it."""
    study = samples.study(case, slices=1, uid="1.2.9")
    stored = storage.put(io.BytesIO(bytes(512 * 512 * 2)))
    Instance.objects.filter(series__record=study).update(
        frames_key=stored.key, frame_offset=0, frame_bytes=512 * 512 * 2
    )
    client = sign_in(dr_vega)
    client.get(data_url(study))
    began = time.perf_counter()
    assert len(body_of(client.get(frame_url(study, first(study))))) == 512 * 512 * 2
    assert time.perf_counter() - began < 0.5
