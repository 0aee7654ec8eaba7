"""Words in all records of a case."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from referrals.models import AuditEvent
from referrals.models.folding import fold
from referrals.viewer import search
from tests import build
from tests.referrals.viewer.conftest import WORDS, make_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(case):
    return build.make_record(
        case,
        name="notes.txt",
        kind="text",
        page_count=0,
        text="Medicines\nIbuprofen 400 mg, für den Rücken\n",
    )


def ask(client, case, query):
    return client.post(reverse("review:room", args=[case.reference]), {"q": query}).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("narrowing", True), ("NARROWING canal", True), ('"of the canal"', True), ('"the of"', False),
        ("ubelkeit", True), ("ÜBELKEIT", True), ("narr", True), ("narrowing missing", False),
        ("“moderate narrowing”", True), ("%", False), ("a_b", False), ("[", False), ("\\", False), ("'", False),
    ],
)  # fmt: skip
def test_what_is_found(query, found, vega, case, report):
    page = ask(vega, case, query)
    assert ("Found on 1 page" in page) == found


def test_a_hit_says_where_and_with_what_around_it(vega, case, report, note):
    page = ask(vega, case, "canal")
    assert "MRI report.pdf" in page and "<mark>canal.</mark>" in page
    assert f'formaction="?record={report.key}&amp;page=1&amp;pane=page"' in page
    page = ask(vega, case, "rucken")
    assert "<mark>Rücken</mark>" in page and "In the text" in page


def test_the_page_of_a_hit_marks_it_by_boxes(vega, case, report):
    url = f"{reverse('review:room', args=[case.reference])}?record={report.key}&page=1&pane=page"
    page = vega.post(url, {"q": "narrowing canal"}).content.decode()
    assert page.count('class="hit"') == 2
    assert '<rect class="hit" x="169" y="118" width="85" height="28"/>' in page
    assert 'value="narrowing canal"' in page  # what was asked stays in the field
    assert 'class="hit"' not in vega.get(url).content.decode()


def test_the_text_of_a_hit_is_marked(sign_in, ana, note):
    url = reverse("records:read", args=[note.case.reference, note.key])
    page = sign_in(ana).post(url, {"q": "ibuprofen"}).content.decode()
    assert "<mark>Ibuprofen" in page


@pytest.mark.parametrize("who", ["ana", "tess", "dr_vega"])
def test_who_may_see_the_records_may_search_them(who, request, sign_in, case, report):
    client = sign_in(request.getfixturevalue(who))
    url = reverse("viewer:search", args=[case.reference])
    assert client.get(url).status_code == 200
    assert "Found on 1 page" in client.post(url, {"q": "narrowing"}).content.decode()


@pytest.mark.parametrize("who", ["ben", "dr_stone", "quin"])
def test_s02_nobody_else(who, request, sign_in, case, report):
    client = sign_in(request.getfixturevalue(who))
    assert client.post(reverse("viewer:search", args=[case.reference]), {"q": "narrowing"}).status_code == 404


def test_other_cases_and_unready_files_are_not_searched(vega, case, report, ben, tess, dr_vega):
    from tests.referrals.opinion.writing import read_now

    make_pages(build.make_record(read_now(ben, tess, dr_vega), name="MARKER-OTHER.pdf"))
    make_pages(build.make_record(case, name="MARKER-WAITS.pdf", status="received", checked_at=None))
    assert "MARKER-OTHER" not in (page := ask(vega, case, "narrowing")) and "Found on 1 page" in page


def test_s18_s23_nothing_of_it_is_in_an_address_a_log_or_the_audit(vega, case, report, caplog):
    secret = "narrowing of the canal"
    answer = vega.post(reverse("review:room", args=[case.reference]), {"q": secret})
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert "q=" not in page.replace('name="q"', "")
    assert "narrowing" not in caplog.text
    assert "narrowing" not in str(list(AuditEvent.objects.values_list("detail", "subject_key")))


def test_too_little_and_too_much_is_said(vega, case, report):
    assert "Type at least two letters" in ask(vega, case, "a")
    assert "Nothing found" in ask(vega, case, "nowhere")
    make_pages(record := build.make_record(case, name="book.pdf"), 1)
    record.pages.all().delete()
    make_many(record, 80)
    assert "The first 50 places" in ask(vega, case, "vertebra")
    assert vega.post(reverse("viewer:search", args=[case.reference]), {"q": "x" * 5000}).status_code == 200
    assert vega.post(reverse("viewer:search", args=[case.reference]), {"q": "a\x00b"}).status_code == 200


def make_many(record, count):
    record.pages.bulk_create(
        type(record.pages.model())(record=record, number=n, width=9, height=9, text="A vertebra here")
        for n in range(1, count + 1)
    )


def test_as_many_statements_for_forty_records_as_for_one(vega, case, report):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            ask(vega, case, "narrowing")
        return len(captured)

    statements()
    one = statements()
    for _n in range(39):
        make_pages(build.make_record(case, name="more.pdf"))
    assert statements() == one


def test_what_a_file_says_is_text(vega, case):
    record = build.make_record(case, name="<b>x</b>.pdf")
    make_pages(record, 1, words=[[1, 1, 9, 9, "<script>alert(1)</script>"], [20, 1, 9, 9, "narrowing"]])
    page = ask(vega, case, "narrowing")
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page and "<b>x</b>" not in page


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=20), st.data())
def test_every_word_that_is_there_is_found_where_it_stands(words, data):
    tokens = [token for word in words for token in word.split()]
    if not tokens:
        return
    chosen = data.draw(st.integers(0, len(tokens) - 1))
    terms = search.terms_of(tokens[chosen])
    if not terms or '"' in tokens[chosen] or len(fold(tokens[chosen]).split()) != 1:
        return
    spans = search.spans_in(tokens, terms)
    assert spans and any(first <= chosen < last for first, last in spans)


def test_boxes_are_those_of_the_words():
    assert search.boxes_in(WORDS, ("narrowing of",)) == [WORDS[1][:4], WORDS[2][:4]]
    assert search.boxes_in(WORDS, ("nowhere",)) == []


def test_on_the_page_of_a_hit_the_words_stand_in_the_box(sign_in, ana, case, report):
    page = reverse("records:read", args=[case.reference, report.key])
    shown = sign_in(ana).post(page, {"q": "narrowing"}).content.decode()
    assert 'name="q" value="narrowing"' in shown
    assert "Found on" not in shown
