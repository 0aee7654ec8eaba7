"""The stylesheets keep their own rules."""

import re
from pathlib import Path

import pytest

from portal.fonts import FONTS

CSS = Path(__file__).resolve().parents[2] / "portal/static/portal/css"
ROOMS = sorted(path.name for path in CSS.glob("*.css"))
SCREENS = [name for name in ROOMS if name != "email.css"]


def css(name):
    """The file without its comments."""
    return re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.S)


def colours(text, selector):
    block = text[text.index(selector) :]
    return re.findall(r"(--so-[\w-]+|color-scheme): ([^;]+);", block[block.index("{") : block.index("}")])


def test_chosen_dark_and_device_dark_are_the_same_list():
    tokens = css("tokens.css")
    chosen = colours(tokens, '[data-theme="dark"]')
    assert len(chosen) > 40
    assert chosen == colours(tokens, ":root:not([data-theme])")


def test_dark_names_only_roles_that_light_has():
    tokens = css("tokens.css")
    light = {name for name, _value in colours(tokens, ":root {")}
    assert {name for name, _value in colours(tokens, '[data-theme="dark"]')} <= light


@pytest.mark.parametrize("name", SCREENS)
def test_every_token_used_is_named_in_tokens(name):
    named = set(re.findall(r"(--so-[\w-]+):", css("tokens.css") + css("base.css")))
    assert set(re.findall(r"var\((--so-[\w-]+)", css(name))) <= named


@pytest.mark.parametrize("name", ROOMS)
def test_no_ids_no_imports_no_data_addresses(name):
    text = css(name)
    selectors = re.findall(r"^([^{}@]+)\{", text, flags=re.M)
    assert not [found for found in selectors if re.search(r"#[a-z]", found)]
    assert "@import" not in text or name.startswith("for-")
    assert "data:" not in text


@pytest.mark.parametrize("name", ROOMS)
def test_every_file_a_sheet_asks_for_is_a_font_of_ours(name):
    assert set(re.findall(r'url\("([^"]+)"\)', css(name))) <= {f"../fonts/{font}" for font in FONTS}


def test_a_font_is_fetched_for_the_letters_it_has():
    faces = dict(
        re.findall(
            r'fonts/([\w-]+\.woff2)"\) format\("woff2"\);\s*unicode-range: ([^;]+);', css("tokens.css")
        )
    )
    assert faces == {
        name: letters.replace(",", ", ") for name, (*_font, letters) in FONTS.items() if "-more" in name
    }


def test_important_is_for_hidden_print_and_stilled_motion_alone():
    found = {
        (name, line.strip()) for name in ROOMS for line in css(name).splitlines() if "!important" in line
    }
    assert found == {
        ("base.css", "[hidden] { display: none !important; }"),
        ("parts.css", "animation-duration: .01ms !important;"),
        ("parts.css", "animation-iteration-count: 1 !important;"),
        ("parts.css", "transition: none !important;"),
        ("parts.css", "scroll-behavior: auto !important;"),
        ("print.css", "display: none !important;"),
    }


@pytest.mark.parametrize("name", ROOMS)
def test_braces_are_paired(name):
    assert css(name).count("{") == css(name).count("}")


def contrast(one, other):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    lighter, darker = sorted((light(one), light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3", "brand-ink") for ground in ("paper", "ground")],
    *[(tone, f"{tone}-tint") for tone in ("info", "ok", "warn", "stop", "idle")],
    ("brand-ink", "brand-tint"),
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("on-deep", "deep"),
    ("dawn", "deep"),
    ("dawn-ink", "dawn-tint"),
    ("paper", "stop"),
    ("first", "paper"),
    ("second", "paper"),
]
GRAPHICS = [("line-strong", "paper"), ("line-strong", "ground"), ("focus", "paper"), ("focus", "ground")]


@pytest.mark.parametrize("selector", [":root {", '[data-theme="dark"]'], ids=["light", "dark"])
@pytest.mark.parametrize(("pair", "least"), [(p, 4.5) for p in TEXT] + [(p, 3) for p in GRAPHICS])
def test_pairs_of_colours_can_be_told_apart(pair, least, selector):
    roles = dict(colours(css("tokens.css"), selector))
    one, other = (roles[f"--so-{role}"] for role in pair)
    assert contrast(one, other) >= least
