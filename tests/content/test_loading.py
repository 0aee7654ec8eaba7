"""Files become rows; doing it again changes nothing; what has no file any more goes."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from content import files, loading
from content.models import Article, Passage

HEAD = "---\npart: why\norder: 5\ntitle: It's a title\nlead: A lead.\nreviewed: 2026-11-22\n---\n"


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Empty folders in place of ours."""
    for name in ("ARTICLES", "ABOUT", "PASSAGES"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setattr(files, name, folder)
    return tmp_path


def load():
    said = StringIO()
    call_command("load_articles", stdout=said)
    return said.getvalue()


def rows():
    return list(Article.objects.order_by("pk").values()) + list(Passage.objects.order_by("pk").values())


def test_load_twice_changes_nothing(db):
    first = load()
    before = rows()
    assert load() == first
    assert rows() == before and len(before) > 50


def test_load_follows_the_files(db, shelf):
    page = shelf / "ARTICLES" / "one.md"
    page.write_text(HEAD + "Old words.\n")
    load()
    old = Article.objects.get(slug="one")
    page.write_text(HEAD + "New words.\n")
    (shelf / "PASSAGES" / "why.md").write_text("---\ntitle: Why\n---\nBecause.\n")
    load()
    new = Article.objects.get(slug="one")
    assert (new.pk, new.title) == (old.pk, "It’s a title")
    assert new.version != old.version and "New words" in new.html
    assert Passage.objects.get().title == "Why"


def test_load_removes_what_has_no_file(db, shelf):
    Article.objects.create(slug="gone", part="why", order=1, title="Gone", reviewed_on="2026-11-22")
    Passage.objects.create(slug="gone", title="Gone")
    assert "2 removed" in load()
    assert not rows()


def test_two_pages_can_change_places(db, shelf):
    for slug, order in (("one", 1), ("two", 2)):
        (shelf / "ARTICLES" / f"{slug}.md").write_text(HEAD.replace("order: 5", f"order: {order}"))
    load()
    for slug, order in (("one", 2), ("two", 1)):
        (shelf / "ARTICLES" / f"{slug}.md").write_text(HEAD.replace("order: 5", f"order: {order}"))
    load()
    assert [one.slug for one in Article.objects.in_reading_order()] == ["two", "one"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no head at all", "begin with lines"),
        ("---\ntitle\n---\nText\n", "key: value"),
        (HEAD.replace("lead: A lead.\n", ""), "'lead: …' is missing"),
        (HEAD.replace("part: why", "part: nowhere"), "nowhere"),
        (HEAD + "::: dance\nText\n:::\n", "dance"),
        (HEAD.replace("2026-11-22", "soon"), "soon"),
    ],
)
def test_bad_file_is_refused_whole_and_says_why(db, shelf, text, said):
    Passage.objects.create(slug="kept", title="Kept")
    (shelf / "ARTICLES" / "bad.md").write_text(text)
    with pytest.raises(CommandError, match=said):
        load()
    assert Passage.objects.get().slug == "kept"


@pytest.mark.parametrize(
    "wrong",
    [{"part": "x"}, {"part": "why", "step": 1}, {"order": 10}],
    ids=["unknown part", "step outside how", "same place twice"],
)
def test_database_refuses_nonsense(db, wrong):
    good = {"part": "why", "order": 10, "title": "T", "reviewed_on": "2026-11-22"}
    Article.objects.create(slug="first", **good)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.create(slug="second", **good | {"order": 20} | wrong)
        from django.db import connection

        connection.check_constraints()


def test_loading_counts(texts):
    articles, passages, gone = loading.load()
    assert (articles, gone) == (19, 0) and passages == Passage.objects.count()
