"""The staff's pages of one case."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from referrals.models import AuditEvent, AvoidedName, Case, Clinic, HeldPlace
from referrals.review.actions import accept, give_back
from referrals.rules import audit
from referrals.rules.roads import CASE
from referrals.rules.workflow import take
from referrals.triage.actions import reassign
from referrals.vocabulary import Role
from tests.build import make_case, make_draft, make_offer, make_opinion, make_person, make_record
from tests.referrals.records import samples
from tests.referrals.triage.conftest import at

PAGES = ("staff_case", "staff_records", "staff_log", "staff_history")


def url(name, case):
    return reverse(f"home:{name}", args=[case.reference])


def text(browser, name, case):
    answer = browser.get(url(name, case))
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_the_staff_of_its_clinic_opens_a_case(ana, ben, tess, sam, lea, dr_vega, quin):
    now = timezone.now()
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=now)
    draft = make_draft(ben, now=now)
    elsewhere = Clinic.objects.create(name="Another house")
    stranger = make_person("ulla", Role.LEAD, clinic=elsewhere)
    for name in PAGES:
        for person in (tess, sam, lea):
            assert at(person).get(url(name, case)).status_code == 200
            assert at(person).get(url(name, draft)).status_code == 404
        for person in (ana, ben, dr_vega, quin, stranger):
            assert at(person).get(url(name, case)).status_code == 404
        assert at(tess).post(url(name, case)).status_code == 405


def test_each_opening_is_written_down(ana, sam):
    case = make_case(ana, now=timezone.now())
    for name in PAGES:
        at(sam).get(url(name, case))
    events = AuditEvent.objects.filter(act="open_case", case_reference=case.reference, person_id=sam.pk)
    assert sorted(event.detail["page"] for event in events) == ["history", "log", "overview", "records"]


def test_the_overview_tells_all_that_was_said(ana, tess):
    now = timezone.now()
    case = make_case(
        ana, "triage", staff=tess, now=now, trust_reason="PRIVATE-REASON", story="STORY", matters_most="MATTERS",
        cover_note="COVER", questions=("FIRST?", "SECOND?"), clinic_note="STAFF-NOTE",
    )  # fmt: skip
    AvoidedName.objects.create(case=case, name="AVOID")
    HeldPlace.objects.create(case=case, where="HELD", held_on=now.date() + dt.timedelta(days=9))
    page = text(at(tess), "staff_case", case)
    for words in (
        "PRIVATE-REASON", "for the clinic’s staff only", "STORY", "MATTERS", "COVER", "FIRST?", "SECOND?", "STAFF-NOTE",
        "AVOID", "HELD", "Corvin Hale", "Millpond Spine Center", "Screws and rods", "Illinois", "notice 1",
        "never paused", "Whose turn", "Set the urgency first", "Ana sent the request", "Tess took it",
    ):  # fmt: skip
        assert words in page, words
    assert "Ana" not in page.split("</title>")[0]


def test_who_asks_for_a_child_is_told_in_the_staffs_words(pia, tess):
    case = make_case(
        pia,
        "triage",
        staff=tess,
        now=timezone.now(),
        subject="child",
        subject_name="Milo",
        authority="parent",
    )
    page = text(at(tess), "staff_case", case)
    assert "Asked by</dt><dd><bdi>Pia</bdi>, a parent with the right to decide" in page and "I am" not in page


def test_a_reading_that_was_given_back_says_why_and_what_the_next_reader_should_know(
    ana, tess, dr_vega, dr_stone
):
    now = timezone.now()
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=now - dt.timedelta(hours=3))
    give_back(
        referral=case.referrals.get(),
        by=dr_vega,
        now=now - dt.timedelta(hours=2),
        reason="absent",
        note="ASK-A-SURGEON",
    )
    offer = make_offer(case, dr_stone, by=tess, now=now - dt.timedelta(hours=1))
    accept(referral=offer, by=dr_stone, now=now - dt.timedelta(minutes=30))
    case.refresh_from_db()
    reassign(case=case, reason="overdue", by=tess, now=now)
    page = text(at(tess), "staff_case", case)
    assert 'The specialist is away: <span dir="auto">ASK-A-SURGEON</span>' in page
    assert "The opinion is overdue" in page
    assert "Tess asked for another specialist" in page and "Tess gave it back" not in page
    history = text(at(tess), "staff_history", case)
    assert history.count("The specialist is away") == 2 and "absent" not in history
    inbox = at(dr_vega).get("/review/").content.decode()
    assert "This case is no longer with you." in inbox


def test_no_clock_runs_in_the_head_of_an_ended_case(ana, ben, tess):
    now = timezone.now()
    running, ended = make_case(ana, "triage", staff=tess, now=now), make_case(ben, "withdrawn", now=now)
    assert 'class="so-clock' in text(at(tess), "staff_case", running)
    assert 'class="so-clock' not in text(at(tess), "staff_case", ended)


def test_one_thing_that_is_asked_is_called_open_once(ana, tess):
    case = make_case(ana, "info_needed", staff=tess, now=timezone.now())
    page = text(at(tess), "staff_case", case)
    assert "Tess asked the patient," in page and page.count(">Open</span>") == 1


def test_once_the_opinion_is_there_no_clock_of_asking_runs(ana, tess, dr_vega):
    now = timezone.now()
    long_ago = now - dt.timedelta(days=40)
    case = make_case(
        ana,
        "delivered",
        staff=tess,
        specialist=dr_vega,
        now=long_ago,
        decide_by_on=now.date() + dt.timedelta(days=3),
    )
    Case.objects.filter(pk=case.pk).update(delivered_at=long_ago + dt.timedelta(days=7))
    page = text(at(tess), "staff_case", case)
    assert "it took 7 d" in page and "never paused" not in page and "to decide by" in page
    take(CASE, "decide", case, by=ana, now=now)
    page = text(at(tess), "staff_case", case)
    assert "it took 7 d" in page and "to decide by" not in page


def test_s06_the_private_reason_stays_on_the_overview(ana, tess, dr_vega):
    case = make_case(
        ana, "in_review", staff=tess, specialist=dr_vega, now=timezone.now(), trust_reason="PRIVATE-REASON"
    )
    for name in PAGES[1:]:
        assert "PRIVATE-REASON" not in text(at(tess), name, case)


@pytest.mark.parametrize(
    ("status", "who", "acts"),
    [
        ("submitted", "sam", {"claim", "ask", "assign"}),
        ("submitted", "tess", {"claim", "ask", "prioritise", "assign"}),
        ("triage", "sam", {"ask", "assign"}),
        ("triage", "tess", {"accept", "accept_pending", "ask", "prioritise", "assign", "decline"}),
        ("triage", "lea", {"accept", "accept_pending", "ask", "prioritise", "assign", "decline", "void"}),
        ("records_pending", "sam", {"chase", "go_without", "complete", "assign"}),
        ("info_needed", "tess", {"prioritise", "assign"}),
        ("routing", "sam", {"match", "assign"}),
        ("routing", "tess", {"match", "prioritise", "assign", "decline"}),
        ("in_review", "sam", {"assign"}),
        ("in_review", "tess", {"assign", "reassign"}),
        ("delivered", "lea", {"assign", "void"}),
        ("declined", "tess", set()),
    ],
)
def test_the_acts_shown_are_those_that_are_theirs(status, who, acts, ana, tess, dr_vega, request):
    case = make_case(ana, status, staff=tess, specialist=dr_vega, now=timezone.now())
    buttons = at(request.getfixturevalue(who)).get(url("staff_case", case)).context["buttons"]
    assert {button.act for button in buttons} == acts
    browser = at(request.getfixturevalue(who))
    for button in buttons:  # what is shown can be done, and what is disabled can't
        if not button.is_post:
            assert browser.get(button.url).status_code == (409 if button.objection else 200), button


def test_what_is_about_missing_records_is_offered_while_some_are_missing(ana, sam, tess):
    case = make_case(ana, "records_pending", staff=tess, now=timezone.now())

    def shown():
        return {b.act: b for b in at(sam).get(url("staff_case", case)).context["buttons"]}

    at(sam).post(reverse("triage:go_without", args=[case.reference]), {"text": "May we begin?"})
    assert "asked already" in shown()["go_without"].objection
    case.checklist.update(state="have")
    assert shown().keys() == {"complete", "assign"}


def test_a_signed_case_cannot_be_removed_and_says_so(ana, tess, lea, dr_vega):
    case = make_case(ana, "delivered", staff=tess, specialist=dr_vega, now=timezone.now())
    buttons = {b.act: b for b in at(lea).get(url("staff_case", case)).context["buttons"]}
    assert buttons["void"].objection == "A signed opinion can’t be removed"


def test_whose_turn_it_is_and_by_when(ana, tess, dr_vega):
    now = timezone.now()
    case = make_case(ana, "routing", staff=tess, now=now)
    make_offer(case, dr_vega, by=tess, now=now)
    page = at(tess).get(url("staff_case", case))
    assert page.context["next"].words == "Dr. Vega to reply"
    assert (page.context["next"].holder, page.context["stage"]) == ("specialist", "Offer out")


def test_the_log_names_records_and_goes_back_by_pages(ana, sam, tess):
    now = timezone.now()
    case = make_case(ana, now=now)
    record = make_record(case, name="MRI <b>of May</b>.pdf")
    for n in range(120):
        audit.record(
            "open_record", by=tess, now=now - dt.timedelta(minutes=n // 3), case=case, subject_kind="record",
            subject_key=record.key,
        )  # fmt: skip
    seen, query = 0, {}
    for _n in range(9):
        answer = at(sam).get(url("staff_log", case), query)
        seen += sum(row["times"] for row in answer.context["rows"] if row["what"] == "opened a record")
        if not answer.context["more"]:
            break
        query = {"until": answer.context["more"]}
    assert seen == 120
    assert "MRI &lt;b&gt;of May&lt;/b&gt;.pdf" in answer.content.decode()
    assert at(sam).get(url("staff_log", case), {"until": "x"}).status_code == 200


def test_what_is_opened_again_within_a_sitting_is_one_line(ana, sam, tess, dr_vega):
    now = timezone.now()
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=now - dt.timedelta(days=1))
    for minutes, person in ((200, tess), (90, tess), (80, tess), (61, tess), (60, dr_vega), (50, tess)):
        audit.record("open_case", by=person, now=now - dt.timedelta(minutes=minutes), case=case)
    rows = at(sam).get(url("staff_log", case)).context["rows"]
    told = [(row["who"], row["times"]) for row in rows if row["at"] >= now - dt.timedelta(minutes=201)]
    assert told == [("Sam", 1), ("Tess", 1), ("Vega", 1), ("Tess", 3), ("Tess", 1)]
    page = text(at(ana), "access_log", case)
    assert "3 times since" in page
    assert text(at(ana), "case", case).count("Opened your request") == 3


def test_the_history_says_why_and_what_the_patient_reads(ana, tess):
    case = make_case(ana, "declined", staff=tess, now=timezone.now())
    page = text(at(tess), "staff_history", case)
    for words in (
        "Ana sent the request",
        "Tess took it",
        "Tess declined it",
        "Outside our scope",
        "Please see a dentist.",
    ):
        assert words in page


def test_the_history_has_words_for_every_step(ana, tess, lea, dr_vega):
    for status in ("closed", "declined", "withdrawn", "clarification", "entered_in_error"):
        case = make_case(ana, status, staff=tess, specialist=dr_vega, now=timezone.now())
        for row in at(lea).get(url("staff_history", case)).context["rows"]:
            assert row["change"].act not in row["text"].split(": ")[-1:], row["text"]
            assert "%" not in row["text"]


def test_a_page_takes_few_statements_however_much_there_is(ana, tess, dr_vega):
    now = timezone.now()
    case = make_case(ana, "clarification", staff=tess, specialist=dr_vega, now=now)

    def statements():
        counts = []
        for name in PAGES:
            browser.get(url(name, case))
            with CaptureQueriesContext(connection) as caught:
                assert browser.get(url(name, case)).status_code == 200
            counts.append(len(caught))
        return counts

    browser = at(tess)
    make_record(case)
    few = statements()
    for n in range(39):
        make_record(case, name=f"{n}.pdf")
    for n in range(200):
        audit.record("open_case", by=tess, now=now + dt.timedelta(seconds=n), case=case)
    many = statements()
    assert many == few
    assert max(many) <= 15, dict(zip(PAGES, many, strict=True))


def test_a_signed_opinion_is_one_link_away_for_staff(ana, tess, dr_vega):
    case = make_case(ana, "delivered", staff=tess, specialist=dr_vega, now=timezone.now())
    page = text(at(tess), "staff_case", case)
    assert "Read the signed opinion" in page
    link = reverse("opinion:signed", args=[case.reference])
    assert f'href="{link}"' in page
    reading = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=timezone.now())
    make_opinion(reading)
    assert "Read the signed opinion" not in text(at(tess), "staff_case", reading)


def test_hostile_text_stays_text(ana, tess):
    bad = "<script>alert(1)</script>"
    case = make_case(
        ana, "triage", staff=tess, now=timezone.now(), subject_name=bad, story=bad, questions=(bad,), trust_reason=bad,
        first_opinion={"diagnosis": bad, "plan": bad, "practice": bad},
    )  # fmt: skip
    make_record(case, name=bad)
    for name in PAGES:
        assert bad not in text(at(tess), name, case)


@pytest.mark.parametrize(
    "until", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "x", "2026-01-01"]
)
def test_a_log_until_no_moment_begins_at_the_newest(ana, tess, until):
    case = make_case(ana, "triage", staff=tess)
    answer = at(tess).get(url("staff_log", case), {"until": until})
    assert answer.status_code == 200


def test_the_records_of_a_case_take_one_number_of_statements(ana, tess, settings, tmp_path):
    settings.RECORDS_DIR = str(tmp_path)
    case = make_case(ana, "triage", staff=tess, now=timezone.now())
    browser = at(tess)

    def statements():
        browser.get(url("staff_records", case))
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(url("staff_records", case)).status_code == 200
        return len(caught)

    samples.study(case, uid="1.2.3")
    at_one = statements()
    for number in range(4, 8):
        samples.study(case, uid=f"1.2.{number}")
        make_record(case, name=f"letter-{number}.pdf")
    assert statements() == at_one


def test_the_records_say_why_a_file_stopped_and_what_staff_do(ana, sam):
    case = make_case(ana, "triage", staff=sam, now=timezone.now())
    stops = {
        "film.mp4": {"status": "refused", "refusal": "video"},
        "cut.pdf": {"status": "refused", "refusal": "unreadable"},
        "bad.pdf": {"status": "quarantined", "refusal": "virus"},
        "shut.pdf": {"status": "needs_you", "refusal": "password"},
        "huge.zip": {"status": "identified", "refusal": "too_large_to_scan", "kind": "archive"},
    }

    def statements():
        browser.get(url("staff_records", case))
        with CaptureQueriesContext(connection) as caught:
            page = browser.get(url("staff_records", case)).content.decode()
        return len(caught), page

    def stopped(folder):
        for name, fields in stops.items():
            make_record(case, name=name, folder=folder, **fields)
        return statements()

    browser = at(sam)
    few, page = stopped("one")
    many, _page = stopped("two")
    assert few == many
    for words in (
        "We can’t take films or sound.</strong> Ask for a photo of what matters.", "remove this one",
        "Ask whoever sent it for a new copy",
        "Type the password if you have it", "You decide: check it again", "Take it without a virus check",
    ):  # fmt: skip
        assert words in page, words
    assert "call us" not in page.lower()
    assert page.count("Remove it") == 1  # what the patient added stays with the request, but for a virus
