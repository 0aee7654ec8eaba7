"""The page of a study: what the image viewer is given, to whom, and with which pins."""

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.models import Citation, Instance
from referrals.rules import citations
from referrals.viewer import actions, studies
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(case):
    return samples.study(case, patient="Reyes Ana", born_on="1968-03-03")


def images_in(study):
    return list(Instance.objects.filter(series__record=study).in_order())


def pin_on(study, n, by, frame=1):
    return actions.pin(
        record=study, instance=images_in(study)[n], frame=frame, region=[100, 200, 300, 400], by=by,
        now=build.real_now(),
    )  # fmt: skip


def read(client, study, **query):
    address = reverse("records:read", args=[study.case.reference, study.key])
    return client.get(address, query).content.decode()


def viewer_in(page):
    """The data that the viewer in the browser begins with."""
    found = re.search(r"<div class=\"so-images\"[^>]*>", page)
    return found and {
        name: unescape(value) for name, value in re.findall(r'data-([\w-]+)="([^"]*)"', found[0])
    }


@pytest.mark.parametrize("who", ["ana", "sam", "tess", "lea", "dr_vega"])
def test_who_sees_the_record_looks_through_its_images(who, request, sign_in, study):
    page = read(sign_in(request.getfixturevalue(who)), study)
    told = viewer_in(page)
    assert told["study"] == reverse("studies:study", args=[study.case.reference, study.key])
    assert told["whose"].split("\n") == ["Reyes Ana", "Born 3 March 1968"]
    assert (told["pins"], told["instance"], told["at"]) == ("[]", "", "")
    assert "Not for primary diagnosis" in page and "so-still" in page and "images.css" in page
    assert ('data-tool="mark"' in page) == ("data-pinform" in page) == (who == "dr_vega")


@pytest.mark.parametrize("who", ["ben", "dr_stone", "quin"])
def test_for_others_there_is_none(who, request, sign_in, study):
    address = reverse("records:read", args=[study.case.reference, study.key])
    assert sign_in(request.getfixturevalue(who)).get(address).status_code == 404


def test_in_the_reading_room_too(vega, study):
    page = vega.get(
        reverse("review:room", args=[study.case.reference]), {"record": study.key, "pane": "page"}
    ).content.decode()
    assert viewer_in(page) and "data-pinform" in page and "images.css" in page


def test_what_holds_no_images_has_no_viewer(vega, study, letter):
    assert viewer_in(read(vega, letter)) is None
    Instance.objects.update(problem="film")
    assert viewer_in(read(vega, study)) is None
    Instance.objects.update(problem="", frame_count=0)
    assert viewer_in(read(vega, study)) is None


def test_without_a_picture_the_images_are_still_there(vega, study):
    study.pages.all().delete()
    page = read(vega, study)
    assert viewer_in(page) and "so-still" not in page


def test_pins_are_marked_on_their_frames_and_the_wanted_one_opens(vega, study, dr_vega):
    one, two = pin_on(study, 0, dr_vega), pin_on(study, 2, dr_vega)
    keys = [str(image.key) for image in images_in(study)]
    told = viewer_in(read(vega, study, pin=str(two.key)))
    assert json.loads(told["pins"]) == [
        [1, keys[0], 1, [100, 200, 300, 400]],
        [2, keys[2], 1, [100, 200, 300, 400]],
    ]
    assert (told["instance"], told["at"]) == (keys[2], "1")
    assert viewer_in(read(vega, study, pin="nonsense"))["instance"] == ""
    assert f'id="pin-{one.number}"' in read(vega, study)


def test_drafts_stay_their_authors(study, dr_vega, sign_in, ana, tess):
    pin_on(study, 0, dr_vega)
    for person in (ana, tess):
        assert viewer_in(read(sign_in(person), study))["pins"] == "[]"


def test_a_pin_says_which_image_of_its_series_it_is_on(study, dr_vega):
    pin = pin_on(study, 2, dr_vega)
    assert citations.title_of(citations.as_source(pin)).endswith(", image 3")
    first, second, third = images_in(study)
    Instance.objects.filter(pk=first.pk).update(frame_count=20)
    Instance.objects.filter(pk=second.pk).update(problem="broken")
    assert studies.place_of(third, 1) == 21
    assert Citation.objects.get().image == 3  # as it was when it was set


def test_usual_windows_are_not_offered_twice(study, vega):
    told = vega.get(reverse("studies:study", args=[study.case.reference, study.key])).json()
    windows = [(centre, width) for _name, centre, width in told["series"][0]["presets"]]
    assert windows[0] == (40.0, 400.0) and windows.count((40.0, 400.0)) == 1


def test_as_many_statements_for_a_hundred_images_and_thirty_pins(vega, case, dr_vega):
    def statements(study):
        with CaptureQueriesContext(connection) as captured:
            read(vega, study)
        return len(captured)

    study = samples.study(case, slices=1)
    pin_on(study, 0, dr_vega)
    statements(study)
    one = statements(study)
    large = samples.study(case, slices=100, uid="1.2.3")
    for n in range(30):
        pin_on(large, n, dr_vega)
    statements(large)
    assert statements(large) == one
