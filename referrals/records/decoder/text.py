"""Plain text: UTF-8, UTF-16 with its mark, or Latin-1; never anything with control characters."""

import codecs
import re

from referrals.records.decoder import Refused, limits

CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
C1 = re.compile("[\x80-\x9f]")
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MOST_BYTES = 4 * limits.MOST_TEXT


def prove(file, _kind, _password=None):
    body = file.read(MOST_BYTES)
    text = decode(body, whole=len(body) < MOST_BYTES)
    if text is None:
        raise Refused("unreadable")
    if not text.strip():
        raise Refused("unreadable")
    return {"text": text[: limits.MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n"), "page_count": 0}


def draw(*_, **__):
    """Text has no pictures."""


def decode(body, *, whole):
    """The text, or None where it isn't one. Cut off in mid-character is fine unless it is whole."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return _checked(body[len(mark) :], name, whole)
    text = _checked(body, "utf-8", whole)
    if text is None:
        text = _checked(body, "cp1252", whole)
    if text is None:
        text = _checked(body, "latin-1", whole)
    return text


def _checked(body, name, whole):
    try:
        text = codecs.getincrementaldecoder(name)().decode(body, whole)
    except UnicodeDecodeError:
        return None
    return None if CONTROL.search(text) or (name == "latin-1" and C1.search(text)) else text
