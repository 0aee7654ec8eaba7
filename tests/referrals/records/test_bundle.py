"""A study to take along: its one file with ranges, several as a ZIP that is made while it is sent."""

import io
import zipfile

import pytest
from django.urls import reverse

from referrals.models import AuditEvent, Instance
from referrals.records import bundle
from referrals.vocabulary import Act
from tests import build
from tests.referrals.records import dicoms, samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ana, tess, dr_vega):
    return build.make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=build.real_now())


def fetch(client, study, **headers):
    return client.get(reverse("records:download", args=[study.case.reference, study.key]), headers=headers)


def body_of(response):
    return b"".join(response.streaming_content)


def test_one_file_comes_as_it_came_with_ranges(case, dr_vega, sign_in):
    study = samples.study(case, slices=1)
    whole = fetch(sign_in(dr_vega), study)
    assert body_of(whole) == dicoms.slice_(1)
    assert (
        'filename="IM0001"' in whole["Content-Disposition"] and whole["Content-Type"] == "application/dicom"
    )
    part = fetch(sign_in(dr_vega), study, Range="bytes=128-131")
    assert (part.status_code, body_of(part)) == (206, b"DICM")


def test_a_changed_file_is_not_handed_out(case, dr_vega, sign_in):
    study = samples.study(case, slices=1)
    Instance.objects.update(sha256="0" * 64)
    refused = fetch(sign_in(dr_vega), study)
    assert refused.status_code == 410
    assert 'class="for-staff"' in refused.content.decode()


def test_asking_about_a_zip_does_not_say_that_it_is_empty(case, dr_vega, sign_in):
    url = reverse("records:download", args=[case.reference, samples.study(case, slices=3).key])
    answer = sign_in(dr_vega).head(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert "Content-Length" not in answer


def test_several_come_as_a_zip_with_a_folder_for_each_series(case, dr_vega, sign_in):
    study = samples.study(case, slices=3)
    response = fetch(sign_in(dr_vega), study, Range="bytes=0-10")
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert (
        "CT%20scan%20of%20the%20lower%20back%2C%206%20November%202026.zip" in response["Content-Disposition"]
    )
    packed = zipfile.ZipFile(io.BytesIO(body_of(response)))
    assert packed.namelist() == [f"1 CT LWS/IM000{n}.dcm" for n in (1, 2, 3)]
    assert packed.testzip() is None
    assert {entry.compress_type for entry in packed.infolist()} == {zipfile.ZIP_STORED}
    assert packed.read("1 CT LWS/IM0002.dcm") == dicoms.slice_(2)
    assert AuditEvent.objects.get(act=Act.DOWNLOAD).detail == {"files": 3}


def test_it_is_made_while_it_is_sent(case, dr_vega, monkeypatch):
    study = samples.study(case, slices=3)
    monkeypatch.setattr(bundle, "PIECE", 100)
    pieces = bundle.pieces(study, bundle.files_of(study))
    assert max(map(len, pieces)) < 1000


NAMES = {
    "../../etc/passwd": ".._.._etc_passwd", "a:b*c?": "a_b_c_", "con": "_con", "COM1.dcm": "_COM1.dcm", "": "_",
    "...": "_",
    "x" * 200 + ".dcm": "x" * 76 + ".dcm", "a\x00b\u202ec": "abc", "Röntgen 1": "Röntgen 1",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_are_safe_everywhere(name):
    made = bundle.safe(name)
    assert made == NAMES[name].strip(". ")
    assert "/" not in made and "\\" not in made and made not in (".", "..")


def test_files_of_one_name_are_told_apart(case):
    study = samples.study(case, slices=3)
    Instance.objects.update(name="IMAGE.DCM")
    paths = [path for path, _file in bundle.named(bundle.files_of(study))]
    assert paths == ["1 CT LWS/IMAGE.DCM", "1 CT LWS/IMAGE (2).DCM", "1 CT LWS/IMAGE (3).DCM"]


def test_whoever_may_not_read_may_not_download(case, ben, dr_stone, quin, sign_in):
    study = samples.study(case)
    for person in (ben, dr_stone, quin):
        assert fetch(sign_in(person), study).status_code == 404


def test_lists_say_images_and_not_pages(case, ana, tess, sign_in):
    samples.study(case, slices=3)
    for person, name in ((ana, "records:list"), (tess, "home:staff_records")):
        words = sign_in(person).get(reverse(name, args=[case.reference])).content.decode()
        assert "3 images" in words and "3 pages" not in words
