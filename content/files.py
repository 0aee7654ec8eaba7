"""Reads the texts from their files: a few `key: value` lines between two `---`, then Markdown."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
ARTICLES, ABOUT, PASSAGES = HERE / "articles", HERE / "about", HERE / "passages"


class BadText(ValueError):
    """A file that can't be loaded, and why."""


@dataclass(frozen=True)
class Text:
    slug: str
    head: dict
    body: str
    version: str

    def need(self, key):
        if not self.head.get(key):
            raise BadText(f"{self.slug}: the line '{key}: …' is missing")
        return self.head[key]

    def number(self, key):
        return int(self.head[key]) if key in self.head else None

    def day(self, key):
        return date.fromisoformat(self.need(key))


def read(path):
    raw = path.read_text(encoding="utf-8")
    if not raw.startswith("---\n") or "\n---\n" not in raw[4:]:
        raise BadText(f"{path.name}: it has to begin with lines between two ---")
    head, body = raw[4:].split("\n---\n", 1)
    lines = [line.split(":", 1) for line in head.splitlines() if line.strip()]
    if any(len(pair) != 2 for pair in lines):
        raise BadText(f"{path.name}: each line of the head reads 'key: value'")
    return Text(
        slug=path.stem,
        head={key.strip(): curly(value.strip()) for key, value in lines},
        body=body.strip() + "\n",
        version=hashlib.sha256(raw.encode()).hexdigest(),
    )


def read_all(folder):
    return [read(path) for path in sorted(folder.glob("*.md"))]


def curly(text):
    return text.replace("'", "’")
