"""Papers as PDFs (PDF/UA-1): words as data in, a tagged file out. For letters and for packs alike.

Typst gets the words as JSON and one template, in a folder of its own that it can't look out of; fonts come from wheels
alone. Characters that none of them has are shown as a question mark, so that a name never stops a paper.

A paper is {"title", "lang", "sender", "to", "day", "blocks"} and, if its pages bear no numbers, "is_numbered": False.
A block is [kind, …]: `p` a paragraph, `h` a heading, `facts` as [label, words] pairs, `list` of lines, `table` (its
head, its rows, the widths of its columns), `note` to be seen, `sign` a line to sign on (what stands there, whose name
is under it).
"""

import importlib.util
import json
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = {
    "fontpkg_public_sans": ("files/PublicSans[wght].ttf",),
    "fontpkg_noto_sans": ("files/NotoSans[wdth,wght].ttf",),
    "fontpkg_noto_sans_arabic": ("files/NotoSansArabic[wdth,wght].ttf",),
    "pylopdf_fonts_he": ("NotoSansHebrew-Variable.ttf",),
    "fontpkg_noto_sans_devanagari": ("files/NotoSansDevanagari[wdth,wght].ttf",),
}
TEMPLATE = Path(__file__).with_name("paper.typ")


def pdf_of(content):
    """The accessible PDF of a paper."""
    import typst  # 80 MB that only a worker loads

    folders = [str(_package(name) / Path(files[0]).parent) for name, files in FONTS.items()]
    return typst.compile(
        str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=folders, ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_drawable(content))}, pdf_standards="ua-1", format="pdf",
        package_path=str(TEMPLATE.parent / "none"), package_cache_path=str(TEMPLATE.parent / "none"),
    )  # fmt: skip


def _drawable(value):
    """The same, with what no font can draw as a question mark (PDF/UA has no place for unknown signs)."""
    if isinstance(value, str):
        known = _known()
        return "".join(
            c if c == "\n" or ord(c) in known else "" if ord(c) in INVISIBLE else "?" for c in value
        )
    if isinstance(value, dict):
        return {name: _drawable(each) for name, each in value.items()}
    return [_drawable(each) for each in value] if isinstance(value, list) else value


# Controls, joiners and marks of direction: they draw nothing.
INVISIBLE = frozenset(
    {*range(0x20), *range(0x7F, 0xA0), 0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)}
)  # fmt: skip


@cache
def _known():
    found = set()
    for name, files in FONTS.items():
        for file in files:
            with TTFont(_package(name) / file, lazy=True) as font:
                found |= set(font.getBestCmap())
    return frozenset(found) - INVISIBLE | {0x200C, 0x200D}  # Arabic and Indic letters need their joiners


def _package(name):
    return Path(importlib.util.find_spec(name).origin).parent
