"""The list of requests: who sees which rows, views, filters, order, pages, and how few statements it takes."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from referrals.models import Clinic, Record, RecordReading, Specialty
from referrals.rules import sources
from referrals.rules.roads import REFERRAL
from referrals.rules.workflow import take
from referrals.triage.shelves import VIEWS
from referrals.vocabulary import CaseStatus, Role
from tests.build import make_case, make_draft, make_offer, make_person, make_record, make_source
from tests.referrals.triage.conftest import at

LIST = "triage:worklist"


def now():
    return timezone.now()


def shown(browser, **asked):
    """The numbers on the page, in its order."""
    answer = browser.get(reverse(LIST), asked)
    assert answer.status_code == 200
    return re.findall(r'<a href="/triage/cases/(SO-\w{4}-\w{4})/">', answer.content.decode())


def walked(browser, **asked):
    """All pages forth, by their links."""
    pages, address = [], None
    for _n in range(20):
        answer = browser.get(address) if address else browser.get(reverse(LIST), asked)
        text = answer.content.decode()
        pages.append(re.findall(r'<a href="/triage/cases/(SO-\w{4}-\w{4})/">', text))
        link = re.search(r'rel="next" href="([^"]+)"', text)
        if not link:
            return pages, address
        address = reverse(LIST) + link[1].replace("&amp;", "&")
    raise AssertionError("the pages never end")


@pytest.fixture
def elsewhere(db, clinic):
    return Clinic.objects.create(name="Another house", zone="UTC")


def test_staff_see_exactly_what_was_sent_to_their_clinic(ana, ben, tess, sam, lea, dr_vega, elsewhere):
    mine = {
        make_case(ana, status, staff=tess, specialist=dr_vega, now=now()).reference
        for status in ("submitted", "triage", "info_needed", "routing", "in_review", "clarification")
    }
    for status in ("delivered", "closed", "declined", "withdrawn", "lapsed", "entered_in_error"):
        make_case(ana, status, staff=tess, specialist=dr_vega, now=now())
    make_draft(ana, now=now())
    other_tess = make_person("ulla", Role.TRIAGE_CLINICIAN, clinic=elsewhere)
    theirs = make_case(ben, clinic=elsewhere, now=now())
    for person in (tess, sam, lea):
        assert set(shown(at(person))) == mine
    assert shown(at(other_tess)) == [theirs.reference]
    assert shown(at(tess), q=theirs.reference) == []
    assert shown(at(tess), q="ben") == []


@pytest.mark.parametrize("who", ["ana", "dr_vega", "quin"])
def test_the_list_is_for_the_care_team(who, request):
    answer = at(request.getfixturevalue(who)).get(reverse(LIST))
    assert answer.status_code == 403
    assert "care team" in answer.content.decode()


def test_a_role_that_ended_closes_the_list_at_the_next_request(tess):
    browser = at(tess)
    assert browser.get(reverse(LIST)).status_code == 200
    tess.memberships.update(ended_at=now())
    assert browser.get(reverse(LIST)).status_code == 403


def test_each_view_holds_its_own_and_counts_them(ana, tess, sam, lea, dr_vega):
    moment = now()
    new = make_case(ana, now=moment)
    in_14_days = sources.today_of(new, moment) + dt.timedelta(days=14)
    near = make_case(ana, "triage", staff=tess, now=moment, decide_by_on=in_14_days)
    asked = make_case(ana, "info_needed", staff=tess, now=moment)
    free = make_case(ana, "routing", staff=tess, now=moment)
    out = make_case(ana, "routing", staff=tess, now=moment)
    make_offer(out, dr_vega, by=tess, now=moment)
    reading = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=moment)
    clarified = make_case(ana, "clarification", staff=tess, specialist=dr_vega, now=moment)
    late = make_case(ana, now=moment - dt.timedelta(days=9))
    waits = make_case(ana, "records_pending", staff=tess, now=moment)
    asked_on = (moment - dt.timedelta(days=6)).date()
    make_source(waits, now=moment, status="requested", requested_on=asked_on)
    ready = make_case(ana, "delivered", staff=tess, specialist=dr_vega, now=moment)
    gone = make_case(ana, "declined", staff=tess, now=moment)
    long_ago = {"checked_at": moment - dt.timedelta(days=4), "refusal": "x"}
    for case, fields in (
        (asked, {"status": "needs_you", **long_ago}),
        (late, {"status": "quarantined", "refusal": "virus"}),
        (free, {"status": "identified", "refusal": "too_large_to_scan"}),
        (near, {"status": "refused", "refusal": "x", "checked_at": moment}),
        (reading, {"status": "refused", "refusal": "x", "checked_at": moment - dt.timedelta(days=20)}),
    ):
        Record.objects.filter(pk=make_record(case).pk).update(**fields)
    take_all = {new, near, asked, waits, free, out, reading, clarified, late}
    views = {
        "all": take_all,
        "mine": take_all - {new, late},
        "soon": {near, late},  # nine days ago somebody had 21 days
        "nobody": {new, late},
        "asked": {asked, clarified},
        "chase": {waits},
        "files": {asked, late, free},
        "pending": {waits},
        "match": {free},
        "offers": {out},
        "reading": {reading},
        "late": {late},
        "delivered": {ready},
        "ended": {gone},
    }
    browser = at(tess)
    for view, cases in views.items():
        assert set(shown(browser, view=view)) == {case.reference for case in cases}, view
    page = browser.get(reverse(LIST)).context["views"]
    assert [view["count"] for view in page] == [
        str(len(cases)) for view, cases in views.items() if view != "ended"
    ]
    assert set(shown(at(sam), view="mine")) == set()


def test_filters_are_kept_in_the_address_and_work_together(ana, tess, sam, lea, dr_vega):
    bones, nerves = (
        Specialty.objects.filter(code__in=["orthopaedics", "neurology"]).order_by("code").reverse()
    )
    one = make_case(ana, "triage", staff=tess, now=now(), specialty=bones)
    two = make_case(ana, "triage", staff=sam, now=now(), specialty=bones)
    three = make_case(ana, now=now(), specialty=nerves)
    browser = at(lea)
    assert set(shown(browser, specialty="orthopaedics")) == {one.reference, two.reference}
    assert shown(browser, specialty="orthopaedics", owner=str(sam.key)) == [two.reference]
    assert shown(browser, owner="nobody") == [three.reference]
    assert set(shown(browser, stage="triage")) == {one.reference, two.reference}
    assert shown(browser, stage="submitted", specialty="neurology") == [three.reference]
    text = browser.get(reverse(LIST), {"owner": "nobody"}).content.decode()
    assert '<option value="nobody" selected>' in text


def test_a_stage_is_found_on_whichever_shelf_it_is(ana, tess, lea, dr_vega):
    cases = {
        status: make_case(ana, status, staff=tess, specialist=dr_vega, now=now())
        for status in ("triage", "delivered", "declined", "withdrawn")
    }
    for status, case in cases.items():
        assert shown(at(lea), stage=status) == [case.reference], status
    assert shown(at(lea), stage="declined", view="nobody") == []
    assert shown(at(lea), stage="declined", view="ended") == [cases["declined"].reference]


@pytest.mark.parametrize(
    "nonsense",
    [{"owner": "7"}, {"stage": "draft"}, {"sort": "pk"}, {"view": "x"}, {"specialty": "' or 1=1"},
     {"after": "x"}, {"after": "2026-11-30~x"}, {"before": "9~9~9"},
     {"after": "2026-11-30T00:00:00~SO-2222-2222", "sort": "due"}],
)  # fmt: skip
def test_what_is_no_choice_is_as_if_not_asked(nonsense, ana, tess):
    case = make_case(ana, now=now(), decide_by_on=dt.date(2027, 1, 1))
    assert shown(at(tess), **nonsense) == [case.reference]


def test_words_find_names_numbers_and_questions(ana, pia, tess):
    one = make_case(ana, now=now(), subject_name="Bram Thistlewood", questions=("Can I stay on checks?",))
    two = make_case(
        pia,
        now=now(),
        subject_name="Jory",
        subject="child",
        authority="parent",
        questions=("Tubes or wait?",),
    )
    browser = at(tess)
    for words in (
        "bram",
        "THISTLE",
        "checks",
        "bram checks",
        one.reference,
        one.reference[3:].lower(),
        one.reference[3:7],
    ):
        assert shown(browser, q=words) == [one.reference], words
    for words in ("jory", "pia", "tubes wait", two.reference.replace("-", "")):
        assert shown(browser, q=words) == [two.reference], words
    assert shown(browser, q="bram tubes") == []
    assert set(shown(browser, q="  ")) == {one.reference, two.reference}
    assert shown(browser, q="%_'\";:*&|!()\\") == shown(browser)  # nothing in it to search for


def test_a_number_finds_a_request_in_any_state(ana, tess):
    gone = make_case(ana, "declined", staff=tess, now=now())
    assert shown(at(tess)) == []
    assert shown(at(tess), q=gone.reference) == [gone.reference]


def test_the_soonest_decision_comes_first_and_no_date_last(ana, tess):
    moment = now()
    days = (9, None, 3, 30)
    cases = {
        day: make_case(
            ana, now=moment - dt.timedelta(hours=n), no_decision_date=day is None,
            decide_by_on=None if day is None else moment.date() + dt.timedelta(days=day),
        ).reference
        for n, day in enumerate(days)
    }  # fmt: skip
    assert shown(at(tess)) == [cases[3], cases[9], cases[30], cases[None]]
    assert shown(at(tess), sort="waiting") == [cases[30], cases[3], cases[None], cases[9]]
    by_due = shown(at(tess), sort="due")
    assert by_due[0] == cases[3]  # urgent by its date: four hours
    assert set(by_due) == set(cases.values())


def test_the_pages_hold_every_request_once_forth_and_back(ana, tess):
    moment = now()
    for n in range(61):
        day = None if n % 3 == 0 else moment.date() + dt.timedelta(days=4 + n % 4)  # many of equal date
        make_case(ana, now=moment - dt.timedelta(hours=n % 5), decide_by_on=day, no_decision_date=day is None)
    for sort in ("decision", "waiting", "due"):
        _walk_forth_and_back(at(tess), sort)


def _walk_forth_and_back(browser, sort):
    pages, last = walked(browser, sort=sort)
    assert [len(page) for page in pages] == [25, 25, 11]
    assert len({number for page in pages for number in page}) == 61
    text = browser.get(last).content.decode()
    back = re.search(r'rel="prev" href="([^"]+)"', text)[1].replace("&amp;", "&")
    answer = browser.get(reverse(LIST) + back).content.decode()
    assert re.findall(r'<a href="/triage/cases/(SO-\w{4}-\w{4})/">', answer) == pages[1]
    assert 'rel="prev"' in answer
    assert 'rel="next"' in answer


def test_ended_requests_come_last_ended_first(ana, tess):
    older = make_case(ana, "declined", staff=tess, now=now() - dt.timedelta(days=3))
    newer = make_case(ana, "declined", staff=tess, now=now() - dt.timedelta(days=1))
    assert shown(at(tess), view="ended") == [newer.reference, older.reference]


@pytest.mark.parametrize("asked", [{}, {"view": "late", "sort": "due"}, {"q": "screws"}, {"view": "mine"}])
def test_the_list_takes_one_number_of_statements(asked, ana, tess, dr_vega):
    def statements():
        browser.get(reverse(LIST), asked)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert browser.get(reverse(LIST), asked).status_code == 200
        return len(caught)

    browser = at(tess)
    moment = now() - dt.timedelta(days=9)
    make_case(ana, "routing", staff=tess, now=moment)
    at_one = statements()
    for n in range(24):
        make_case(ana, "triage" if n % 2 else "submitted", staff=tess, now=moment)
    at_25 = statements()
    for _n in range(75):
        make_case(ana, now=moment)
    assert at_one == at_25 == statements() <= 8


def test_a_row_says_what_comes_next_who_holds_it_and_what_is_late(ana, tess, dr_vega):
    moment = now()
    make_case(ana, now=moment - dt.timedelta(days=9), subject_name="Late one")
    out = make_case(ana, "routing", staff=tess, now=moment, subject_name="Out there")
    make_offer(out, dr_vega, by=tess, now=moment)
    rows = {row["case"].about: row for row in at(tess).get(reverse(LIST)).context["rows"]}
    assert (rows["Late one"]["next"].words, rows["Late one"]["next"].is_late) == ("First look", True)
    assert rows["Out there"]["stage"] == "Offer out"
    assert rows["Out there"]["next"].words == "Dr. Vega to reply"
    assert (rows["Out there"]["next"].holder, rows["Out there"]["next"].is_late) == ("specialist", False)
    assert (rows["Late one"]["case"].records_here, rows["Late one"]["case"].records_wanted) == (0, 4)


def test_two_offers_that_ran_out_are_flagged_for_the_lead(ana, lea, tess, dr_vega, dr_stone):
    before = now() - dt.timedelta(days=9)
    case = make_case(ana, "routing", staff=tess, now=before)
    for count, specialist in enumerate((dr_vega, dr_stone), 1):
        take(REFERRAL, "expire", make_offer(case, specialist, by=tess, now=before), by=None, now=now())
        assert ("offers ran out" in at(lea).get(reverse(LIST)).content.decode()) is (count == 2)


def test_text_of_people_stays_text(ana, tess):
    make_case(ana, now=now(), subject_name="<script>alert(1)</script>", questions=("<img src=x onerror=y>",))
    text = at(tess).get(reverse(LIST), {"q": '"><script>'}).content.decode()
    text += at(tess).get(reverse(LIST)).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert '"><script>' not in text


def test_the_page_tells_nothing_private(ana, tess):
    make_case(ana, now=now(), trust_reason="MARKER-TRUST", clinic_note="MARKER-NOTE", story="MARKER-STORY")
    answer = at(tess).get(reverse(LIST))
    assert "MARKER" not in answer.content.decode()
    assert "ana" not in re.search(r"<title>(.*?)</title>", answer.content.decode(), re.S)[1].casefold()
    assert "no-store" in answer["Cache-Control"]


def test_every_status_has_words_for_its_row(ana, lea, tess, dr_vega):
    for status in CaseStatus:
        if status not in ("draft", "lapsed"):
            make_case(ana, status, staff=tess, specialist=dr_vega, now=now())
    for view in ("all", "delivered", "ended"):
        for row in at(lea).get(reverse(LIST), {"view": view}).context["rows"]:
            assert row["stage"]
            assert row["next"].words or row["case"].is_ended


def test_eight_letters_are_a_number_where_there_is_one_and_else_a_name(ana, ben, tess):
    one = make_case(ana, now=now(), reference="SO-WDAH-NTWB", subject_name="Ada")
    two = make_case(ben, now=now(), reference="SO-7K3M-92QX", subject_name="Mary-Jane")
    browser = at(tess)
    for words in ("wdah-ntwb", "WDAHNTWB", "wdah ntwb"):
        assert shown(browser, q=words) == [one.reference], words
    for words in ("mary-jane", "Mary Jane"):
        assert shown(browser, q=words) == [two.reference], words


@pytest.mark.parametrize("sort", ["decision", "waiting", "due", "ended"])
@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31", "x"]
)
def test_a_page_that_begins_where_no_calendar_reaches_is_some_page(ana, tess, sort, moment):
    make_case(ana)
    for side in ("after", "before"):
        for view in ("all", "ended"):
            asked = {"sort": sort, "view": view, side: f"{moment}~SO-7K3M-92QX"}
            assert at(tess).get(reverse(LIST), asked).status_code == 200


def test_a_row_says_what_came_since_and_which_files_need_somebody(ana, sam, tess, dr_vega):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=now() - dt.timedelta(days=2))
    make_record(case, name="sent-along.pdf", now=case.submitted_at)

    def row():
        return " ".join(re.sub(r"<[^>]+>", " ", at(tess).get(reverse(LIST)).content.decode()).split())

    assert "1 new" not in row() and "needs somebody" not in row()
    came = make_record(case, name="came.pdf", now=now())
    make_record(case, name="by-fax.pdf", now=now(), way_in="fax", by=sam)
    RecordReading.objects.create(record=came, person=dr_vega, first_at=now(), last_at=now())
    assert "1 new" in row()
    RecordReading.objects.create(record=came, person=sam, first_at=now(), last_at=now())
    assert "1 new" not in row()
    make_record(case, name="bad.pdf", status="quarantined", checked_at=None, now=now())
    assert "1 file needs somebody" in row()
    make_record(
        case, name="huge.zip", status="identified", refusal="too_large_to_scan", checked_at=None, now=now()
    )
    assert "2 files need somebody" in row()


def test_an_empty_view_says_what_is_true_of_it(as_tess):
    said = {}
    for view in VIEWS:
        page = as_tess.get(reverse(LIST), {"view": view}).content.decode()
        said[view] = re.search(r"No requests here.*?<p>(.*?)</p>", page, re.S)[1]
    assert len(set(said.values())) == len(VIEWS)
    assert said["all"] == "When somebody asks, it shows up here."
    assert "locked away" in said["files"] and "three days" in said["files"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "signed", "route": "authorisation"}, "Send the request to Heronsgate Lab"),
        ({"status": "unreadable", "route": "treatment"}, "Ask Heronsgate Lab for a copy that can be read"),
        ({"status": "identified", "route": "treatment"}, "Ask Heronsgate Lab"),
        ({"status": "unreadable", "route": "own_copy"}, ""),
        ({"status": "identified", "route": "own_copy"}, ""),
        ({"status": "identified", "route": ""}, ""),
    ],
)
def test_what_the_team_has_still_to_ask_for_is_among_what_is_to_chase(fields, words, ana, tess, as_tess):
    case = make_case(ana, "records_pending", staff=tess, now=now())
    make_source(case, now=now(), status="requested", requested_on=now().date())
    make_source(case, now=now(), name="Heronsgate Lab", **fields)
    assert shown(as_tess, view="chase") == ([case.reference] if words else [])
    page = as_tess.get(reverse(LIST)).content.decode()
    assert (words or "Wait for Millpond Imaging") in page
    overview = as_tess.get(reverse("home:staff_case", args=[case.reference]))
    assert overview.context["next"].holder == ("staff" if words else "source")


def test_once_the_file_is_settled_nobody_has_to_ask_any_more(ana, tess, as_tess):
    case = make_case(ana, "routing", staff=tess, now=now())
    make_source(case, now=now(), status="signed", route="authorisation")
    assert shown(as_tess, view="chase") == []
