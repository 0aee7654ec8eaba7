"""Reading and handing out: who, what they get, and what is written down of it."""

import uuid

import pytest
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, RecordReading
from referrals.vocabulary import Act, ReferralStatus
from tests import build
from tests.referrals.records import dicoms, samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ana, tess, dr_vega):
    return build.make_case(ana, "in_review", staff=tess, specialist=dr_vega)


@pytest.fixture
def letter(case):
    return samples.ready(case, samples.pdf(2))


def address(name, record, *more):
    return reverse(f"records:{name}", args=[record.case.reference, record.key, *more])


def picture(record, number=1, scale="normal"):
    return reverse("viewer:picture", args=[record.case.reference, record.key, number, scale])


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_page_is_shown_with_its_strip_and_opening_is_written_down(sign_in, tess, letter):
    page = sign_in(tess).get(address("read", letter))
    assert page.status_code == 200
    html = page.content.decode()
    assert picture(letter, 1) in html and "1 of 2" in html
    assert html.index(picture(letter, 1, "thumb")) < html.index(picture(letter, 2, "thumb"))
    event = AuditEvent.objects.get(act=Act.OPEN_RECORD)
    assert (event.person_id, event.subject_key) == (tess.pk, str(letter.key))
    assert RecordReading.objects.get().person == tess
    drawn = sign_in(tess).get(picture(letter, 1))
    assert body_of(drawn)[:4] == b"RIFF"
    assert AuditEvent.objects.filter(act=Act.OPEN_RECORD).count() == 1  # the page view, not each picture


def test_two_pages_are_both_named_and_what_is_true_of_both_is_said_once(sign_in, tess, letter):
    letter.pages.update(text="words", is_read_by_machine=True)
    html = sign_in(tess).get(address("read", letter), {"two": "1"}).content.decode()
    assert "1 and 2 of 2" in html and html.count("read by a machine") == 1
    assert "1 of 2" in sign_in(tess).get(address("read", letter)).content.decode()


def test_asking_for_the_head_of_a_page_is_not_reading_it(sign_in, letter, dr_vega):
    assert sign_in(dr_vega).head(address("read", letter)).status_code == 200
    assert not RecordReading.objects.exists()


@pytest.mark.parametrize(
    ("who", "page"), [("dr_vega", "review:room"), ("tess", "home:staff_case"), ("ana", "home:case")]
)
def test_the_way_back_from_the_list_leads_where_one_works(request, sign_in, case, who, page):
    client = sign_in(request.getfixturevalue(who))
    back = reverse(page, args=[case.reference])
    shown = client.get(reverse("records:list", args=[case.reference])).content.decode()
    assert f'<a class="so-back" href="{back}"' in shown
    assert client.get(back).status_code == 200


@pytest.mark.parametrize(("who", "page"), [("tess", "home:staff_records"), ("ana", "records:list")])
def test_a_record_says_how_it_came_and_leads_back_to_the_list_of_who_reads(
    who, page, request, sign_in, letter
):
    type(letter).objects.filter(pk=letter.pk).update(way_in="fax")
    shown = sign_in(request.getfixturevalue(who)).get(address("read", letter)).content.decode()
    assert "fax" in shown
    assert f'<a class="so-back" href="{reverse(page, args=[letter.case.reference])}"' in shown


def test_text_is_text(sign_in, ana, kept, case):
    """S19, F33: what a file says is shown, never obeyed."""
    record = kept(case, b"1 < 2 & <b>bold</b> \xe2\x80\xae end", "notes.txt")
    html = sign_in(ana).get(address("read", record)).content.decode()
    assert "1 &lt; 2 &amp; &lt;b&gt;bold&lt;/b&gt;" in html
    assert 'dir="auto"' in html


def test_study_with_another_birth_date_is_pointed_out(sign_in, tess, kept, case):
    record = kept(case, dicoms.slice_(1, PatientBirthDate="19500101"), "scan.dcm")
    assert "born on 1 January 1950" in sign_in(tess).get(address("read", record)).content.decode()


def test_the_part_of_the_body_is_said_in_words(sign_in, ana, kept, case):
    record = kept(case, dicoms.slice_(1, BodyPartExamined="LSPINE"), "scan.dcm")
    page = sign_in(ana).get(address("read", record)).content.decode()
    assert "<bdi>lower back</bdi>" in page
    assert "LSPINE" not in page


def test_f32_original_comes_whole_closed_and_written_down(sign_in, dr_vega, letter):
    response = sign_in(dr_vega).get(address("download", letter))
    assert body_of(response) == samples.pdf(2)
    assert response.status_code == 200
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/pdf"
    assert AuditEvent.objects.get(act=Act.DOWNLOAD).person_id == dr_vega.pk


def test_f32_pages_are_closed_too(sign_in, dr_vega, letter):
    response = sign_in(dr_vega).get(picture(letter, 1))
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


RANGES = {
    "bytes=0-9": (206, slice(0, 10)),
    "bytes=10-": (206, slice(10, None)),
    "bytes=-7": (206, slice(-7, None)),
    "bytes=5-999999999": (206, slice(5, None)),
    "bytes=0-0": (206, slice(0, 1)),
    "bytes=-999999999": (206, slice(0, None)),
    "bytes=9-5": (200, slice(0, None)),
    "bytes=0-1,4-5": (200, slice(0, None)),
    "items=0-5": (200, slice(0, None)),
    "bytes=": (200, slice(0, None)),
    "bytes=-": (200, slice(0, None)),
    "bytes=99999999-": (416, slice(0, 0)),
    "bytes=-0": (416, slice(0, 0)),
    "bytes=" + "9" * 400 + "-": (200, slice(0, None)),
}


@pytest.mark.parametrize("asked", RANGES)
def test_f32_ranges(sign_in, ana, letter, asked):
    status, part = RANGES[asked]
    whole = samples.pdf(2)
    response = sign_in(ana).get(address("download", letter), HTTP_RANGE=asked)
    assert (response.status_code, body_of(response)) == (status, whole[part])
    if status == 206:
        start = part.start % len(whole) if part.start < 0 else part.start
        end = start + len(whole[part]) - 1
        assert response["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
        assert response["Content-Length"] == str(len(whole[part]))
    if status == 416:
        assert response["Content-Range"] == f"bytes */{len(whole)}"
        assert not AuditEvent.objects.filter(act=Act.DOWNLOAD).exists()


def test_f32_a_range_on_condition_is_answered_with_the_whole(sign_in, ana, letter):
    """No file has a mark here that the condition could name."""
    headers = {"Range": "bytes=0-3", "If-Range": '"another"'}
    response = sign_in(ana).get(address("download", letter), headers=headers)
    assert (response.status_code, len(body_of(response))) == (200, letter.size)


def test_f32_head_says_the_same_and_sends_nothing(sign_in, ana, letter):
    response = sign_in(ana).head(address("download", letter))
    assert (response["Content-Length"], response["Accept-Ranges"]) == (str(letter.size), "bytes")
    assert body_of(response) == b""
    assert not AuditEvent.objects.filter(act=Act.DOWNLOAD).exists()


def test_f36_a_changed_file_is_not_handed_out(sign_in, ana, letter):
    path = storage.disk.path(letter.key)
    body = bytearray(path.read_bytes())
    body[50] ^= 1
    path.write_bytes(body)
    for asked in ({}, {"Range": "nonsense"}, {"Range": "bytes=0-1", "If-Range": '"x"'}):  # all of it, each
        response = sign_in(ana).get(address("download", letter), headers=asked)
        assert response.status_code == 410, asked
        assert "vouch for" in response.content.decode()
    path.unlink()
    assert sign_in(ana).get(address("download", letter)).status_code == 410
    assert not AuditEvent.objects.filter(act=Act.DOWNLOAD).exists()


def test_lost_page_is_no_error_of_ours(sign_in, ana, letter):
    storage.delete(letter.pages.get(number=1).pictures.get().key)
    assert sign_in(ana).get(picture(letter, 1)).status_code == 404


@pytest.mark.parametrize("number", [0, 3, 999999999999])
def test_no_such_page(sign_in, ana, letter, number):
    assert sign_in(ana).get(picture(letter, number)).status_code == 404


NAMES = [
    "scan.pdf", "two words.pdf", 'quote".pdf', "semi;colon=.pdf", "per%2Fcent.pdf", "Grüße.pdf", "病历.pdf",
    "רשימת תרופות.pdf", "a\u202etxt.pdf", "apos'trophe.pdf", "a&amp;b.pdf", "<script>.pdf", "🙂.pdf", ".hidden.pdf",
    "x" * 251 + ".pdf",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_f31_names_go_up_and_come_down_the_same(sign_in, ana, name):
    from urllib.parse import unquote

    case = build.make_draft(ana)
    client = sign_in(ana)
    client.post(reverse("records:add", args=[case.reference]), **multipart(name, samples.pdf()))
    case.records.update(status="ready", kind="pdf", checked_at=build.NOW)
    record = case.records.get()
    assert record.name == name
    response = client.get(address("download", record))
    header = response["Content-Disposition"]
    assert "\r" not in header and "\n" not in header and header.isascii()
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name
    page = client.get(address("read", record)).content.decode()
    assert "<script>.pdf" not in page


PATHS = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\fakepath\\scan.pdf": "scan.pdf",
    "/etc/cron.d/x.pdf": "x.pdf",
    "..\\..\\x.pdf": "x.pdf",
    "..": "file",
    "a\x01b\x7f.pdf": "ab.pdf",
    "x" * 300 + ".pdf": "x" * 251 + ".pdf",
}


@pytest.mark.parametrize("name", PATHS)
def test_f31_a_name_is_never_a_path(sign_in, ana, name):
    case = build.make_draft(ana)
    sign_in(ana).post(reverse("records:add", args=[case.reference]), **multipart(name, samples.pdf()))
    assert case.records.get().name == PATHS[name]


def multipart(name, body):
    """As browsers write it: only quotes and line ends are escaped."""
    shown = name.replace('"', '\\"').encode() if "\\" not in name else name.replace("\\", "\\\\").encode()
    data = b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + shown
    data += b'"\r\nContent-Type: application/pdf\r\n\r\n' + body + b"\r\n--b--\r\n"
    return {"data": data, "content_type": "multipart/form-data; boundary=b"}


# --- nobody else -----------------------------------------------------------------------------------------


def all_addresses(record):
    case = record.case.reference
    return [
        reverse("records:list", args=[case]), reverse("records:add", args=[case]),
        reverse("records:files", args=[case]), reverse("records:checklist", args=[case]),
        *(address(name, record) for name in ("read", "type", "remove", "download")), picture(record, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
def test_s01_s02_another_patient_finds_nothing_by_any_way(sign_in, ben, ana, letter, method):
    client = sign_in(ben)
    for url in all_addresses(letter):
        response = getattr(client, method)(url)
        assert response.status_code in (404, 405), url
        if method == "get" and response.status_code == 404:
            never = client.get(url.replace(str(letter.key), str(uuid.uuid4())))
            assert len(never.content) == len(response.content)
    assert not AuditEvent.objects.filter(act__in=[Act.OPEN_RECORD, Act.DOWNLOAD]).exists()
    assert letter.case.records.count() == 1


def test_s03_a_key_under_another_case_is_nothing(sign_in, ana, letter):
    other = build.make_draft(ana)
    for name in ("read", "remove", "download"):
        url = reverse(f"records:{name}", args=[other.reference, letter.key])
        assert sign_in(ana).get(url).status_code == 404
    assert sign_in(ana).post(
        reverse("records:type", args=[other.reference, letter.key]), {"type": "lab"}
    ).status_code == 404  # fmt: skip


def test_signed_out_goes_to_sign_in(client, letter):
    for url in all_addresses(letter):
        response = client.get(url)
        assert response.status_code in (302, 405)
        if response.status_code == 302:
            assert "login" in response["Location"]


def test_s04_access_taken_away_is_gone_at_the_next_request(sign_in, dr_vega, letter):
    client = sign_in(dr_vega)
    urls = [address("read", letter), address("download", letter), picture(letter, 1)]
    assert [client.get(url).status_code for url in urls] == [200, 200, 200]
    letter.case.referrals.update(status=ReferralStatus.TAKEN_BACK, ended_at=build.real_now())
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]


def test_specialist_without_the_case_and_quality_reader_find_nothing(sign_in, dr_stone, quin, letter):
    for who in (dr_stone, quin):
        client = sign_in(who)
        assert {client.get(address(name, letter)).status_code for name in ("read", "download")} == {404}


def test_unchecked_and_refused_files_are_not_handed_out(sign_in, ana, case):
    waiting = samples.store(case, samples.pdf(), "a.pdf")
    refused = samples.store(case, samples.pdf(2), "b.pdf", status="refused", refusal="locked")
    for record in (waiting, refused):
        assert sign_in(ana).get(address("download", record)).status_code == 404
        assert sign_in(ana).get(address("read", record)).status_code == 200
    assert not AuditEvent.objects.filter(act=Act.OPEN_RECORD).exists()


# --- the list -------------------------------------------------------------------------------------------


def test_list_shows_sums_and_who_opened_to_the_patient(sign_in, ana, tess, letter):
    sign_in(tess).get(address("read", letter))
    client = sign_in(ana)
    client.get(address("read", letter))
    html = client.get(reverse("records:list", args=[letter.case.reference])).content.decode()
    assert letter.sha256 in html
    assert "Tess" in html
    assert "<dd>You, " in html  # as on the page of who opened what


def test_the_list_is_short_for_those_who_work_here_and_a_records_own_page_has_the_whole_sum(
    sign_in, tess, letter
):
    client = sign_in(tess)
    shown = client.get(reverse("records:list", args=[letter.case.reference])).content.decode()
    assert f"<code>{letter.sha256[:12]}…</code>" in shown and letter.sha256 not in shown
    assert letter.sha256 in client.get(address("read", letter)).content.decode()


def test_s06_specialist_does_not_see_who_else_opened(sign_in, dr_vega, tess, letter):
    sign_in(tess).get(address("read", letter))
    html = sign_in(dr_vega).get(reverse("records:list", args=[letter.case.reference])).content.decode()
    assert "letter.pdf" in html
    assert "Tess" not in html


@pytest.mark.parametrize("page", ["list", "add", "files"])
def test_lists_take_the_same_number_of_statements(sign_in, ana, tess, case, page, django_assert_num_queries):
    client, counts = sign_in(ana), []
    for size in (1, 25, 100):
        while case.records.count() < size:
            record = build.make_record(case, name=f"{case.records.count()}.pdf")
            RecordReading.objects.create(record=record, person=tess, first_at=build.NOW, last_at=build.NOW)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(f"records:{page}", args=[case.reference])).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1
    assert counts[0] <= 20
