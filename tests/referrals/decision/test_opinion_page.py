"""Reading both opinions: who may, what they see, what is written down."""

import itertools
import re

import pytest

from referrals.decision.headline import SENTENCES, WITHOUT_A_FIRST_DIAGNOSIS, headline
from referrals.decision.reading import short_name, with_title
from referrals.models import AuditEvent
from referrals.vocabulary import Stance
from tests.build import make_case, make_opinion
from tests.referrals.decision.conftest import deliver


def url(case):
    return f"/decision/{case.reference}/"


def page_of(client, person, case):
    client.force_login(person)
    return client.get(url(case))


def test_the_patient_reads_both_side_by_side(client, ana, case):
    page = page_of(client, ana, case)
    assert page.status_code == 200
    html = page.content.decode()
    assert "<h1>Dr. Oakley agrees on the cause, and would treat it in another way.</h1>" in html
    for words in ("A slipped bone, grade 1.", "Surgery. Screws and rods", "Eight weeks of exercise.", "14 December",
                  "You can wait for a time. Look again in late January.", "Dr. Corvin Hale, 12 November",
                  "<p>You do have a slipped bone.</p>", "Not now, in my view.", "a leg turns weak",
                  "Spine surgeon, license SP-00418", "A1B2-C3D4-E5F6"):  # fmt: skip
        assert words in html
    assert html.count("<h1") == 1
    assert "slipped" not in re.search(r"<title>.*?</title>", html, re.S)[0]


def test_the_first_opening_ends_its_reminders_and_each_is_noted(client, ana, case):
    assert case.reminders.filter(rule="P14", status="planned").count() == 3
    page_of(client, ana, case)
    case.refresh_from_db()
    opened_at = case.opened_at
    assert opened_at
    assert not case.reminders.filter(rule="P14", status="planned").exists()
    page_of(client, ana, case)
    case.refresh_from_db()
    assert case.opened_at == opened_at
    events = AuditEvent.objects.filter(act="open_opinion", case_reference=case.reference)
    assert [event.person_id for event in events] == [ana.pk, ana.pk]


def test_asking_for_the_head_opens_nothing(client, ana, case):
    client.force_login(ana)
    client.head(url(case))
    case.refresh_from_db()
    assert case.opened_at is None


def test_staff_read_along_without_opening_it_for_the_patient_or_choosing(client, tess, case):
    page = page_of(client, tess, case)
    assert page.status_code == 200
    assert b'<form method="post" action="/decision/' not in page.content
    assert b"Not opened yet" in page.content
    case.refresh_from_db()
    assert case.opened_at is None
    assert AuditEvent.objects.filter(act="open_opinion", person_id=tess.pk).exists()


def test_s01_nobody_else_finds_it(client, ben, dr_vega, dr_stone, quin, case):
    for person in (ben, dr_vega, dr_stone, quin):
        client.force_login(person)
        assert client.get(url(case)).status_code == 404
        assert client.get(url(case) + "?print").status_code == 404
        assert client.post(url(case), {"choice": "stay"}).status_code == 404
    client.logout()
    assert client.get(url(case)).status_code == 302
    case.refresh_from_db()
    assert (case.opened_at, case.status) == (None, "delivered")


def test_before_it_is_signed_and_delivered_there_is_nothing_to_read(client, ana, tess, dr_vega):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    make_opinion(case)
    assert page_of(client, ana, case).status_code == 404
    assert page_of(client, tess, case).status_code == 404


def test_the_page_for_paper_is_noted_as_printed(client, ana, case):
    client.force_login(ana)
    page = client.get(url(case) + "?print")
    html = page.content.decode()
    assert page.status_code == 200
    assert "did not examine you in person" in html
    assert "born 3 March 1968" in html
    assert "1 record read, 2 pages" in " ".join(html.split())
    assert AuditEvent.objects.filter(act="print_opinion", person_id=ana.pk).count() == 1
    assert not AuditEvent.objects.filter(act="open_opinion").exists()


def test_s19_hostile_words_stay_words(client, ana, tess, dr_vega):
    nasty = "<script>alert(1)</script>"
    case = deliver(
        ana, tess, dr_vega, plain_words=nasty, diagnosis={"stance": "differ", "text": nasty},
        questions=[{"question": nasty, "answer": nasty}], warning_signs=[nasty],
        signer={"name": nasty, "title": "Dr."},
    )  # fmt: skip
    client.force_login(ana)
    for query in ("", "?print"):
        html = client.get(url(case) + query).content.decode()
        assert "<script>alert" not in html
        assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5


def test_a_text_with_little_in_it_is_still_shown(client, ana, tess, dr_vega):
    case = deliver(ana, tess, dr_vega, diagnosis={}, plan={}, certainty={}, safe_to_wait={}, sources=[], limits=[],
                   first_opinion={}, warning_signs=[], questions=[])  # fmt: skip
    page = page_of(client, ana, case)
    assert page.status_code == 200
    assert b"Your second opinion from Dr. Oakley" in page.content


def test_without_a_first_diagnosis_nobody_is_said_to_differ(client, ana, tess, dr_vega):
    case = deliver(ana, tess, dr_vega, first_opinion={"no_diagnosis": True, "doctor": "Dr. Hale"},
                   diagnosis={"stance": "differ", "text": "A trapped nerve"})  # fmt: skip
    html = page_of(client, ana, case).content.decode()
    assert "Dr. Oakley says what it may be, and would treat it in another way." in html
    assert "No diagnosis yet" in html


def test_there_is_a_sentence_for_every_pair_and_none_ranks_or_guesses_a_sex():
    assert set(SENTENCES) == set(itertools.product(Stance, Stance))
    for sentence in (*SENTENCES.values(), *WITHOUT_A_FIRST_DIAGNOSIS.values()):
        words = set(re.findall(r"[a-z’]+", str(sentence).lower()))
        assert not words & {"he", "she", "his", "her", "wrong", "right", "mistake", "better", "worse"}
    assert headline(doctor="Dr. Oakley", diagnosis="", plan="") == "Your second opinion from Dr. Oakley"


@pytest.mark.parametrize(
    ("name", "title", "whole", "short"),
    [
        ("Maren Oakley", "Dr.", "Dr. Maren Oakley", "Dr. Oakley"),
        ("Dr. Maren Oakley", "Dr.", "Dr. Maren Oakley", "Dr. Oakley"),
        ("Maren Oakley", "", "Maren Oakley", "Maren Oakley"),
        ("Stone", "Dr.", "Dr. Stone", "Dr. Stone"),
    ],
)
def test_names_are_said_with_their_title_once(name, title, whole, short):
    assert with_title(name, title) == whole
    assert short_name(whole) == short


def test_the_page_asks_the_database_as_often_with_many_decisions(
    client, ana, case, django_assert_max_num_queries
):
    from referrals.decision import actions
    from tests.build import later

    page_of(client, ana, case)
    with django_assert_max_num_queries(40) as few:
        client.get(url(case))
    for n in range(20):
        actions.decide(case=case, choice=("stay", "talk")[n % 2], by=ana, now=later(hours=n))
    with django_assert_max_num_queries(40) as many:
        client.get(url(case))
    assert len(many) == len(few)
