"""The parts say what they take, and what they use exists."""

import re
from pathlib import Path

import lucide
import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PARTS = sorted(path.name for path in (TEMPLATES / "parts").glob("*.html"))
PAGES = {"components.html", "theme_page.html"}
BY_TAG = {
    "clock.html",
    "empty.html",
    "fold.html",
    "mark.html",
}  # nobody includes these by hand, or with anything
ALL = sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", PARTS)
def test_every_part_compiles(name):
    assert get_template(f"parts/{name}")


@pytest.mark.parametrize("name", [name for name in PARTS if name not in PAGES | BY_TAG])
def test_every_part_says_what_it_takes(name):
    head = (TEMPLATES / "parts" / name).read_text()[:200]
    assert "{% comment %}" in head


@pytest.mark.parametrize("name", [name for name in PARTS if name not in PAGES])
def test_every_part_is_in_the_guide(name):
    assert f"`parts/{name}`" in (ROOT / "docs/design.md").read_text()


def icons():
    source = "".join(path.read_text() for path in ALL)
    source += "".join(
        path.read_text() for folder in ("portal", "referrals") for path in (ROOT / folder).rglob("*.py")
    )
    return sorted(
        set(re.findall(r"""\{% icon ["']([\w-]+)["']""", source))
        | set(re.findall(r'(?<!data-)icon="([\w-]+)"', source))
    )


@pytest.mark.parametrize("name", icons())
def test_every_icon_exists(name):
    assert lucide._load_icon(name) is not None


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_have_nothing_inline(path):
    source = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.S)
    if path.is_relative_to(TEMPLATES / "mail"):
        return  # styles go into mails when they are built
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|\shx-on", source)
    assert not re.search(r"<script(?![^>]* src=)", source)
    assert "|safe" not in source


def modules():
    return sorted((ROOT / "portal/static/portal/js").rglob("*.js"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.name)
def test_scripts_use_nothing_that_a_strict_policy_forbids(path):
    source = path.read_text()
    assert not re.search(
        r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write", source
    )
    assert not re.search(
        r"\.style\s*=|cssText|[\"']style[\"']", source
    )  # one property at a time is no markup
    for name in re.findall(r'^import "\./([\w-]+\.js)";', source, flags=re.M):
        assert (path.parent / name).exists()


STATES_WITHOUT_A_RULE = {"is-bad", "is-dropped"}  # said in words and by the parts inside


@pytest.mark.parametrize("name", PARTS)
def test_every_class_of_a_part_has_a_rule(name):
    sheets = "".join(path.read_text() for path in (ROOT / "portal/static/portal/css").glob("*.css"))
    source = re.sub(r"\{[%{].*?[%}]\}", " ", (TEMPLATES / "parts" / name).read_text(), flags=re.S)
    used = {
        each for found in re.findall(r'class="([^"]*)"', source) for each in found.split() if each[2:3] == "-"
    }
    assert used - {"is-"} - STATES_WITHOUT_A_RULE <= set(re.findall(r"\.([a-z][\w-]+)", sheets))
