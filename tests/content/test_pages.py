"""Each public page, as somebody without an account gets it."""

import re

import pytest
from django.template import Context, Template
from django.urls import reverse

from content import files
from content.models import Article
from tests.content.reading_grade import grade

ARTICLES = [
    text.slug for text in sorted(files.read_all(files.ARTICLES), key=lambda text: int(text.head["order"]))
]
ABOUT = [path.stem for path in files.ABOUT.glob("*.md")]
PAGES = [
    "/",
    "/read/",
    "/is-it-time/",
    *[f"/read/{slug}/" for slug in ARTICLES],
    *[f"/about/{slug}/" for slug in ABOUT],
]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_open_and_carries_both_lines(client, texts, path):
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert "call your local emergency number" in page
    assert "does not replace your own doctor" in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("slug", ARTICLES)
def test_article_says_what_it_is_not_and_where_it_comes_from(client, texts, slug):
    page = client.get(f"/read/{slug}/").content.decode()
    assert "This is not medical advice" in page
    assert "“Is It Time for a Second Opinion?” of 11 May 2021" in page
    assert 'aria-current="page"' in page


def test_next_leads_through_all_articles_and_back_returns(client, texts):
    seen, path = [], f"/read/{ARTICLES[0]}/"
    while path:
        seen.append(path)
        page = client.get(path).content.decode()
        back = re.search(r'rel="prev" href="([^"]+)"', page)
        assert (back and back[1]) == (seen[-2] if len(seen) > 1 else None)
        ahead = re.search(r'rel="next" href="([^"]+)"', page)
        path = ahead and ahead[1]
    assert seen == [f"/read/{slug}/" for slug in ARTICLES]


def test_the_five_steps_are_counted(client, texts):
    steps = [one for one in ARTICLES if Article.objects.get(slug=one).step]
    assert len(steps) == 5
    for number, slug in enumerate(steps, 1):
        assert f"Part {number} of 5" in client.get(f"/read/{slug}/").content.decode()


@pytest.mark.parametrize(
    "path", ["/read/no-such-page/", "/about/no-such-page/", "/read/prices/", "/about/surgery/"]
)
def test_unknown_page_is_404(client, texts, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_page_links_only_to_pages_that_are_there(client, texts, path):
    page = client.get(path).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    for link in set(re.findall(r'href="(/(?:read|about|is-it-time)/[^"#]*)"', main)):
        assert client.get(link).status_code == 200, link
    assert "to:" not in re.findall(r'href="([^"]*)"', main)


@pytest.mark.parametrize(
    "path", [path for path in PAGES if path not in {"/is-it-time/", "/read/act-quickly/"}]
)
def test_reading_sets_no_cookie_and_may_be_kept(client, texts, path):
    response = client.get(path)
    assert not response.cookies
    assert "public" in response["Cache-Control"] and "Cookie" in response["Vary"]


def test_page_of_a_signed_in_person_is_never_kept(client, texts, ana):
    client.force_login(ana)
    response = client.get("/read/surgery/")
    assert "no-store" in response["Cache-Control"] and "public" not in response["Cache-Control"]


def test_page_with_a_form_is_not_kept_for_others(client, texts):
    for path in ("/read/act-quickly/", "/is-it-time/"):
        assert "public" not in client.get(path).get("Cache-Control", "")


@pytest.mark.parametrize("path", PAGES)
def test_page_works_for_head_and_refuses_what_it_does_not_do(client, texts, path):
    assert client.head(path).status_code == 200
    assert client.put(path).status_code == 405


def test_number_of_statements_does_not_grow(client, texts, django_assert_max_num_queries):
    for path in PAGES:
        with django_assert_max_num_queries(4):  # the page, its neighbours, the clinic
            client.get(path)


def test_statements_stay_the_same_with_many_more_pages(client, texts, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(path):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(path)
        return len(asked)

    before = [count("/read/"), count("/read/surgery/")]
    Article.objects.bulk_create(
        Article(
            slug=f"more-{n}", part="why", order=1000 + n, title="More", lead="x", reviewed_on="2026-11-22"
        )
        for n in range(100)
    )
    assert [count("/read/"), count("/read/surgery/")] == before


def test_pages_without_texts_still_open(client, db):
    """Before `load_articles` ran there is nothing to read, and nothing breaks."""
    assert client.get("/").status_code == 200
    assert client.get("/read/").status_code == 200
    assert client.get("/read/surgery/").status_code == 404


def test_nothing_comes_from_another_host(client, texts):
    for path in PAGES:
        page = client.get(path).content.decode()
        assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
        assert " style=" not in page and not re.search(r"<script(?![^>]*\bsrc=)", page)


# Passages --------------------------------------------------------------------------------------


def shown(slug, situation=""):
    return Template("{% load content %}{% passage slug situation %}").render(
        Context({"slug": slug, "situation": situation})
    )


def test_passage_is_shown_for_the_situation(texts):
    assert "To operate, or to wait?" in shown("ask-first-opinion", "surgery")


@pytest.mark.parametrize("situation", ["", None, "martian"])
def test_passage_falls_back_to_the_plain_one(texts, situation):
    assert "Your first opinion, in short" in shown("ask-first-opinion", situation)


def test_passage_costs_one_statement(texts, django_assert_num_queries):
    with django_assert_num_queries(1):
        shown("ask-records", "cancer")


def test_unknown_passage_shows_nothing_and_is_logged(texts, caplog):
    assert shown("no-such-passage").strip() == ""
    assert "no passage" in caplog.text and caplog.records[0].levelname == "ERROR"


def test_passage_links_are_addresses(texts):
    assert f'href="{reverse("content:article", args=["records"])}"' in shown("ask-records")


# Words of the interface ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/read/", "/is-it-time/"])
def test_page_reads_at_grade_8_or_below(client, texts, path):
    page = client.get(path).content.decode()
    assert grade(page[page.index("<main") : page.index("</main>")]) <= 8


def test_results_read_at_grade_8_or_below(client, texts, answers):
    for changes in (
        {},
        {"situation": "cancer", "plan": "big", "sure": "no"},
        {"signs": ["stroke", "self_harm"]},
    ):
        page = client.post("/is-it-time/", answers | changes, follow=True).content.decode()
        assert grade(page[page.index("<main") : page.index("</main>")]) <= 8
