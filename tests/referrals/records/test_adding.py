"""Adding files over HTTP: the yes, and every no."""

import pytest
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, Record, StoredFile
from referrals.vocabulary import Act, RecordStatus
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(draft):
    return reverse("records:add", args=[draft.reference])


def post(client, url, *files, **options):
    return client.post(url, {"files": [samples.upload(body, name) for name, body in files]}, **options)


def test_several_files_at_once_become_records_with_their_sums(sign_in, ana, url, draft):
    response = post(sign_in(ana), url, ("letter.pdf", samples.pdf()), ("scan.dcm", samples.dicom()))
    assert response.status_code == 302
    records = {record.name: record for record in draft.records.all()}
    assert set(records) == {"letter.pdf", "scan.dcm"}
    for record in records.values():
        assert record.status == RecordStatus.RECEIVED
        assert storage.sha256(record.key) == record.sha256
        assert storage.size(record.key) == record.size
    assert AuditEvent.objects.filter(act=Act.ADD_RECORD, person_id=ana.pk).count() == 2


def test_page_tells_the_limits_before_anything_is_chosen(sign_in, ana, url):
    page = sign_in(ana).get(url)
    assert page.status_code == 200
    for words in ("5 GB", "50 GB", "20,000 files", "DICOM"):
        assert words in page.content.decode()


def test_the_same_file_twice_is_one_record_and_said(sign_in, ana, url, draft):
    client = sign_in(ana)
    post(client, url, ("letter.pdf", samples.pdf()))
    response = post(client, url, ("copy.pdf", samples.pdf()), follow=True)
    assert "is the same file as" in response.content.decode()
    assert draft.records.count() == 1
    assert files_in_storage() == 1


def test_empty_and_large_files_are_named_and_the_others_kept(sign_in, ana, url, draft, settings):
    settings.MAX_FILE_BYTES = 50_000
    response = post(
        sign_in(ana), url, ("good.pdf", samples.pdf()), ("empty.pdf", b""), ("large.pdf", b"x" * 50_001)
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "\u2068empty.pdf\u2069” is empty" in page
    assert "\u2068large.pdf\u2069” is larger than 50 kB" in page
    assert "<title>Error:" in page
    assert [record.name for record in draft.records.all()] == ["good.pdf"]
    assert files_in_storage() == 1


def test_a_case_that_is_full_takes_no_more(sign_in, ana, url, draft, settings):
    settings.MAX_CASE_BYTES = len(samples.pdf()) + 10
    client = sign_in(ana)
    assert post(client, url, ("one.pdf", samples.pdf())).status_code == 302
    response = post(client, url, ("two.pdf", samples.pdf(2)))
    assert response.status_code == 422
    assert "no room for" in response.content.decode()
    assert files_in_storage() == 1


def test_too_much_is_refused_before_it_travels(sign_in, ana, url, settings):
    settings.MAX_CASE_BYTES = 1000
    response = sign_in(ana).generic(
        "POST", url, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(10**8)
    )
    assert response.status_code == 413
    assert "no room for" in response.content.decode()


def test_more_files_than_one_form_may_hold_are_said_not_skipped(sign_in, ana, url, draft, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    response = post(sign_in(ana), url, *((f"{n}.txt", b"text %d" % n) for n in range(3)))
    assert response.status_code == 422
    assert "more than 2 files" in response.content.decode()
    assert not draft.records.exists()
    assert files_in_storage() == 0


def test_no_file_at_all_is_said(sign_in, ana, url):
    response = sign_in(ana).post(url, {})
    assert response.status_code == 422
    assert "Choose at least one file" in response.content.decode()


def test_full_disk_keeps_nothing_and_says_so(sign_in, ana, url, draft, monkeypatch):
    def full(self, piece):
        self.abandon()
        raise storage.NoRoom

    monkeypatch.setattr(storage.Writing, "write", full)
    response = post(sign_in(ana), url, ("letter.pdf", samples.pdf()))
    assert response.status_code == 422
    assert "couldn’t save" in response.content.decode()
    assert not draft.records.exists()
    assert files_in_storage() == 0


def test_without_a_token_nothing_is_kept(sign_in, ana, url, draft):
    response = post(sign_in(ana, enforce_csrf_checks=True), url, ("letter.pdf", samples.pdf()))
    assert response.status_code == 403
    assert not draft.records.exists()
    assert files_in_storage() == 0


def test_a_script_is_answered_in_json(sign_in, ana, url):
    client = sign_in(ana)
    said = post(client, url, ("letter.pdf", samples.pdf()), HTTP_ACCEPT="application/json")
    assert (said.status_code, said.json()) == (200, {"files": [{}]})
    said = post(
        client, url, ("letter.pdf", samples.pdf()), ("empty.txt", b""), ("new.txt", b"new"),
        HTTP_ACCEPT="application/json",
    )  # fmt: skip
    again, empty, new = said.json()["files"]
    assert "was here before" in again["note"]
    assert "is empty" in empty["error"]
    assert new == {}


@pytest.mark.parametrize("status", ["submitted", "triage", "info_needed", "routing", "in_review"])
def test_files_can_follow_while_the_case_is_open(sign_in, ana, tess, dr_vega, status):
    case = build.make_case(ana, status, staff=tess, specialist=dr_vega)
    response = post(sign_in(ana), reverse("records:add", args=[case.reference]), ("a.pdf", samples.pdf()))
    assert response.status_code == 302
    assert case.records.count() == 1


@pytest.mark.parametrize("status", ["delivered", "closed", "declined", "withdrawn", "lapsed"])
def test_files_cannot_be_added_to_what_is_over(sign_in, ana, tess, dr_vega, status):
    case = build.make_case(ana, status, staff=tess, specialist=dr_vega)
    response = post(sign_in(ana), reverse("records:add", args=[case.reference]), ("a.pdf", samples.pdf()))
    assert response.status_code == 403
    assert not Record.objects.exists()


def test_who_reads_or_is_a_stranger_may_not_add(sign_in, ana, ben, tess, quin, dr_vega):
    case = build.make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    url = reverse("records:add", args=[case.reference])
    answers = {
        who.name: (
            post(sign_in(who), url, ("a.pdf", samples.pdf())).status_code,
            sign_in(who).get(url).status_code,
        )
        for who in (ben, quin, dr_vega)
    }
    assert answers == {"Ben": (404, 404), "Quin": (404, 404), "Vega": (403, 403)}
    assert files_in_storage() == 0


def test_a_file_answers_the_item_that_was_asked_for(sign_in, ana, tess):
    case = build.make_case(ana, "info_needed", staff=tess)
    url = reverse("records:add", args=[case.reference]) + "?item=1"
    assert "How far can you walk?" in sign_in(ana).get(url).content.decode()
    post(sign_in(ana), url, ("walk.txt", b"Ten minutes"))
    assert case.records.get().info_item == case.info_requests.get().items.get()


@pytest.mark.parametrize("item", ["1", "99", "0", "-1", "x", "1%00", "9" * 30])
def test_what_was_not_asked_here_is_no_item(sign_in, ana, ben, tess, item):
    build.make_case(ben, "info_needed", staff=tess)
    mine = build.make_draft(ana)
    url = reverse("records:add", args=[mine.reference]) + f"?item={item}"
    page = sign_in(ana).get(url)
    assert page.status_code == 200
    assert "How far" not in page.content.decode()
    post(sign_in(ana), url, ("a.txt", b"text"))
    assert mine.records.get().info_item is None


def test_access_taken_away_while_the_file_travels(sign_in, ana, url, draft, monkeypatch):
    """S04: the person is shut out between the first byte and the row."""
    client = sign_in(ana)
    real = storage.Writing.finish

    def shut_out(writing):
        type(ana).objects.filter(pk=ana.pk).update(is_active=False)
        return real(writing)

    monkeypatch.setattr(storage.Writing, "finish", shut_out)
    assert post(client, url, ("letter.pdf", samples.pdf())).status_code == 403
    assert not draft.records.exists()
    assert files_in_storage() == 0


def files_in_storage():
    """Files that can be read: the bytes of others go with the transaction."""
    return StoredFile.objects.count()


def test_beside_a_file_that_is_not_taken_it_is_said_what_came(sign_in, ana, url):
    client = sign_in(ana)
    post(client, url, ("letter.pdf", samples.pdf()))
    files = (("empty.pdf", b""), ("copy.pdf", samples.pdf()), ("scan.dcm", samples.dicom()))
    answer = post(client, url, *files)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "is empty" in page
    assert "1 file added." in page
    assert "is the same file as" in page


def test_the_title_of_the_question_does_not_tell_the_files_name(sign_in, ana, draft):
    record = build.make_record(draft, name="Biopsy.pdf")
    page = sign_in(ana).get(reverse("records:remove", args=[draft.reference, record.key])).content.decode()
    assert "Biopsy" in page
    assert "Biopsy" not in page.partition("</title>")[0]


def test_who_removes_a_file_from_the_list_is_there_again(sign_in, ana, draft):
    record = build.make_record(draft, name="broken.pdf", status="refused", refusal="unreadable")
    client, the_list = sign_in(ana), reverse("records:list", args=[draft.reference])
    remove = reverse("records:remove", args=[draft.reference, record.key]) + "?from=list"
    assert remove in client.get(the_list).content.decode()
    assert f'href="{the_list}"' in client.get(remove).content.decode()
    assert client.post(remove).url == the_list
    assert not draft.records.exists()
