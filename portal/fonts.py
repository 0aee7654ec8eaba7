"""Cuts the two typefaces, which come as wheels, to what the pages use.

Latin in the weights the design uses, as woff2; what only some European languages write is a file of its own,
fetched by pages with such a letter (`unicode-range` in tokens.css).
The licence of both is the OFL.
"""

import os
from importlib.resources import files
from pathlib import Path

TARGET = Path(__file__).parent / "static" / "portal" / "fonts"
LATIN = (
    "U+20-7E,U+A0-FF,"  # letters, with the accents of Western European languages
    "U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032,U+2033,U+2039,U+203A,"  # punctuation
    "U+20AC,U+2122,U+2190-2193,U+2212,U+2248,U+2264,U+2265"  # euro, arrows, signs
)
LATIN_MORE = "U+100-17F,U+218-21B,U+2BC"  # and of the others
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum"]
SANS = ("fontpkg_public_sans", "PublicSans[wght].ttf", {"wght": (400, 700)})
SERIF = ("fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf", {"wght": 400, "opsz": 14})
FONTS = {
    "public-sans.woff2": (*SANS, LATIN),
    "public-sans-more.woff2": (*SANS, LATIN_MORE),
    "source-serif.woff2": (*SERIF, LATIN),
    "source-serif-more.woff2": (*SERIF, LATIN_MORE),
}


def missing() -> list[str]:
    ours = Path(__file__).stat().st_mtime
    return [n for n in FONTS if not (TARGET / n).exists() or (TARGET / n).stat().st_mtime < ours]


def make(name: str) -> None:
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    package, source, axes, letters = FONTS[name]
    font = TTFont(files(package) / "files" / source)
    cut = subset.Subsetter(subset.Options(layout_features=FEATURES))
    cut.populate(unicodes=subset.parse_unicodes(letters))
    cut.subset(font)
    font = instancer.instantiateVariableFont(font, axes)
    font.flavor = "woff2"
    TARGET.mkdir(parents=True, exist_ok=True)
    unfinished = TARGET / f".{name}.{os.getpid()}"
    font.save(unfinished)
    unfinished.replace(TARGET / name)
