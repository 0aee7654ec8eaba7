"""The patient's own pages: all requests, one request in every state, who opened what."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from referrals.intake import steps
from referrals.models import Reminder
from referrals.rules import audit, reading
from referrals.rules.roads import CASE
from referrals.rules.workflow import take
from referrals.vocabulary import ENDED, Act, CaseStatus
from tests.build import make_case, make_draft, make_offer, make_record

SEEN = [status for status in CaseStatus if status not in (CaseStatus.DRAFT, CaseStatus.ENTERED_IN_ERROR)]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def as_ana(client, ana):
    client.force_login(ana)
    return client


def text(page):
    return page.content.decode()


def url(case):
    return f"/cases/{case.reference}/"


# --- one request ---


@pytest.mark.parametrize("status", SEEN)
def test_every_state_says_what_is_next_and_shows_one_step_at_most_as_now(
    status, ana, tess, dr_vega, as_ana, now
):
    case = make_case(ana, status, staff=tess, specialist=dr_vega, now=now)
    page = as_ana.get(url(case))
    assert page.status_code == 200
    assert text(page).count('class="so-next"') == 1
    assert text(page).count('aria-current="step"') == (0 if status in ENDED else 1)
    assert "<title>Your request |" in text(page)


def test_while_somebody_else_acts_there_is_nothing_to_do_and_who_and_when(ana, tess, dr_vega, as_ana, now):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=now - dt.timedelta(days=4))
    page = text(as_ana.get(url(case)))
    assert "Nothing to do" in page and "Dr. Vega reads and writes until" in page
    assert "You asked 4 days ago." in page and "It is with Dr. Vega." in page
    assert "Has declared no tie" in page and "until " in page


def test_late_is_owned_up_to(ana, as_ana, now):
    case = make_case(ana, now=now - dt.timedelta(days=9))
    assert "We are late, and sorry" in text(as_ana.get(url(case)))


def test_what_is_asked_is_shown_with_the_way_to_answer(ana, tess, dr_vega, as_ana, now):
    case = make_case(ana, "clarification", staff=tess, specialist=dr_vega, now=now)
    page = text(as_ana.get(url(case)))
    assert "Answer one thing for Dr. Vega" in page and f"/ask/{case.reference}/answer/" in page
    assert re.search(r'<blockquote class="so-doctor"[^>]*>How far can you walk', page)


def test_an_offer_is_out_is_said_without_a_name(ana, tess, dr_vega, as_ana, now):
    case = make_case(ana, "routing", staff=tess, now=now)
    make_offer(case, dr_vega, by=tess, now=now)
    page = text(as_ana.get(url(case)))
    assert "We asked a specialist and wait" in page and "Vega" not in page


def test_a_decline_shows_its_sentence_and_a_way_on(ana, tess, as_ana, now):
    case = make_case(ana, "declined", staff=tess, now=now)
    page = text(as_ana.get(url(case)))
    assert "Please see a dentist." in page and "how to find another doctor" in page
    assert "/withdraw/" not in page


@pytest.mark.parametrize("status", SEEN)
def test_the_buttons_are_what_the_road_allows(status, ana, tess, dr_vega, as_ana, now):
    from referrals.rules.workflow import may_take

    case = make_case(ana, status, staff=tess, specialist=dr_vega, now=now)
    may = may_take(CASE, "withdraw", case, by=ana, now=now)
    assert (f"/ask/{case.reference}/withdraw/" in text(as_ana.get(url(case)))) == may


def test_s06_private_words_and_notes_never_show(ana, tess, dr_vega, as_ana, now):
    case = make_case(
        ana, "in_review", staff=tess, specialist=dr_vega, now=now, situation="trust",
        trust_reason="MARK-REASON", clinic_note="MARK-CLINIC", urgency_reason="MARK-URGENCY",
    )  # fmt: skip
    case.referrals.update(note="MARK-OFFER", decline_note="MARK-DECLINE")
    take(CASE, "reassign", case, by=tess, now=now, reason="absent", note="MARK-NOTE")
    case.avoided_names.create(name="MARK-AVOID")
    case.checklist.update(note="MARK-WAIVER")
    for page in (url(case), f"{url(case)}opened/", "/cases/"):
        assert "MARK-" not in text(as_ana.get(page))


def test_s19_hostile_words_are_words(ana, as_ana, now):
    nasty = "<script>alert(1)</script> מטופלת"
    case = make_case(ana, now=now, situation="child", subject="child", authority="parent", subject_name=nasty)
    case.held_places.create(where=nasty, held_on=now.date() + dt.timedelta(9))
    make_record(case, name=nasty)
    for page in (url(case), "/cases/"):
        assert "<script>alert" not in text(as_ana.get(page)) and "&lt;script&gt;" in text(as_ana.get(page))


def test_places_reminders_and_records_are_told(ana, as_ana, now):
    case = make_case(ana, now=now)
    case.held_places.create(where="Millpond", held_on=now.date() + dt.timedelta(9))
    make_record(case)
    make_record(case, name="b.pdf", status="refused", refusal="kind")
    Reminder.objects.create(
        case=case,
        recipient=ana,
        rule="P9",
        step="x",
        status="sent",
        due_at=now,
        planned_at=now,
        ruled_at=now,
        sent_at=now,
    )
    page = text(as_ana.get(url(case)))
    assert "I canceled it" in page and "We wrote to you on" in page
    assert "1 file ready" in page and "1 can’t be read" in page


def test_a_date_that_has_passed_and_no_date_are_fine(ana, as_ana, now):
    past = make_case(ana, now=now, decide_by_on=now.date() - dt.timedelta(days=3))
    assert "This date has passed" in text(as_ana.get(url(past)))
    none = make_case(ana, now=now, decide_by_on=None, no_decision_date=True)
    assert "so-bigclock" not in text(as_ana.get(url(none)))


# --- a draft ---


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "Any time"),
        (["ready"], "1 file"),
        (["ready", "received", "quarantined"], "3 files"),
        (["ready", "needs_you"], "1 needs you"),
        (["refused", "needs_you"], "2 need you"),
    ],
)
def test_a_draft_says_how_many_files_are_in(ana, as_ana, now, files, said):
    case = make_draft(ana, now=now)
    for number, status in enumerate(files):
        refusal = "" if status in ("ready", "received") else "password"
        make_record(case, name=f"{number}.pdf", status=status, refusal=refusal)
    for page in (reverse("home:case", args=[case.reference]), steps.STEPS[0].url(case)):
        row = re.search(r"6\. Your records.*?</li>", as_ana.get(page).content.decode(), re.S)[0]
        assert said in row
        assert ("Any time" in row) == (not files)


def test_a_draft_lists_its_steps_and_where_to_go_on(ana, as_ana, now):
    case = make_draft(ana, now=now, located_in="", emergency="", consented_at=None, disclaimer_version="")
    page = text(as_ana.get(url(case)))
    assert f'class="so-btn is-primary" href="/ask/{case.reference}/step/about/"' in page
    assert "Drop this draft" in page and page.count("To do") == 2
    case.located_in = "Illinois"
    case.save()
    assert "Check and send" in text(as_ana.get(url(case)))


# --- all requests ---


def test_all_requests_show_their_next_step_open_ones_first(ana, ben, tess, dr_vega, as_ana, now):
    made = [
        make_case(ana, status, staff=tess, specialist=dr_vega, now=now)
        for status in (*SEEN, CaseStatus.DRAFT)
    ]
    make_case(ben, now=now)
    page = as_ana.get("/cases/")
    open_ones = {line["case"].pk for line in page.context["open_requests"]}
    ended = {line["case"].pk for line in page.context["ended_requests"]}
    assert open_ones == {case.pk for case in made if case.status not in ENDED}
    assert ended == {case.pk for case in made if case.status in ENDED}


def test_what_waits_for_the_patient_stands_first(ana, tess, as_ana, now):
    for status in ("submitted", "draft", "info_needed"):
        make_case(ana, CaseStatus(status), staff=tess, now=now)
    lines = as_ana.get("/cases/").context["open_requests"]
    assert [line["case"].status for line in lines] == ["info_needed", "draft", "submitted"]


def test_nothing_yet_says_what_will_be_here(as_ana, clinic):
    page = text(as_ana.get("/cases/"))
    assert "No open request" in page and 'href="/ask/"' in page


def test_home_leads_a_patient_here(as_ana, clinic):
    assert as_ana.get("/home/")["Location"] == "/cases/"


# --- who opened what ---


@pytest.fixture
def opened(ana, tess, dr_vega, now):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=now)
    record = make_record(case, name="mri.pdf")
    audit.record(Act.OPEN_CASE, by=tess, now=now - dt.timedelta(hours=3), case=case)
    reading.note_opening(record=record, by=dr_vega, now=now - dt.timedelta(hours=2))
    audit.record(
        Act.DOWNLOAD,
        by=dr_vega,
        now=now - dt.timedelta(hours=1),
        case=case,
        subject_kind="record",
        subject_key=record.key,
    )
    reading.note_opening(record=record, by=ana, now=now)
    return case


def test_the_page_shows_who_opened_what_and_the_list_shows_all(opened, as_ana, ben):
    card = text(as_ana.get(url(opened)))
    for words in (
        "Vega, specialist",
        "Downloaded mri.pdf",
        "Tess, care team",
        "Opened your request",
        "See all 3",
    ):
        assert words in card
    page = text(as_ana.get(f"{url(opened)}opened/"))
    assert page.index("You") and page.index("Downloaded mri.pdf") < page.index("Opened your request")
    assert "Does something look wrong?" in page


def test_every_way_of_looking_has_its_words(opened, as_ana, tess, now):
    for act in audit.LOOKING:
        audit.record(act, by=tess, now=now, case=opened)
    page = text(as_ana.get(f"{url(opened)}opened/"))
    for words in (
        "Downloaded all records as a pack",
        "Opened a letter about your records",
        "Printed the opinion",
    ):
        assert words in page


def test_another_cases_openings_are_not_in_it(opened, ben, tess, as_ana, now):
    other = make_case(ben, now=now)
    audit.record(Act.OPEN_CASE, by=tess, now=now, case=other)
    assert len(as_ana.get(f"{url(opened)}opened/").context["log"]) == 4


def test_the_list_has_pages(ana, tess, as_ana, now):
    case = make_case(ana, now=now)
    for minute in range(60):
        audit.record(Act.OPEN_CASE, by=tess, now=now - dt.timedelta(hours=minute), case=case)
    assert len(as_ana.get(f"{url(case)}opened/").context["log"]) == 50
    assert len(as_ana.get(f"{url(case)}opened/?page=2").context["log"]) == 10
    assert as_ana.get(f"{url(case)}opened/?page=x").status_code == 200


# --- doors and weight ---


@pytest.mark.parametrize(
    ("who", "draft", "sent"),
    [
        ("ben", 404, 404),
        ("sam", 404, 403),
        ("tess", 404, 403),
        ("lea", 404, 403),
        ("quin", 404, 404),
        ("dr_vega", 404, 403),
        ("dr_stone", 404, 404),
    ],
)
def test_s01_nobody_else_reads_these_pages(who, draft, sent, ana, tess, dr_vega, client, request, now):
    mine = make_draft(ana, now=now), make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=now)
    client.force_login(request.getfixturevalue(who))
    for case, status in zip(mine, (draft, sent), strict=True):
        for page in (url(case), f"{url(case)}opened/"):
            answer = client.get(page)
            assert answer.status_code == status
            assert status == 404 or "patient’s own page" in text(answer)
    assert not client.get("/cases/").context["open_requests"]


def test_s02_what_is_not_mine_looks_as_if_it_never_was(ben, ana, client, now):
    case = make_case(ana, now=now)
    client.force_login(ben)
    real, invented = client.get(url(case)), client.get("/cases/SO-2222-2222/")
    plain = [re.sub(r"[0-9a-f]{12}|[0-9A-Za-z]{64}|SO-[^/]+", "", text(page)) for page in (real, invented)]
    assert plain[0].replace(case.reference, "") == plain[1].replace("SO-2222-2222", "")


@pytest.mark.parametrize("status", ["info_needed", "in_review", "closed"])
def test_the_case_page_costs_the_same_with_much_in_it(status, ana, tess, dr_vega, as_ana, now):
    counts = []
    for records, events in ((1, 1), (40, 200)):
        case = make_case(ana, CaseStatus(status), staff=tess, specialist=dr_vega, now=now)
        for number in range(records):
            make_record(case, name=f"{number}.pdf")
        for _n in range(events):
            audit.record(Act.OPEN_CASE, by=tess, now=now, case=case)
        for number in range(3 if records > 1 else 1):
            case.held_places.create(where=f"{number}", held_on=now.date())
        with CaptureQueriesContext(
            connection,
        ) as made:
            assert as_ana.get(url(case)).status_code == 200
        counts.append(len(made))
    assert counts[0] == counts[1] <= 18, "\n".join(q["sql"][:150] for q in made)


def test_all_requests_cost_the_same_at_1_25_and_100(ana, tess, dr_vega, as_ana, now):
    counts = []
    for target in (1, 25, 100):
        for _n in range(target - ana.cases.count()):
            make_draft(ana, now=now)
        with CaptureQueriesContext(connection) as made:
            as_ana.get("/cases/")
        counts.append(len(made))
    assert len(set(counts)) == 1 and counts[0] <= 10
