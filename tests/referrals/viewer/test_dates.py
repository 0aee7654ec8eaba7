"""The day a record speaks of: from the file, corrected by hand; and the list in time for everybody."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.models import AuditEvent, RecordReading
from referrals.records.decoder import dates
from referrals.rules import reading, timeline
from tests import build

pytestmark = pytest.mark.django_db
DAY = {"dated_on_day": "6", "dated_on_month": "11", "dated_on_year": "2025"}


def url_of(record):
    return reverse("viewer:date", args=[record.case.reference, record.key])


@pytest.mark.parametrize("who", ["ana", "sam", "tess", "dr_vega"])
def test_patient_staff_and_reader_may_correct_it(who, request, sign_in, report):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url_of(report)).status_code == 200
    assert client.post(url_of(report), DAY).status_code == 302
    report.refresh_from_db()
    assert (report.dated_on, report.dated_by_hand) == (dt.date(2025, 11, 6), True)
    event = AuditEvent.objects.get(act="date_record")
    assert (event.subject_key, event.detail) == (str(report.key), {})


@pytest.mark.parametrize("who", ["ben", "dr_stone", "quin"])
def test_nobody_else(who, request, sign_in, report):
    client = sign_in(request.getfixturevalue(who))
    assert client.post(url_of(report), DAY).status_code == 404
    report.refresh_from_db()
    assert not report.dated_by_hand


def test_a_specialist_who_has_signed_reads_but_changes_nothing(sign_in, case, report, dr_vega):
    from referrals.opinion import actions

    build.make_opinion(case)
    actions.sign(referral=case.referrals.get(), by=dr_vega, now=build.real_now(), edit=0)
    client = sign_in(dr_vega)
    assert client.get(reverse("records:read", args=[case.reference, report.key])).status_code == 200
    assert client.post(url_of(report), DAY).status_code == 403


def test_it_can_be_emptied_and_is_then_by_hand(sign_in, ana, report):
    report.dated_on = "2026-01-01"
    report.save()
    sign_in(ana).post(url_of(report), {})
    report.refresh_from_db()
    assert (report.dated_on, report.dated_by_hand) == (None, True)


@pytest.mark.parametrize("wrong", [
    {"dated_on_year": "2999"}, {"dated_on_year": "1800"}, {"dated_on_day": "32"}, {"dated_on_month": ""},
])  # fmt: skip
def test_a_day_that_is_none_is_told_and_kept(wrong, sign_in, ana, report):
    answer = sign_in(ana).post(url_of(report), {**DAY, **wrong})
    assert answer.status_code == 422 and 'value="6"' in answer.content.decode() or "dated_on_day" in wrong
    report.refresh_from_db()
    assert not report.dated_by_hand


def test_an_unchecked_file_has_no_date_to_correct(sign_in, ana, report):
    report.status = "received"
    report.save()
    assert sign_in(ana).get(url_of(report)).status_code == 404


def test_it_goes_back_to_where_it_was_asked_and_nowhere_else(vega, report):
    room = reverse("review:room", args=[report.case.reference])
    assert vega.post(url_of(report), {**DAY, "back": room}).url == room
    for elsewhere in ("https://evil.example/", "//evil.example", "home", "records:list", "http:[", "\x00"):
        assert vega.post(url_of(report), {**DAY, "back": elsewhere}).url.startswith("/records/"), elsewhere


# --- from the text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "day"), [
    ("Millpond Imaging\nDate: 6 November 2025\nBorn 3.3.1968", "2025-11-06"),
    ("Exam date: 11/26/2025", "2025-11-26"),
    ("Date of birth: 3 March 1968\nReported on 2025-11-06", "2025-11-06"),
    ("Datum: 06.11.2025\nGeb. 03.03.1968", "2025-11-06"),
    ("Seen November 6th, 2025. Seen again December 1, 2025", "2025-11-06"),
    ("The visit of 6 November 2025 went well.", "2025-11-06"),
    ("Between 6 November 2025 and 7 December 2025", ""),  # which of them?
    ("Date: 6/7/2025", ""),  # June or July?
    ("DOB 3 March 1968", ""),
    ("Next visit: 6 November 2025", ""),
    ("Date: 31 February 2025", ""),
    ("Date: 6 November 2999", ""),
    ("nothing at all", ""),
])  # fmt: skip
def test_only_a_day_that_is_said_plainly_is_taken(text, day):
    assert dates.named_in(text) == day


# --- the list in time -----------------------------------------------------------------------------------


@pytest.fixture
def several(case, ana, tess):
    make = build.make_record
    now = build.real_now()
    return [
        make(case, name="one.pdf", dated_on="2025-11-06", type="letter", now=now),
        make(case, name="two.pdf", dated_on="2025-06-02", type="lab", now=now),
        make(case, name="three.pdf", type="lab", way_in="fax", by=tess, now=now),
    ]


def places(page, *words):
    return [page.index(word) for word in words]


PAGES = [("dr_vega", "review:room"), ("ana", "records:list"), ("tess", "home:staff_records")]


@pytest.mark.parametrize(("who", "name"), PAGES)
def test_one_list_for_everybody(who, name, request, sign_in, case, several):
    client = sign_in(request.getfixturevalue(who))
    url = reverse(name, args=[case.reference])
    page = client.get(url).content.decode()
    order = places(page, "November 2025", "one.pdf", "June 2025", "two.pdf", "No date on it", "three.pdf")
    assert order == sorted(order)
    page = client.get(url, {"group": "kind"}).content.decode()
    order = places(page, "three.pdf", "two.pdf")
    assert "November 2025" not in page.replace("6 November 2025", "")
    page = client.get(url, {"show": "lab"}).content.decode()
    assert "two.pdf" in page and "one.pdf" not in page
    page = client.get(url, {"show": "by-fax"}).content.decode()
    assert "three.pdf" in page and "two.pdf" not in page
    assert "Show all" in client.get(url, {"show": "plan"}).content.decode()
    assert client.get(url, {"show": "<b>", "group": "'"}).content.decode().count("one.pdf") >= 1


def test_new_is_what_came_after_one_began_to_read(sign_in, case, several, dr_vega, ana):
    vega = sign_in(dr_vega)
    url = reverse("review:room", args=[case.reference])
    assert ">New<" not in vega.get(url).content.decode().replace("New <", "New<")
    reading.note_opening(record=several[0], by=dr_vega, now=build.real_now())
    late = build.make_record(case, name="late.pdf", now=build.real_now() + dt.timedelta(seconds=5))
    page = vega.get(url).content.decode()
    assert "1 new" in page
    assert "late.pdf" in vega.get(url, {"show": "new"}).content.decode()
    reading.note_opening(record=late, by=dr_vega, now=build.real_now())
    assert "1 new" not in vega.get(url).content.decode()


def test_opening_one_new_record_leaves_the_others_new(sign_in, case, dr_vega, tess):
    now, url = build.real_now(), reverse("review:room", args=[case.reference])
    sign_in(dr_vega).get(url)  # looked at the request, opened nothing
    came = [build.make_record(case, name=f"{n}.pdf", now=now + dt.timedelta(seconds=5)) for n in (1, 2)]
    assert "2 new" in sign_in(dr_vega).get(url).content.decode()
    reading.note_opening(record=came[0], by=dr_vega, now=now + dt.timedelta(seconds=9))
    assert "1 new" in sign_in(dr_vega).get(url).content.decode()
    reading.note_opening(record=came[1], by=tess, now=now)  # what another read is not read by this one
    assert "1 new" in sign_in(dr_vega).get(url).content.decode()


@pytest.mark.parametrize("name", ["home:staff_records", "records:list"])
def test_to_staff_new_is_what_came_since_it_was_sent(name, sign_in, ana, sam, tess):
    case = build.make_case(ana, "triage", staff=tess, now=build.real_now())
    url = reverse(name, args=[case.reference])
    build.make_record(case, name="early.pdf", now=case.submitted_at)
    late = build.make_record(case, name="late.pdf", now=case.submitted_at + dt.timedelta(seconds=5))

    def new():
        page = sign_in(sam).get(url, {"show": "new"}).content.decode()
        return [name for name in ("early.pdf", "late.pdf") if name in page]

    assert new() == ["late.pdf"]
    reading.note_opening(record=late, by=sam, now=build.real_now())
    assert new() == []


def test_to_the_patient_new_is_what_others_added(sign_in, case, several, ana):
    page = sign_in(ana).get(reverse("records:list", args=[case.reference])).content.decode()
    assert "1 new" in page  # the fax, which staff added


@pytest.mark.parametrize(("who", "name"), PAGES)
def test_as_many_statements_for_a_hundred_as_for_one(who, name, request, sign_in, case):
    client = sign_in(request.getfixturevalue(who))
    url, counts = reverse(name, args=[case.reference]), []
    for size in (1, 25, 100):
        while case.records.count() < size:
            build.make_record(case, name=f"{case.records.count()}.pdf", now=build.real_now())
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url, {"group": "kind"})
        counts.append(len(captured))
    assert len(set(counts)) == 1, counts


# --- one opening ----------------------------------------------------------------------------------------


def test_turning_pages_is_one_opening(vega, case, report, dr_vega):
    url = f"{reverse('review:room', args=[case.reference])}?record={report.key}&pane=page&page="
    for number in (1, 2, 3):
        vega.get(f"{url}{number}")
    assert AuditEvent.objects.filter(act="open_record").count() == 1
    assert RecordReading.objects.get().last_page == 3
    other = build.make_record(case, name="other.pdf", now=build.real_now())
    vega.get(f"{url}1".replace(str(report.key), str(other.key)))
    vega.get(f"{url}3")  # back to the first: opened again
    assert AuditEvent.objects.filter(act="open_record").count() == 3


def test_a_turned_page_is_kept_for_its_reader(vega, sign_in, ana, case, report):
    url = reverse("viewer:turn", args=[case.reference, report.key])
    read = reverse("records:read", args=[case.reference, report.key])
    vega.get(read)
    assert vega.post(url, {"page": "1", "turns": "3"}).status_code == 204
    assert 'data-turns="3"' in vega.get(read).content.decode()
    assert 'data-turns="3"' not in sign_in(ana).get(read).content.decode()
    vega.post(url, {"page": "1", "turns": "0"})
    assert RecordReading.objects.get(person__name="Vega").turns == {}
    assert vega.post(url, {"page": "x", "turns": "9"}).status_code == 422


def test_wishes_that_are_nonsense_are_the_usual_list():
    assert timeline.wish_of({"group": "x", "show": "y"}) == timeline.Wish()


def test_from_the_list_one_comes_back_to_the_record(sign_in, ana, case, report):
    client, the_list = sign_in(ana), reverse("records:list", args=[case.reference])
    back = f"{the_list}?sort=kind#record-{report.key}"
    page = client.get(f"{the_list}?sort=kind").content.decode()
    assert f'id="record-{report.key}"' in page
    assert f"{url_of(report)}?back={the_list}%3Fsort%3Dkind%23record-{report.key}" in page
    assert client.post(url_of(report), {**DAY, "back": back}).url == back


@pytest.mark.parametrize("who", ["ana", "tess"])
def test_the_ways_to_group_carry_nothing_of_ours(who, request, sign_in, case, several):
    client = sign_in(request.getfixturevalue(who))
    page = client.get(reverse("records:list", args=[case.reference])).content.decode()
    assert 'href="?group=source"' in page
    assert "patient.html" not in page
    assert "staff.html" not in page
