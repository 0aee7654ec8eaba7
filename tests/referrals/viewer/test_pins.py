"""Pins: set, quoted, taken off, and kept by a signature."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.models import AuditEvent, Citation, Instance, OpinionVersion, Series
from referrals.opinion import actions as opinions
from referrals.opinion import body
from referrals.rules import access, citations
from referrals.rules.roads import CASE
from referrals.rules.workflow import StepNotPossible, take
from referrals.viewer import actions
from tests import build
from tests.referrals.viewer.conftest import WORDS

pytestmark = pytest.mark.django_db
REGION = {"x": "9", "y": "9", "width": "30", "height": "5"}


def url_of(record):
    return reverse("viewer:pin", args=[record.case.reference, record.key])


def set_pin(client, record, **fields):
    return client.post(url_of(record), {"page": "1", **REGION, **fields})


@pytest.fixture
def pin(report, dr_vega):
    return actions.pin(record=report, region=[90, 90, 300, 50], page=1, by=dr_vega, now=build.real_now())


def test_a_pin_takes_a_number_and_the_words_under_it(vega, report, dr_vega):
    back = f"{reverse('review:room', args=[report.case.reference])}?record={report.key}&page=1&pane=page"
    answer = set_pin(vega, report, note="Compare with the X-ray", back=back)
    assert answer.url == back
    pin = Citation.objects.get()
    assert (pin.number, pin.by, pin.page, pin.region) == (1, dr_vega, 1, [90, 90, 300, 50])
    assert (pin.quote, pin.note) == ("Moderate narrowing of the", "Compare with the X-ray")
    event = AuditEvent.objects.get(act="pin")
    assert (event.subject_key, event.detail) == (str(report.key), {"pin": 1, "page": 1})
    page = vega.get(back).content.decode()
    assert '<rect x="81" y="108" width="270" height="60"/>' in page and ">Pin 1<" in page
    assert set_pin(vega, report).status_code == 302
    assert list(Citation.objects.values_list("number", flat=True)) == [1, 2]


def test_a_script_is_told_the_number(vega, report):
    answer = vega.post(url_of(report), {"page": "1", **REGION}, headers={"accept": "application/json"})
    assert answer.json() == {"number": 1, "key": str(Citation.objects.get().key)}


@pytest.mark.parametrize(
    "wrong",
    [{"x": "-1"}, {"x": "101"}, {"width": "0"}, {"height": "x"}, {"y": ""}, {"page": ""}, {"page": "0"},
     {"note": "n" * 301}, {"page": "1", "instance": "7" * 8, "frame": "1"}],
)  # fmt: skip
def test_a_region_that_is_none_is_told_and_nothing_typed_is_lost(wrong, vega, report):
    answer = set_pin(vega, report, **{"note": "KEEP ME", **wrong})
    assert answer.status_code == 422 and not Citation.objects.exists()
    assert "note" in wrong or "KEEP ME" in answer.content.decode()


def test_a_region_that_hangs_over_the_edge_is_cut(vega, report):
    set_pin(vega, report, x="90", width="50", y="99.9", height="100")
    assert Citation.objects.get().region == [900, 999, 100, 1]


def test_a_second_click_sets_a_pin_once(vega, report):
    for _click in range(2):
        assert set_pin(vega, report, note="Here").status_code == 302
    assert Citation.objects.get().number == 1


def test_an_image_without_its_frame_is_no_place(vega, report):
    assert set_pin(vega, report, page="1", instance=str(uuid.uuid4())).status_code == 302
    assert Citation.objects.get().page == 1


def test_no_such_page(vega, report):
    assert set_pin(vega, report, page="99").status_code == 409


@pytest.mark.parametrize("who", ["ana", "sam", "tess", "lea"])
def test_those_who_see_the_record_but_do_not_read_the_case_set_none(who, request, sign_in, report):
    client = sign_in(request.getfixturevalue(who))
    assert set_pin(client, report).status_code == 403
    assert not Citation.objects.exists()


@pytest.mark.parametrize("who", ["ben", "dr_stone", "quin"])
def test_s02_for_others_there_is_no_such_record(who, request, sign_in, report, pin):
    client = sign_in(request.getfixturevalue(who))
    assert set_pin(client, report).status_code == 404
    assert client.post(reverse("viewer:unpin", args=[report.case.reference, pin.key])).status_code == 404


def test_after_the_signature_no_pin_is_set(vega, report, case, dr_vega):
    build.make_opinion(case)
    opinions.sign(referral=case.referrals.get(), by=dr_vega, now=build.real_now(), edit=0)
    assert set_pin(vega, report).status_code == 403


def test_drafts_are_their_authors_and_the_leads(
    vega, report, case, pin, ana, tess, sam, lea, dr_vega, dr_stone
):
    seen = {
        who.name: access.visible_citations(who).filter(pk=pin.pk).exists()
        for who in (ana, tess, sam, lea, dr_vega, dr_stone)
    }
    assert {name for name, sees in seen.items() if sees} == {"Lea", "Vega"}
    for who in (ana, tess):
        page = client_page(who, report)
        assert ">Pin 1<" not in page and 'class="pin' not in page


def client_page(person, record, **query):
    from django.test import Client

    client = Client()
    client.force_login(person)
    return client.get(
        reverse("records:read", args=[record.case.reference, record.key]), query
    ).content.decode()


# --- taking off ------------------------------------------------------------------------------------------


def test_a_pin_is_taken_off_after_a_question_and_the_others_keep_their_numbers(
    vega, report, case, pin, dr_vega
):
    second = actions.pin(record=report, region=[0, 0, 10, 10], page=2, by=dr_vega, now=build.real_now())
    url = reverse("viewer:unpin", args=[case.reference, pin.key])
    assert "Take pin 1 off?" in vega.get(url).content.decode()
    assert vega.post(url).status_code == 302
    assert list(Citation.objects.values_list("pk", "number")) == [(second.pk, 2)]
    assert AuditEvent.objects.get(act="unpin").detail == {"pin": 1, "page": 1}
    assert vega.post(url).status_code == 404


def test_a_pin_that_the_opinion_quotes_stays(vega, case, pin):
    build.make_opinion(case, advice="Exercise first, see [1].")
    answer = vega.post(reverse("viewer:unpin", args=[case.reference, pin.key]))
    assert answer.status_code == 409 and "Take [1] out of the text first" in answer.content.decode()
    assert Citation.objects.exists()


def test_the_lead_sees_it_but_it_is_not_theirs(sign_in, lea, case, pin):
    assert sign_in(lea).post(reverse("viewer:unpin", args=[case.reference, pin.key])).status_code == 403


def test_a_number_that_a_text_holds_already_is_given_to_no_other_pin(case, report, dr_vega):
    build.make_opinion(case, why="As [1] and [2] said.")
    pin = actions.pin(record=report, region=[0, 0, 10, 10], page=1, by=dr_vega, now=build.real_now())
    assert pin.number == 3


def test_pins_are_bounded(monkeypatch, report, dr_vega, pin):
    monkeypatch.setattr(actions, "MOST_PINS", 1)
    with pytest.raises(StepNotPossible):
        actions.pin(record=report, region=[0, 0, 10, 10], page=1, by=dr_vega, now=build.real_now())


def test_a_frame_of_a_study_can_be_pinned(case, dr_vega, vega):
    study = build.make_record(case, name="MRI.dcm", kind="dicom", page_count=0)
    series = Series.objects.create(record=study, uid="1.2")
    image = Instance.objects.create(
        series=series,
        key="5" * 32,
        uid="1.2.3",
        name="a",
        size=1,
        sha256="0" * 64,
        frame_count=3,
        frame_bytes=2,
    )
    fields = {"instance": str(image.key), "frame": "2", **REGION}
    assert vega.post(url_of(study), fields).status_code == 302
    pin = Citation.objects.get()
    assert (pin.instance, pin.frame, pin.page) == (image, 2, None)
    assert citations.title_of(citations.as_source(pin)) == "MRI, image 2"
    assert vega.post(url_of(study), {**fields, "frame": "4"}).status_code == 409
    assert vega.post(url_of(study), {**fields, "instance": "6" * 32}).status_code == 422


# --- in the opinion --------------------------------------------------------------------------------------


def test_each_part_says_which_pins_it_cites(vega, case, report, pin):
    build.make_opinion(case, diagnosis="Narrowing [1], and a reference [99].", why="[1]")
    cited = citations.cited_in(case.opinions.get())
    assert (cited["diagnosis"], cited["plan"], cited["waiting"]) == ([1, 99], [1], [])
    page = vega.get(reverse("review:room", args=[case.reference])).content.decode()
    link = f"record={report.key}&amp;page=1&amp;pane=page&amp;pin={pin.key}"
    assert page.count(link) == 3  # two parts, and the list of pins
    assert 'data-insert="[1]"' in page and "MRI report, page 1" in page


def test_saving_while_typing_says_it_too(vega, case, pin):
    from tests.referrals.opinion.writing import WHOLE

    url = reverse("opinion:edit", args=[case.reference])
    answer = vega.post(url, {**WHOLE, "diagnosis": "See [1]"}, headers={"x-autosave": "1"}).json()
    assert [link["title"] for link in answer["cites"]["diagnosis"]] == ["MRI report, page 1"]
    assert answer["cites"]["plan"] == []


@pytest.fixture
def signed(case, report, pin, dr_vega):
    actions.pin(
        record=report, region=[0, 0, 10, 10], page=2, by=dr_vega, note="MARKER-OWN", now=build.real_now()
    )
    pin.note = "MARKER-NOTE"
    pin.save()
    build.make_opinion(case, advice="Wait [1]. <b>No</b> [7]", plain_words="It presses on a nerve [1].")
    return opinions.sign(referral=case.referrals.get(), by=dr_vega, now=build.real_now(), edit=0)


def test_a_signed_opinion_keeps_what_it_quotes_word_for_word(signed, pin, report):
    kept = signed.body["citations"]
    assert signed.body["format"] == 2 and signed.sha256 == body.sha256_of(signed.body)
    assert kept == [{
        "number": 1, "key": str(pin.key), "record": str(report.key), "name": "MRI report.pdf", "page": 1,
        "frame": 0, "region": [90, 90, 300, 50], "quote": "Moderate narrowing of the", "note": "",
    }]  # fmt: skip
    assert "MARKER" not in str(signed.body)


def test_a_signed_pin_never_changes(signed, pin, vega, case):
    with pytest.raises(DatabaseError), transaction.atomic():
        Citation.objects.filter(pk=pin.pk).update(x=1)
    assert vega.post(reverse("viewer:unpin", args=[case.reference, pin.key])).status_code == 403
    assert Citation.objects.filter(version=signed).count() == 1


@pytest.mark.parametrize("printed", [False, True])
def test_the_patient_reads_links_to_the_very_page(printed, signed, pin, report, case, ana, sign_in):
    url = reverse("decision:opinion", args=[case.reference])
    page = sign_in(ana).get(url, {"print": ""} if printed else {}).content.decode()
    address = f"{reverse('records:read', args=[case.reference, report.key])}?page=1&amp;pin={pin.key}"
    assert f'It presses on a nerve <a class="so-cite" href="{address}">MRI report, page 1</a>.' in page
    assert "Places it quotes" in page and "Moderate narrowing of the" in page
    assert "&lt;b&gt;No&lt;/b&gt; [7]" in page  # what is no pin stays as it was written
    assert "MARKER" not in page


def test_the_region_is_marked_on_that_page_for_whoever_the_opinion_is_for(signed, pin, report, ana, tess):
    for who in (ana, tess):
        page = client_page(who, report, page=1, pin=str(pin.key))
        assert 'class="pin is-wanted"' in page and "Moderate narrowing of the" in page
        assert "Take pin" not in page and "MARKER" not in page
        assert 'class="pin' not in client_page(who, report, page=2)  # not quoted: stays a draft


def test_a_body_of_the_first_format_is_read_as_before(ana, tess, dr_vega, sign_in):
    from tests.referrals.decision.conftest import deliver

    case = deliver(ana, tess, dr_vega)
    page = sign_in(ana).get(reverse("decision:opinion", args=[case.reference])).content.decode()
    assert "Places it quotes" not in page and "a slipped bone" in page
    assert OpinionVersion.objects.get().body["format"] == 1


def test_what_was_given_back_hides_its_pins_from_the_next_reader(case, pin, dr_vega, dr_stone, tess, lea):
    from referrals.review import actions as review

    review.give_back(referral=case.referrals.get(), by=dr_vega, now=build.real_now(), reason="given_back")
    assert not access.visible_citations(dr_vega).exists()
    offer = build.make_offer(case, dr_stone, by=tess, now=build.real_now())
    review.accept(referral=offer, by=dr_stone, now=build.real_now())
    assert not access.visible_citations(dr_stone).exists()
    assert access.visible_citations(lea).get() == pin


def test_words_under_a_region_are_those_whose_middle_lies_in_it():
    assert citations.words_under(WORDS, [0, 90, 200, 40]) == "Moderate"
    assert citations.words_under(WORDS, [0, 0, 1000, 1000]).endswith("Übelkeit")
    assert len(citations.words_under([[0, 0, 9, 9, "x" * 90]] * 20, [0, 0, 50, 50])) == 600


def test_as_many_statements_for_thirty_pins_as_for_one(vega, case, report, pin, dr_vega):
    url = f"{reverse('review:room', args=[case.reference])}?record={report.key}&page=1&pane=page"

    def statements():
        with CaptureQueriesContext(connection) as captured:
            vega.get(url)
        return len(captured)

    statements()
    one = statements()
    for _n in range(29):
        actions.pin(record=report, region=[0, 0, 10, 10], page=1, by=dr_vega, now=build.real_now())
    assert statements() == one <= 36


def test_taken_case_is_void(case, pin, lea, dr_vega):
    take(CASE, "void", case, by=lea, now=build.real_now(), reason="test")
    assert not access.visible_citations(lea).exists() and not access.visible_citations(dr_vega).exists()
