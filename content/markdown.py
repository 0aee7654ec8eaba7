"""Markdown to clean HTML, done once at loading.

Raw HTML is not read at all, and what Markdown makes is cleaned once more. Around that stand a few blocks of
our own, `::: kind title` to `:::`, whose markup comes from `templates/content/blocks/`:

    figure   a number from a study; its last paragraph names the source
    note     good to know          warn    watch out for this
    say      words to use          check   a list to tick off (`- item`)
    todo     numbered steps, `### title` each      faq   folds, `### question` each
    do       what to do now: links, the first is the main one
"""

import re

import nh3
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

KINDS = {"figure", "note", "warn", "say", "check", "todo", "faq", "do"}
TAGS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br"} | {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
BLOCK = re.compile(r"^::: *(\w+) *(.*?)\n(.*?)^:::$\n?", re.MULTILINE | re.DOTALL)
ITEM = re.compile(r"^### ", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\((to:[\w:/-]+)\)")

_markdown = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(
    ["table", "replacements", "smartquotes"]
)


class UnknownBlock(ValueError):
    """A `:::` block of a kind there is no template for."""


def render(text):
    """The HTML of a whole text: plain parts and blocks in turn."""
    parts, end = [], 0
    for block in BLOCK.finditer(text):
        parts += [plain(text[end : block.start()]), _block(*block.groups())]
        end = block.end()
    return "".join([*parts, plain(text[end:])])


def plain(text):
    html = nh3.clean(
        _markdown.render(text),
        tags=TAGS,
        attributes={"a": {"href"}, "*": set()},
        attribute_filter=lambda _tag, _name, value: value if value.startswith("to:") else None,
        url_schemes={"to"},
        link_rel=None,
    )
    html = html.replace("<h2>", '<h2 class="so-mt-lg">')
    return mark_safe(html)  # noqa: S308 cleaned above, and the class is ours


def inline(text):
    return mark_safe(re.sub(r"^<p>|</p>\n?$", "", plain(text)))  # noqa: S308 cleaned in plain()


def _block(kind, title, text):
    if kind not in KINDS:
        raise UnknownBlock(f"no block is called '{kind}'")
    return render_to_string(f"content/blocks/{kind}.html", {"title": inline(title)} | _parts(kind, text))


def _parts(kind, text):
    text = text.strip()
    if kind in {"todo", "faq"}:
        items = [item.split("\n", 1) for item in ITEM.split(text) if item.strip()]
        return {"items": [(inline(head), plain(body)) for head, body in items]}
    if kind == "check":
        return {
            "items": [inline(item) for item in re.split(r"^- ", text, flags=re.MULTILINE) if item.strip()]
        }
    if kind == "do":
        return {"links": [(inline(label), target) for label, target in LINK.findall(text)]}
    if kind == "figure":
        body, _, source = text.rpartition("\n\n")
        return {"body": plain(body), "source": inline(source)}
    return {"body": plain(text)}
