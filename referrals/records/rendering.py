"""Having a file looked at by the decoder, a step at a time, each in a child process of its own.

A step that hangs, crashes or runs out of its limits loses that step: pages it had finished are kept.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from referrals import storage
from referrals.records.decoder import limits

PAGES_A_STEP = 20
SLOWEST_STEP = 30  # seconds
LARGEST_PAGE = 16 * 1024**2
LARGEST_ANSWER = 16 * 1024**2
PAGE_FILE = re.compile(r"(\d{5})-(\d{1,5})x(\d{1,5})\.webp")
FACTS = {"kind": str, "refusal": str, "page_count": int, "text": str, "study": dict, "dated_on": str}


class Stuck(Exception):
    """The decoder gave no answer: it hung, crashed, or hit a limit."""


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
        _first_step(key, found)
        first = PAGES_A_STEP + 1
        while not found.refusal and first <= min(found.page_count, limits.MOST_PAGES):
            if not still_mine():
                raise Stuck
            with contextlib.suppress(Stuck):  # these pages stay unseen; the others don't
                _step(key, found, first, first + PAGES_A_STEP - 1)
            first += PAGES_A_STEP
    except BaseException:
        discard(found)
        raise
    return found


def discard(found):
    for page in found.pages:
        storage.delete(page.key)
    found.pages.clear()


def _first_step(key, found):
    answer = _step(key, found, 1, PAGES_A_STEP)
    for name, kind in FACTS.items():
        value = answer.get(name)
        setattr(found, name, value if isinstance(value, kind) else kind())


def _step(key, found, first, last):
    with tempfile.TemporaryDirectory(prefix="portal-look-") as folder, _in_memory(key) as original:
        answered = _run(original, folder, first, last, found.kind)
        _keep_pages(Path(folder), found)
        answer = Path(folder, "found.json")
        if not answered or not answer.is_file() or answer.stat().st_size > LARGEST_ANSWER:
            raise Stuck
        return json.loads(answer.read_bytes())


def _in_memory(key):
    """The file as its decoder reads it: decrypted, and never on a disk."""
    with storage.open(key) as sealed, contextlib.ExitStack() as until_filled:
        original = until_filled.enter_context(open(os.memfd_create("original"), "w+b", buffering=0))
        shutil.copyfileobj(sealed, original, 1024**2)
        original.seek(0)
        until_filled.pop_all()
        return original


def _run(original, folder, first, last, kind):
    """Whether it ended by itself in time. It gets nothing of our environment."""
    child = subprocess.Popen(
        [sys.executable, "-s", "-B", "-m", "referrals.records.decoder", folder, str(first), str(last), kind],
        stdin=original, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=settings.BASE_DIR,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder, "MALLOC_ARENA_MAX": "2"},
        start_new_session=True,
    )  # fmt: skip
    try:
        return child.wait(SLOWEST_STEP) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _keep_pages(folder, found):
    there = {page.number for page in found.pages}
    for path in sorted(folder.glob("*.webp")):
        name = PAGE_FILE.fullmatch(path.name)
        if not name or path.is_symlink() or path.stat().st_size > LARGEST_PAGE:
            continue
        number, width, height = map(int, name.groups())
        with path.open("rb") as file:
            if number not in there and number and file.read(4) == b"RIFF":
                file.seek(0)
                found.pages.append(Page(storage.put(file).key, number, width, height))
