"""A source's link: made and closed by patient or staff, used by somebody without an account who sees nothing."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, Record, Upload, UploadLink
from referrals.records import arrivals, room
from referrals.rules import upload_links
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act, UploadStatus
from tests import build
from tests.referrals.records import samples, tus
from tests.referrals.records.test_adding import files_in_storage

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ana):
    return build.make_case(ana, subject_name="Ana Ashgrove", story="My back hurts")


@pytest.fixture
def made(case, ana):
    link, address = upload_links.make(case=case, label="Millpond", days=14, by=ana, now=build.real_now())
    return link, "/" + address.split("/", 3)[3]


@pytest.fixture
def page(made):
    return made[1]


@pytest.fixture
def sender(page):
    return tus.Sender(Client(), page + "uploads/")


def post(client, page, *files, **options):
    return client.post(page, {"files": [samples.upload(body, name) for name, body in files]}, **options)


@pytest.mark.parametrize("who", ["ana", "sam", "tess", "lea"])
def test_patient_and_staff_make_a_link_and_see_its_address_once(sign_in, request, case, who):
    client = sign_in(request.getfixturevalue(who))
    url = reverse("records:links", args=[case.reference])
    answer = client.post(url, {"label": "Millpond Center", "days": "7"})
    link = UploadLink.objects.get()
    address = answer.context["address"]
    assert address in answer.content.decode()
    token = address.rstrip("/").rpartition("/")[2]
    assert link.token_hash == upload_links.hashed(token) and len(token) > 40
    assert link.expires_at - link.made_at == dt.timedelta(days=7)
    again = client.get(url).content.decode()
    assert token not in again and "Millpond Center" in again and "Nothing came by it yet" in again
    event = AuditEvent.objects.get(act=Act.MAKE_LINK)
    assert (event.subject_key, event.case_reference) == (str(link.key), case.reference)
    assert "Millpond" not in str(event.detail)


def test_others_make_and_close_none(sign_in, made, case, ben, quin, dr_vega, tess):
    reading = build.make_case(ben, "in_review", staff=tess, specialist=dr_vega)
    for who, of, code in ((ben, case, 404), (quin, case, 404), (dr_vega, case, 404), (dr_vega, reading, 403)):
        url = reverse("records:links", args=[of.reference])
        assert sign_in(who).get(url).status_code == code
        assert sign_in(who).post(url, {"label": "x", "days": "7"}).status_code == code
    close = reverse("records:close_link", args=[case.reference, made[0].key])
    for who in (ben, quin, dr_vega):
        assert sign_in(who).post(close).status_code == 404
    assert UploadLink.objects.open(now=build.real_now()).count() == 1


@pytest.mark.parametrize(
    "data", [{}, {"label": "", "days": "7"}, {"label": "x", "days": "365"}, {"label": "x" * 121, "days": "7"}]
)
def test_nonsense_makes_no_link_and_loses_nothing(sign_in, ana, case, data):
    answer = sign_in(ana).post(reverse("records:links", args=[case.reference]), data)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.content.decode()
    if data.get("label"):
        assert data["label"] in answer.content.decode()
    assert not UploadLink.objects.exists()


def test_a_case_that_is_over_and_a_heap_of_links_are_refused(sign_in, ana, tess, dr_vega, case):
    over = build.make_case(ana, "closed", staff=tess, specialist=dr_vega)
    assert (
        sign_in(ana)
        .post(reverse("records:links", args=[over.reference]), {"label": "x", "days": "7"})
        .status_code
        == 409
    )
    now = build.real_now()
    for _n in range(upload_links.MOST_OPEN):
        upload_links.make(case=case, label="x", days=7, by=ana, now=now)
    with pytest.raises(StepNotPossible):
        upload_links.make(case=case, label="x", days=7, by=ana, now=now)


def test_files_come_by_it_in_a_plain_form(made, case, page):
    answer = post(Client(), page, ("report.pdf", samples.pdf()), ("lab.txt", b"Hb 13"))
    assert answer.status_code == 200
    assert "2 files arrived" in answer.content.decode()
    records = {record.name: record for record in case.records.all()}
    assert set(records) == {"report.pdf", "lab.txt"}
    assert {record.way_in for record in records.values()} == {"source"}
    link = UploadLink.objects.get()
    assert (link.file_count, link.byte_count) == (2, len(samples.pdf()) + 5)
    event = AuditEvent.objects.filter(act=Act.ADD_RECORD).first()
    assert event.person_id is None and event.detail == {"way_in": "source", "link": str(link.key)}


def test_files_come_by_it_in_pieces(made, case, sender, ana, sign_in):
    body = b"DICOM" * 50_000
    upload = sender.whole(case, body, piece=70_001, name="scan.dcm")
    record = upload.record
    assert (record.way_in, record.case, record.added_by) == ("source", case, ana)
    with storage.open(record.key) as file:
        assert file.read() == body
    assert UploadLink.objects.get().file_count == 1
    shown = sign_in(ana).get(reverse("records:links", args=[case.reference])).content.decode()
    assert "scan.dcm" in shown and "1 file came by it" in shown
    listed = sign_in(ana).get(reverse("records:list", args=[case.reference])).content.decode()
    assert "Sent by who holds it" in listed and "Millpond" in listed


def test_the_page_tells_nothing_of_case_patient_or_files(made, case, page, ana):
    samples.ready(case, samples.pdf(), "secret-letter.pdf")
    client = Client()
    shown = client.get(page).content.decode() + post(client, page, ("mine.txt", b"x")).content.decode()
    assert "mine.txt" in shown and "Fernhollow Clinic" in shown
    for word in (
        "Ashgrove",
        "ana@",
        case.reference,
        "secret-letter",
        "Millpond",
        "back hurts",
        str(case.pk) + "/",
    ):
        assert word not in shown, word
    assert "mine.txt" not in client.get(page).content.decode()  # nor to whoever comes next


def test_what_was_here_before_is_not_told(case, page, ana):
    samples.ready(case, samples.pdf(), "letter.pdf")
    answer = post(Client(), page, ("copy.pdf", samples.pdf()))
    assert answer.status_code == 200
    assert "before" not in answer.content.decode() and "letter.pdf" not in answer.content.decode()
    assert case.records.count() == 1
    assert post(Client(), page, ("c.pdf", samples.pdf()), HTTP_ACCEPT="application/json").json() == {
        "files": [{}]
    }
    assert files_in_storage() == 3  # the letter and its pages


def test_nothing_is_said_to_other_sites_or_search_machines(page):
    for url in (page, "/records/send/never-was/"):
        answer = Client().get(url)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]


def test_a_link_opens_nothing_else(sender, case, made, ana, ben):
    """Not a file, not a page, not another's upload, not another link's."""
    own = tus.Sender(tus.client_of(ana)).begin(case, 4)
    for method in ("HEAD", "PATCH", "DELETE"):
        assert (
            sender.ask(
                method, sender.url + own.split("/")[-2] + "/", Upload_Offset=0, Content_Type=tus.BYTES
            ).status_code
            == 404
        )
    _other, address = upload_links.make(case=case, label="Other", days=7, by=ana, now=build.real_now())
    mine = sender.begin(case, 4)
    elsewhere = "/" + address.split("/", 3)[3] + "uploads/" + mine.split("/")[-2] + "/"
    assert sender.head(elsewhere).status_code == 404
    assert tus.Sender(tus.client_of(ana)).head(f"{tus.URL}{mine.split('/')[-2]}/").status_code == 404
    assert sender.client.get(reverse("records:list", args=[case.reference])).status_code == 302


def test_a_case_named_in_the_metadata_changes_nothing(sender, case, ben):
    other = build.make_case(ben)
    upload = sender.whole(other, b"abcd", way_in="portal")
    assert (upload.record.case, upload.record.way_in) == (case, "source")


@pytest.mark.parametrize("end", ["closed", "ran out", "case over", "maker gone"])
def test_over_is_over_at_the_next_piece(made, case, sender, page, sign_in, ana, end):
    url = sender.begin(case, 10)
    assert sender.patch(url, 0, b"12345").status_code == 204
    if end == "closed":
        close = reverse("records:close_link", args=[case.reference, made[0].key])
        assert "Close the link" in sign_in(ana).get(close).content.decode()
        assert sign_in(ana).post(close).status_code == 302
        assert sign_in(ana).post(close).status_code == 409
        assert AuditEvent.objects.filter(act=Act.CLOSE_LINK).count() == 1
    elif end == "ran out":
        now = build.real_now()
        UploadLink.objects.update(made_at=now - dt.timedelta(days=9), expires_at=now)
    elif end == "case over":
        type(case).objects.update(status="withdrawn")
    else:
        type(ana).objects.update(is_active=False)
    assert sender.patch(url, 5, b"67890").status_code == 410
    assert sender.create(5).status_code == 410
    assert Client().get(page).status_code == 410
    assert post(Client(), page, ("a.txt", b"x")).status_code == 410
    assert not Record.objects.exists()


def test_an_upload_by_a_link_ends_with_it(made, sender, case):
    UploadLink.objects.update(expires_at=build.real_now() + dt.timedelta(hours=2))
    upload = tus.row(sender.begin(case, 10))
    assert upload.expires_at == UploadLink.objects.get().expires_at


def test_guessing_addresses_is_slowed_down(made, page):
    codes = [Client().get(f"/records/send/guess-{n}/").status_code for n in range(40)]
    assert codes[0] == 410 and codes[-1] == 429
    assert Client().get(page).status_code == 200  # who has the right one goes on


def test_a_flood_by_one_link_is_slowed_down(made, sender, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "use_upload_link": "3/m/key"}
    codes = [sender.create(4).status_code for _n in range(5)]
    assert codes == [201, 201, 201, 429, 429]


def test_full_and_large_are_said_in_words(case, sender, settings):
    settings.MAX_FILE_BYTES = 10
    assert "larger than" in sender.create(11, name="big.dcm").json()["error"]
    settings.MAX_CASE_FILES = 0
    assert sender.create(5).status_code == 413


def test_a_link_page_needs_no_account_and_no_more_statements_for_more_links(
    made, case, ana, sign_in, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url, client, counts = reverse("records:links", args=[case.reference]), sign_in(ana), []
    for _round in range(3):
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(url)
        counts.append(len(found))
        for _n in range(4):
            link, _address = upload_links.make(case=case, label="x", days=7, by=ana, now=build.real_now())
    assert len(set(counts)) == 1


# --- made from the page of who holds the records -------------------------------------------------------------


def test_what_comes_by_a_sources_link_is_theirs(sign_in, case, sam):
    source = build.make_source(case, status="requested", requested_on=build.NOW.date())
    url = f"{reverse('records:links', args=[case.reference])}?source={source.key}"
    client = sign_in(sam)
    assert f'value="{source.name}"' in client.get(url).content.decode()
    address = client.post(url, {"label": source.name, "days": "7"}).context["address"]
    post(Client(), "/" + address.split("/", 3)[3], ("a.pdf", samples.pdf()), ("b.jpg", samples.picture()))
    assert set(case.records.values_list("source", "way_in")) == {(source.pk, "source")}
    source.refresh_from_db()
    assert source.status == "partial"
    assert AuditEvent.objects.filter(subject_key=str(source.key), detail__act="came").count() == 1


@pytest.mark.parametrize("wanted", ["", "x", "00000000-0000-0000-0000-000000000000", "other"])
def test_s03_no_other_source_can_be_named(sign_in, case, ben, sam, wanted):
    if wanted == "other":
        wanted = build.make_source(build.make_case(ben)).key
    url = f"{reverse('records:links', args=[case.reference])}?source={wanted}"
    assert sign_in(sam).post(url, {"label": "Mill", "days": "7"}).status_code == 200
    assert UploadLink.objects.get().source is None


def test_a_link_that_is_closed_leaves_no_unfinished_file(sign_in, made, case, ana, sender):
    size = 5 * 1024**2
    assert sender.create(size, body=b"a beginning").status_code == 201
    before = room.room_of(case)
    close = reverse("records:close_link", args=[case.reference, made[0].key])
    assert sign_in(ana).post(close).status_code == 302
    upload = Upload.objects.get()
    assert upload.status == UploadStatus.CANCELLED
    assert room.room_of(case).size == before.size + size
    with pytest.raises(storage.NotThere):
        storage.size(upload.file_key)


@pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {"Tus-Resumable": "1.0.0"}])
def test_a_page_that_was_open_is_told_in_a_sentence_that_the_link_is_over(made, page, ana, headers):
    arrivals.close_link(link=made[0], by=ana, now=build.real_now())
    for address in (page, f"{page}uploads/"):
        answer = Client().post(address, headers=headers)
        assert (answer.status_code, answer.json()["closed"]) == (410, True)
        assert "for a new one" in answer.json()["error"]


def test_the_title_of_the_question_does_not_tell_the_name(sign_in, made, case, ana):
    answer = (
        sign_in(ana).get(reverse("records:close_link", args=[case.reference, made[0].key])).content.decode()
    )
    assert "Millpond" in answer
    assert "Millpond" not in answer.partition("</title>")[0]
