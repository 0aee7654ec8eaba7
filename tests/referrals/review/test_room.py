"""The reading room: what it shows, what it writes down, and to whom it opens."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.models import AuditEvent, FlagAnswer, RecordReading
from referrals.opinion import actions as opinions
from referrals.review import actions
from referrals.rules import information
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from referrals.sources import specimens
from referrals.vocabulary import AskedOf, CaseStatus, ItemStatus, ReferralStatus
from tests.build import make_case, make_offer, make_opinion, make_record, make_specialist, real_now
from tests.referrals.opinion.writing import read_now
from tests.referrals.records import samples


@pytest.fixture
def case(ana, tess, dr_vega):
    ana.phone = "MARKER-PHONE"
    ana.save(update_fields=["phone"])
    return read_now(
        ana, tess, dr_vega, situation="trust", trust_reason="MARKER-TRUST", clinic_note="MARKER-NOTE",
        subject_name="Juniper Ashgrove", cover_note="MARKER-COVER", matters_most="To hike again",
    )  # fmt: skip


@pytest.fixture
def url(case):
    return reverse("review:room", args=[case.reference])


@pytest.fixture
def vega(client, dr_vega):
    client.force_login(dr_vega)
    return client


def test_the_room_opens_on_the_request(vega, url, case):
    page = vega.get(url).content.decode()
    for words in (
        "<h1><bdi>Juniper Ashgrove</bdi>",
        "Do I need the screws?",
        "To hike again",
        "Slipped bone",
        "Corvin Hale",
        "My back hurts",
    ):
        assert words in page
    assert "Each record you open is shown to the patient" in page
    assert AuditEvent.objects.filter(act="open_case", case_reference=case.reference).count() == 1
    assert case.referrals.get().opened_at


def test_s06_neither_staffs_words_nor_contact_data_are_in_the_room(vega, url, case, ana):
    make_record(case)
    for query in ("", "?record=request&pane=page", "?pane=opinion", f"?record={case.records.get().key}"):
        page = vega.get(url + query).content.decode()
        assert "MARKER" not in page and ana.email not in page
        assert "Trust" not in page


def test_records_stand_by_month_and_unread_in_bold(vega, url, case):
    make_record(case, name="new.pdf", dated_on="2026-11-06", page_count=3)
    make_record(case, name="old.pdf", dated_on="2026-06-02")
    make_record(case, name="undated.pdf")
    make_record(case, name="waiting.pdf", status="received", checked_at=None)
    make_record(case, name="MARKER-refused.pdf", status="refused", refusal="empty")
    page = vega.get(url).content.decode()
    order = [
        page.index(words) for words in ("November 2026", "new.pdf", "June 2026", "old.pdf", "No date on it")
    ]
    assert order == sorted(order)
    assert page.count("is-unread") == 3 and "Being checked" in page and "MARKER" not in page


def test_opening_a_record_is_written_down_and_marks_it_read(vega, url, case, dr_vega):
    record = make_record(case, name="mri.pdf", page_count=2)
    for number in (1, 2):
        record.pages.create(number=number, width=800, height=1100)
    page = vega.get(f"{url}?record={record.key}&page=2&pane=page").content.decode()
    assert "2 of 2" in page and "page=1" in page
    assert "is-unread" not in page and "1 read" in page
    for number in (1, 2):
        assert reverse("viewer:picture", args=[case.reference, record.key, number, "thumb"]) in page
    assert reverse("records:download", args=[case.reference, record.key]) in page
    reading = RecordReading.objects.get(record=record, person=dr_vega)
    assert reading.last_page == 2
    assert AuditEvent.objects.filter(act="open_record", subject_key=str(record.key)).count() == 1
    page = vega.get(url).content.decode()
    assert "is-unread" not in page and "&amp;page=2" in page


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "9" * 400, "²"])
def test_a_page_that_is_not_there_shows_the_nearest(number, vega, url, case):
    record = make_record(case)
    record.pages.create(number=1, width=800, height=1100)
    assert vega.get(url, {"record": record.key, "page": number}).status_code == 200


@pytest.mark.parametrize("wanted", ["", "nonsense", "00000000-0000-0000-0000-000000000000", "answers"])
def test_a_record_that_is_not_there_shows_the_request(wanted, vega, url):
    answer = vega.get(url, {"record": wanted})
    assert answer.status_code == 200 and "In their words" in answer.content.decode()


def test_another_cases_record_does_not_open_here(vega, url, ben, tess, dr_vega, dr_stone):
    stray = make_record(read_now(ben, tess, dr_stone), name="MARKER-STRAY.pdf")
    assert "MARKER" not in vega.get(url, {"record": stray.key}).content.decode()
    assert not RecordReading.objects.exists()


def test_text_and_scans_are_shown_as_what_they_are(vega, url, case):
    text = make_record(case, name="note.txt", kind="text", text="<b>Walks</b> ten minutes", page_count=0)
    assert "&lt;b&gt;Walks" in vega.get(url, {"record": text.key}).content.decode()
    scan = make_record(
        case, name="ct.dcm", kind="dicom", page_count=0, study={"patient": "A^J", "modality": "CT"}
    )  # fmt: skip
    page = vega.get(url, {"record": scan.key}).content.decode()
    assert "A^J" in page and "CT" in page and "Not for primary diagnosis" in page


@pytest.mark.parametrize("pane", ["records", "page", "opinion"])
def test_one_pane_can_be_asked_for_without_a_script(pane, vega, url):
    page = vega.get(url, {"pane": pane}).content.decode()
    assert f'data-pane="{pane}"' in page


@pytest.mark.parametrize("who", ["ana", "ben", "sam", "tess", "dr_stone", "quin", "lea"])
def test_the_room_is_its_specialists_alone(who, request, client, url, case):
    person = request.getfixturevalue(who)
    client.force_login(person)
    before = AuditEvent.objects.filter(person_id=person.pk).exclude(act="sign_in").count()
    assert client.get(url).status_code == 404
    for name in ("ask", "give_back"):
        assert client.post(reverse(f"review:{name}", args=[case.reference])).status_code == 404
    assert client.post(reverse("review:go_on", args=[case.reference])).status_code == 404
    assert AuditEvent.objects.filter(person_id=person.pk).exclude(act="sign_in").count() == before


def test_a_specialist_whose_membership_ended_is_out_at_once(vega, url, dr_vega):
    assert vega.get(url).status_code == 200
    dr_vega.memberships.update(ended_at=real_now())
    assert vega.get(url).status_code == 404


def test_after_signing_the_room_stays_open_for_reading(vega, url, case, dr_vega):
    make_opinion(case)
    opinions.sign(referral=case.referrals.get(), by=dr_vega, now=real_now(), edit=0)
    page = vega.get(url).content.decode()
    assert "What is signed does not change" in page and "<textarea" not in page
    for name in ("ask", "give_back"):
        answer = vega.get(reverse(f"review:{name}", args=[case.reference]))
        assert answer.status_code == 409 and "You have signed this case already" in answer.content.decode()
    for without in ({}, {"without": "yes"}):
        answer = vega.post(reverse("review:go_on", args=[case.reference]), without)
        assert answer.status_code == 409 and "You have signed this case already" in answer.content.decode()


@pytest.mark.parametrize("of", list(AskedOf))
def test_asking_stops_the_clock_and_the_answer_starts_it_again(of, vega, url, case, dr_vega, ana, tess):
    due = case.review_due_at
    answer = vega.post(
        reverse("review:ask", args=[case.reference]),
        {"asked_of": of, "item_1": "The standing X-ray", "item_3": "How far can you walk?"},
    )
    page = vega.get(answer.url).content.decode()
    assert "The standing X-ray" in page and "Your clock stands still" in page and "Go on without it" in page
    case.refresh_from_db()
    assert (case.status, case.paused_at is not None) == (CaseStatus.CLARIFICATION, True)
    go_on = reverse("review:go_on", args=[case.reference])
    assert vega.post(go_on).status_code == 409
    request = case.info_requests.get()
    assert (request.asked_of, [item.text for item in request.items.all()]) == (
        of,
        ["The standing X-ray", "How far can you walk?"],
    )
    asked = ana if of == "patient" else tess
    for item in request.items.all():
        information.answer_item(item=item, by=asked, now=real_now(), text="Here it is")
    information.send_answer(request=request, by=asked, now=real_now())
    page = vega.get(url, {"record": "answers"}).content.decode()
    assert "Here it is" in page and "I have read it, go on" in page
    assert vega.post(go_on).url == url
    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW and case.review_due_at >= due
    assert case.referrals.get().status == ReferralStatus.IN_REVIEW
    assert vega.post(go_on).status_code == 409


def test_going_on_without_the_answer_waives_what_is_open(vega, case, dr_vega):
    vega.post(reverse("review:ask", args=[case.reference]), {"asked_of": "patient", "item_1": "X-ray"})
    vega.post(reverse("review:go_on", args=[case.reference]), {"without": "yes"})
    case.refresh_from_db()
    request = case.info_requests.get()
    assert (case.status, request.status, request.items.get().status) == (
        "in_review",
        "closed",
        ItemStatus.WAIVED,
    )
    assert vega.get(reverse("review:ask", args=[case.reference])).status_code == 200


def test_why_something_can_not_be_had_is_read_by_who_asked(vega, url, case, tess, ana):
    asked = {"asked_of": "patient", "item_1": "X-ray", "item_2": "Scan"}
    vega.post(reverse("review:ask", args=[case.reference]), asked)
    one, two = case.info_requests.get().items.all()
    information.answer_item(item=one, by=tess, now=real_now(), text="The house burnt down", status="waived")
    information.answer_item(item=two, by=ana, now=real_now(), status="cant_get")
    page = vega.get(url, {"record": "answers"}).content.decode()
    assert "The house burnt down" in page and "The patient can’t get this" in page


def test_asking_for_nothing_is_told(vega, case):
    answer = vega.post(reverse("review:ask", args=[case.reference]), {"item_2": "typed in the second line"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Write what you need" in page and "Choose who can answer" in page
    assert "typed in the second line" in page


@pytest.mark.parametrize("act", ["ask", "go_on", "give_back"])
def test_a_case_taken_away_meanwhile_is_told_as_such(act, case, dr_vega, tess):
    referral = case.referrals.get()
    take(CASE, "reassign", case, by=tess, now=real_now(), reason="overdue")
    take(REFERRAL, "take_back", case.referrals.get(), by=tess, now=real_now(), reason="overdue")
    more = {"ask": {"asked_of": "patient", "items": ["X"]}, "give_back": {"reason": "other"}}.get(act, {})
    with pytest.raises(StepNotPossible, match="no longer with you"):
        getattr(actions, act)(referral=referral, by=dr_vega, now=real_now(), **more)


def test_the_first_look_counts_whatever_was_looked_at(vega, url, case):
    record = make_record(case)
    vega.get(f"{url}?record={record.key}")
    assert case.referrals.get().opened_at


def test_giving_back_frees_the_case_and_keeps_the_draft(vega, url, case, tess):
    make_opinion(case)
    vega.post(reverse("review:ask", args=[case.reference]), {"asked_of": "patient", "item_1": "X-ray"})
    give_back = reverse("review:give_back", args=[case.reference])
    assert vega.post(give_back, {}).status_code == 422
    assert vega.post(give_back, {"reason": "conflict", "note": "I know Dr. Hale"}).url == reverse(
        "review:inbox"
    )
    case.refresh_from_db()
    referral = case.referrals.get()
    assert (case.status, referral.status) == (CaseStatus.ROUTING, ReferralStatus.TAKEN_BACK)
    assert referral.opinion.advice and not case.info_requests.open().exists()
    change = case.status_changes.get(act="reassign")
    assert (change.reason, change.note) == ("conflict", "I know Dr. Hale")
    assert vega.get(url).status_code == 404
    inbox = vega.get(reverse("review:inbox")).content.decode()
    assert "This case is no longer with you" in inbox and "Ashgrove" not in inbox


def test_who_reads_sees_where_slides_are(vega, url, case, sam):
    now = real_now()
    what = {"case": case, "source": None, "kind": "slides", "by": sam, "now": now}
    assert "Slides and blocks" not in vega.get(url).content.decode()
    slides = specimens.add(label="S26-1841 A1", count=4, **what)
    specimens.move(specimen=slides, act="send", on=now.date(), note="1Z 99", by=sam, now=now)
    specimens.add(label="S26-1841 B1", count=1, **what)
    page = vega.get(url).content.decode()
    shown = page[page.index("Slides and blocks") :]
    assert shown.index("S26-1841 A1") < shown.index("On the way") < shown.index("1Z 99")
    assert shown.index("S26-1841 B1") < shown.index("Asked for")


def statements(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_room_asks_as_much_for_forty_records_as_for_one(vega, url, case):
    make_record(case)
    vega.get(url)
    one = statements(vega, url)
    for _n in range(39):
        make_record(case)
    assert statements(vega, url) == one <= 25


def test_the_inbox_asks_as_much_for_25_cases_as_for_one(vega, case, ana, tess, dr_vega):
    dr_vega.specialist_profile.most_cases = 100
    dr_vega.specialist_profile.save()
    make_opinion(case)
    inbox = reverse("review:inbox")
    vega.get(inbox)
    one = statements(vega, inbox)
    for number in range(24):
        if number % 6 == 0:
            make_offer(
                make_case(ana, "routing", staff=tess, now=real_now()), dr_vega, by=tess, now=real_now()
            )
            continue
        other = read_now(ana, tess, dr_vega)
        if number % 3 == 0:
            make_opinion(other)
        if number % 3 == 1:
            take(CASE, "clarify", other, by=dr_vega, now=real_now())
            referral = other.referrals.get()
            take(REFERRAL, "pause", referral, by=dr_vega, now=real_now())
            information.open_request(
                case=other, asked_of="patient", items=["X"], by=dr_vega, now=real_now(), referral=referral
            )  # fmt: skip
    many = statements(vega, inbox)
    assert many <= one + 1 <= 18


def test_the_busiest_views_say_what_is_in_them(vega, case, dr_vega):
    make_specialist("other")
    for view in ("all", "offers", "writing", "waiting", "signed", "declined", "nonsense"):
        assert vega.get(reverse("review:inbox"), {"view": view, "page": "x"}).status_code == 200
    page = vega.get(reverse("review:inbox"), {"view": "writing"}).content.decode()
    assert "Juniper Ashgrove" in page and "Not opened yet" in page


def test_another_persons_scan_is_said_where_it_is_read(vega, url, case, settings, tmp_path, sam):
    settings.RECORDS_DIR = str(tmp_path)
    study = samples.study(case, people=[[["Smith^John"], "1950-01-01"]])
    letter = make_record(case)
    page = vega.get(f"{url}?record={study.key}&pane=page").content.decode()
    assert "On the scan: John Smith." in page
    assert reverse("records:flag", args=[case.reference, study.key]) not in page  # the care team answers it
    assert "John Smith" not in vega.get(f"{url}?record={letter.key}&pane=page").content.decode()
    FlagAnswer.objects.create(record=study, flag="other_name", by=sam, at=real_now())
    page = vega.get(f"{url}?record={study.key}&pane=page").content.decode()
    assert "On the scan: John Smith." in page and "Sam said on" in page
