"""What each page reads: one function a page."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from content.models import Article, Passage


@dataclass(frozen=True)
class Reading:
    """One article, the articles of its part, and its neighbours on the whole way."""

    article: Article
    siblings: list
    before: Article | None
    after: Article | None

    @property
    def steps(self):
        return [one.step for one in self.siblings if one.step]


def article_to_read(slug):
    article = get_object_or_404(Article.objects.in_reading_order(), slug=slug)
    way = reading_list()
    here = [one.slug for one in way].index(slug)
    return Reading(
        article=article,
        siblings=[one for one in way if one.part == article.part],
        before=way[here - 1] if here else None,
        after=way[here + 1] if here + 1 < len(way) else None,
    )


def reading_list():
    return list(Article.objects.in_reading_order().defer("html"))


def about_page(slug):
    return get_object_or_404(Article, part=Article.Part.ABOUT, slug=slug)


def passage(slug, situation=""):
    """The passage for this situation, else the plain one, else nothing."""
    found = Passage.objects.in_bulk([f"{slug}--{situation}", slug], field_name="slug")
    return found.get(f"{slug}--{situation}") or found.get(slug)
