"""Having a file looked at and its pages drawn, some pages at a time.

A step that hangs, crashes or runs out of its limits loses that step: pages it had finished are kept.
"""

import contextlib
from dataclasses import dataclass, field

from referrals import storage
from referrals.records import decoder_client
from referrals.records.decoder import limits
from referrals.records.decoder_client import Stuck

PAGES_A_STEP = 20
LARGEST_PAGE = 16 * 1024**2
FACTS = {"kind": str, "refusal": str, "page_count": int, "text": str, "study": dict, "dated_on": str}


@dataclass(frozen=True)
class Page:
    key: object
    number: int
    width: int
    height: int


@dataclass
class Found:
    kind: str = ""
    refusal: str = ""
    page_count: int = 0
    text: str = ""
    study: dict = field(default_factory=dict)
    dated_on: str = ""
    pages: list = field(default_factory=list)


def examine(key, *, still_mine=lambda: True):
    """What the file under `key` is, with its pages in the storage; `discard` them if they aren't wanted.

    `still_mine` is asked between steps; when it says no, Stuck is raised.
    """
    found = Found()
    try:
        answer = decoder_client.run("identify", key, still_mine=still_mine)
        for name, kind in FACTS.items():
            value = answer.get(name)
            setattr(found, name, value if isinstance(value, kind) else kind())
        for first in range(1, min(found.page_count, limits.MOST_PAGES) + 1, PAGES_A_STEP):
            if found.refusal:
                break
            if not still_mine():
                raise Stuck
            with contextlib.suppress(Stuck):  # these pages stay unseen; the others don't
                _draw(key, found, first, min(first + PAGES_A_STEP - 1, found.page_count))
    except BaseException:
        discard(found)
        raise
    return found


def discard(found):
    for page in found.pages:
        storage.delete(page.key)
    found.pages.clear()


def _draw(key, found, first, last):
    def keep(meta, stream):
        number, width, height = (meta.get(name) for name in ("page", "width", "height"))
        there = {page.number for page in found.pages}
        if not all(type(n) is int and 0 < n < 100_000 for n in (number, width, height)):
            raise Stuck
        if not first <= number <= last or number in there:
            raise Stuck
        found.pages.append(Page(storage.put(stream).key, number, width, height))

    answer = decoder_client.run(
        "draw", key, kind=found.kind, first=first, last=last, on_blob=keep, largest_blob=LARGEST_PAGE
    )
    if answer.get("refusal") and not found.pages:
        found.refusal = answer["refusal"]
