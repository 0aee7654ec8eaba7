"""Staff add for a patient, marked so wherever the record is listed; a disc of files is one row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.models import AuditEvent, Record
from referrals.records import listing
from referrals.vocabulary import Act
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ana):
    return build.make_case(ana)


def url(name, case, *more):
    return reverse(f"records:{name}", args=[case.reference, *more])


def add(client, case, way_in, body=b"a fax"):
    return client.post(url("add", case), {"files": [samples.upload(body, "fax.txt")], "way_in": way_in})


@pytest.mark.parametrize("way_in", ["post", "fax", "brought", "told"])
def test_staff_add_and_say_how_it_came(sign_in, sam, ana, case, way_in):
    assert add(sign_in(sam), case, way_in).status_code == 302
    record = case.records.get()
    assert (record.way_in, record.added_by) == (way_in, sam)
    event = AuditEvent.objects.get(act=Act.ADD_RECORD)
    assert (event.person_id, event.detail) == (sam.pk, {"way_in": way_in})
    for who, page, words in (
        (ana, url("list", case), record.get_way_in_display),
        (sam, url("list", case), record.get_way_in_display),
        (ana, url("add", case), record.get_way_in_display),
        (sam, reverse("home:staff_records", args=[case.reference]), record.get_way_in_display),
    ):
        shown = sign_in(who).get(page).content.decode()
        assert "Sam" in shown, page
        assert (
            ("by phone" in shown or "on the phone" in shown)
            if way_in == "told"
            else words().split()[-1] in shown
        )


@pytest.mark.parametrize("way_in", ["", "portal", "source", "x"])
def test_how_it_came_must_be_said(sign_in, sam, case, way_in):
    answer = add(sign_in(sam), case, way_in)
    assert answer.status_code == 422
    assert "Choose how the files reached you" in answer.content.decode()
    assert not Record.objects.exists()


def test_what_a_patient_says_of_it_is_not_asked(sign_in, ana, case):
    assert add(sign_in(ana), case, "fax").status_code == 302
    assert case.records.get().way_in == "portal"


def test_staff_name_and_take_back_what_they_added_alone(sign_in, sam, case):
    client = sign_in(sam)
    add(client, case, "fax")
    mine, theirs = case.records.get(), samples.ready(case, samples.pdf())
    assert client.post(url("type", case, mine.key), {"type": "lab"}).status_code == 302
    mine.refresh_from_db()
    assert mine.type == "lab"
    assert client.post(url("remove", case, theirs.key)).status_code == 403
    assert client.post(url("remove", case, mine.key)).status_code == 302
    assert list(case.records.all()) == [theirs]


def test_what_was_told_becomes_a_record(sign_in, sam, ana, case):
    client = sign_in(sam)
    assert client.post(url("note", case), {"title": "", "text": "x"}).status_code == 422
    assert client.post(url("note", case), {"title": "Medicines", "text": "Aspirin"}).status_code == 302
    record = case.records.get()
    assert (record.name, record.way_in) == ("Medicines.txt", "told")
    assert sign_in(ana).get(url("note", case)).status_code == 403


def test_staff_do_not_answer_the_checklist(sign_in, sam, case):
    data = {"type": "letter", "state": "cant_get"}
    assert sign_in(sam).post(url("checklist", case), data).status_code == 403


# --- the list ----------------------------------------------------------------------------------------------


def a_disc(case, count, **fields):
    return [
        build.make_record(
            case, name=f"IM{n:04}", folder="CD/SE1", **{"status": "received", "kind": "", **fields}
        )
        for n in range(count)
    ]


def test_a_disc_is_one_row_and_says_what_was_left_out(sign_in, ana, draft):
    a_disc(draft, 30)
    for n in range(3):
        build.make_record(
            draft,
            name=f"setup{n}.exe",
            folder="CD",
            status="refused",
            refusal="program",
            kind="",
            page_count=0,
        )
    build.make_record(draft, name="loose.pdf")
    build.make_record(draft, name="few.pdf", folder="Letters")
    found = listing.listing(draft, ana, now=build.real_now())
    (folder,) = found.folders
    assert (folder.name, folder.files, folder.checking, folder.left_out) == ("CD", 33, 30, 3)
    assert {row.record.name for row in found.rows} == {"loose.pdf", "few.pdf"}
    assert found.summary == "35 files: 2 ready, 30 being checked, 3 left out."
    shown = sign_in(ana).get(url("add", draft)).content.decode()
    assert "33 files" in shown and "3 files left out:" in shown and "program" in shown
    assert shown.count('class="so-file') - shown.count("so-file-") <= 4


def test_what_needs_somebody_keeps_a_row_of_its_own(ana, draft):
    records = a_disc(draft, 8)
    Record.objects.filter(pk=records[0].pk).update(status="needs_you", refusal="locked")
    found = listing.listing(draft, ana, now=build.real_now())
    assert [row.record.pk for row in found.rows] == [records[0].pk]
    assert found.folders[0].files == 7


def test_the_page_asks_as_often_for_a_thousand_files_as_for_one(sign_in, ana, draft):
    client, counts = sign_in(ana), []
    for count in (7, 25, 100):
        a_disc(draft, count)
        build.make_record(draft, name=f"loose-{count}.pdf")
        client.get(url("files", draft))
        with CaptureQueriesContext(connection) as found:
            client.get(url("files", draft))
        counts.append(len(found))
    assert len(set(counts)) == 1, counts


def test_what_was_told_is_of_the_kind_that_is_chosen(sign_in, sam, case):
    told = {"title": "Medicines", "text": "Aspirin", "type": "medicines"}
    assert sign_in(sam).post(url("note", case), told).status_code == 302
    assert sign_in(sam).post(url("note", case), told | {"type": "nonsense"}).status_code == 422
    assert case.records.get().type == "medicines"
