"""From files to rows."""

from content import files, markdown
from content.models import Article, Passage


def load():
    """Makes the rows say what the files say. Returns (pages, passages, removed)."""
    articles = [as_article(text) for text in files.read_all(files.ARTICLES)]
    articles += [as_article(text, part=Article.Part.ABOUT) for text in files.read_all(files.ABOUT)]
    passages = [as_passage(text) for text in files.read_all(files.PASSAGES)]
    gone = _replace(Article, articles) + _replace(Passage, passages)
    return len(articles), len(passages), gone


def as_article(text, part=None):
    return Article(
        slug=text.slug,
        part=part or Article.Part(text.need("part")),
        order=int(text.need("order")),
        step=text.number("step"),
        title=text.need("title"),
        short_title=text.head.get("short", text.need("title")),
        lead=text.need("lead"),
        html=markdown.render(text.body),
        version=text.version,
        reviewed_on=text.day("reviewed"),
    )


def as_passage(text):
    return Passage(
        slug=text.slug,
        title=text.need("title"),
        html=markdown.render(text.body),
        version=text.version,
    )


def _replace(model, rows):
    """One statement for all rows of a kind, so that two loads at once can't meet halfway."""
    fields = [field.name for field in model._meta.concrete_fields if field.name not in {"id", "slug"}]
    gone, _ = model.objects.exclude(slug__in=[row.slug for row in rows]).delete()
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=["slug"], update_fields=fields)
    return gone
