"""The texts themselves: can everybody read them, do their links lead somewhere, are figures labelled."""

import re

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from content import files, markdown
from content.links import LINK
from tests.content.reading_grade import grade, syllables

ARTICLES = files.read_all(files.ARTICLES)
ABOUT = files.read_all(files.ABOUT)
PASSAGES = files.read_all(files.PASSAGES)
TEXTS = ARTICLES + ABOUT + PASSAGES
named = pytest.mark.parametrize


def words(text):
    return len(
        re.findall(
            r"[A-Za-z’']+", re.sub(r"<svg.*?</svg>|<[^>]+>", " ", markdown.render(text.body), flags=re.S)
        )
    )


def test_the_count_knows_easy_from_hard():
    assert grade("<p>The cat sat on the mat. It was warm.</p>") < 2
    hard = (
        "Notwithstanding methodological heterogeneity, investigations demonstrate diagnostic discrepancies."
    )
    assert grade(f"<p>{hard}</p>") > 20
    assert [syllables(word) for word in ("asked", "table", "operation", "medicine", "notes", "idea")] == [
        1, 2, 4, 3, 1, 3,
    ]  # fmt: skip


@named("text", TEXTS, ids=lambda text: text.slug)
def test_text_reads_at_grade_8_or_below(text):
    lead = f"<p>{text.head['title']}.</p><p>{text.head.get('lead', '')}</p>"
    assert grade(lead + markdown.render(text.body)) <= 8


@named("text", ARTICLES, ids=lambda text: text.slug)
def test_article_is_long_enough_to_help_and_short_enough_to_read(text):
    assert 250 <= words(text) <= 520


@named("text", ARTICLES + ABOUT, ids=lambda text: text.slug)
def test_page_has_one_main_act(text):
    assert text.body.count("::: do") == 1
    assert markdown.render(text.body).count("is-primary") == 1


@named("text", TEXTS, ids=lambda text: text.slug)
def test_text_knows_no_host_and_no_path(text):
    assert "//" not in text.body and "href" not in text.body
    assert re.findall(r"\]\((?!to:)", text.body) == []


@named("text", TEXTS, ids=lambda text: text.slug)
def test_every_link_leads_to_a_page(text):
    for name, argument in LINK.findall(markdown.render(text.body)):
        if name == "content:article":
            assert argument in {one.slug for one in ARTICLES}
        elif name == "content:about":
            assert argument in {one.slug for one in ABOUT}
        assert leads_somewhere(name, argument), name


def leads_somewhere(name, argument=""):
    try:
        return reverse(name, args=[argument] if argument else [])
    except NoReverseMatch:
        room = settings.BASE_DIR / "referrals" / name.split(":")[0] / "urls.py"
        return not room.exists()  # a room that is not built yet


def test_templates_lead_to_pages_and_passages_that_are_there():
    slugs = {text.slug for text in PASSAGES}
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        template = path.read_text()
        for slug in re.findall(r"{%\s*passage\s+[\"']([\w-]+)[\"']", template):
            assert slug in slugs, f"{path.name}: no passage {slug}"
        for name in re.findall(r"{%\s*to\s+[\"']([\w:-]+)[\"']", template):
            assert leads_somewhere(name), f"{path.name}: no page {name}"


def test_every_variant_of_a_passage_has_its_plain_one_and_a_known_situation():
    from content.answers import Situation

    slugs = {text.slug for text in PASSAGES}
    for plain, _, situation in (slug.partition("--") for slug in slugs if "--" in slug):
        assert plain in slugs
        assert situation in Situation.values


def test_the_steps_and_the_case_have_their_passages():
    steps = "what-happened about-you first-opinion dates questions records cost check".split()
    case = "case-waiting case-compare case-decide act-quickly-hold-a-place".split()
    assert {f"ask-{step}" for step in steps} | set(case) <= {text.slug for text in PASSAGES}


# each figure stands beside the words that say whose it is and how far it goes
FIGURES = {
    "it-is-normal": ["About 3 in 10", "article's own", "Gallup", "2010", "70 of 100"],
    "surgery": ["85 of 100", "Cleveland Clinic", "2023", "one program"],
    "cancer": ["43 in 100", "MUSC, 2018", "70 patients", "20 in 100", "one center"],
    "unclear-diagnosis": ["90 of 100", "one review"],
    "act-quickly": ["31 days", "15 big US cities", "AMN", "2025"],
    "insurance": ["20 percent", "deductible", "not an emergency", "third"],
    "records": ["30 days", "30 more days", "In the US"],
    "evaluate": ["59.7", "40.4", "1,414", "German", "12 of 100", "66 of 100", "21 of 100", "Mayo"],
}


@named("slug", FIGURES)
def test_figure_carries_its_label(slug):
    body = next(text.body for text in ARTICLES if text.slug == slug).casefold()
    assert [words for words in FIGURES[slug] if words.casefold() not in body] == []


FEAR_AND_PROMISE = re.compile(
    r"hurry|too late|before it is too|guarantee|you will be cured|unfortunately|oops|!|we promise|studies show|journey",
    re.IGNORECASE,
)


@named("text", TEXTS, ids=lambda text: text.slug)
def test_text_neither_frightens_nor_promises(text):
    assert FEAR_AND_PROMISE.findall(text.body.replace("can’t promise", "")) == []
