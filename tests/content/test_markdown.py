"""What Markdown may become, and what it never becomes."""

import pytest

from content.links import with_addresses
from content.markdown import UnknownBlock, render

HOSTILE = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](https://elsewhere.example/)",
    "[click](//elsewhere.example/)",
    "![picture](https://elsewhere.example/pixel.gif)",
    '<img src=x onerror="alert(1)">',
    '<a href="to:home" onclick="alert(1)">x</a>',
    "<style>body{display:none}</style>",
    "<iframe src='https://elsewhere.example'></iframe>",
    "[x]: javascript:alert(1)\n\n[click][x]",
    '[click](to:home "onmouseover=alert(1)")',
    "<https://elsewhere.example>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "frame", ["{}", "::: note {}\n{}\n:::\n", "::: todo\n### {}\n{}\n:::\n", "::: do\n- {}\n:::\n"]
)
def test_hostile_markdown_is_only_words(text, frame):
    html = render(frame.replace("{}", text))
    for bad in (
        "<script",
        "<img",
        "<iframe",
        "<style",
        'href="javascript',
        'href="data',
        'href="http',
        'href="//',
    ):
        assert bad not in html.lower()
    assert " onclick=" not in html.replace("&quot;", "") or "&lt;a" in html
    assert "<a title" not in html and "onmouseover=" not in html


def test_words_are_kept_in_the_doctors_quotes():
    assert render('She said "wait". Don\'t worry.') == "<p>She said “wait”. Don’t worry.</p>\n"


def test_links_become_addresses_when_shown():
    html = render("[Read](to:content:article/surgery) and [home](to:home)")
    assert 'href="to:content:article/surgery"' in html
    assert with_addresses(html).count('href="/') == 2
    assert 'href="/read/surgery/"' in with_addresses(html)


def test_link_to_no_page_leads_home_and_is_logged(caplog):
    assert with_addresses('<a href="to:nowhere:at_all">x</a>') == '<a href="/">x</a>'
    assert "not there" in caplog.text


def test_blocks_are_drawn():
    html = render(
        "Before.\n\n::: figure 43 in 100\nOne study.\n\nIts size.\n:::\n\n"
        "::: todo Do this\n### First\nCall.\n### Then\nWrite.\n:::\n\n"
        "::: check Bring\n- the card\n- **the** disc\n:::\n\n"
        "::: do\n- [Go](to:home)\n- [Read](to:content:index)\n:::\nAfter.\n"
    )
    assert html.startswith("<p>Before.</p>") and html.rstrip().endswith("<p>After.</p>")
    assert '<p class="so-small so-quiet">Its size.</p>' in html
    assert html.count("<li>") == 2 and "<h3>Then</h3>" in html
    assert "<strong>the</strong> disc" in html
    assert html.count("so-btn is-primary") == 1 and html.count("so-btn is-link") == 1


def test_unknown_block_is_refused():
    with pytest.raises(UnknownBlock, match="dance"):
        render("::: dance\nx\n:::\n")
