"""OCR: pages without words (scans, photos) are read by Tesseract, where it is installed.

It reads the picture that our own decoder drew, in a process with tight limits, no network and a time to end.
Rows are the queue: a page without text that was not tried yet. What it finds is marked as read by a machine.
"""

import contextlib
import datetime as dt
import math
import os
import shutil
import subprocess

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.functional import cached_property

from referrals import storage
from referrals.models import RecordPage
from referrals.records import decoder_client, passwords
from referrals.records.decoder import limits, ocr
from referrals.rules.claims import unheld
from referrals.rules.nudges import nudge

log = structlog.get_logger("referrals.records")
MOST_ATTEMPTS = 2
STALE_AFTER = dt.timedelta(minutes=4)
SLOWEST_PAGE = 60  # seconds
MEMORY = 1024 * limits.MIB
LARGEST_ANSWER = 8 * limits.MIB
MOST_AT_ONCE = 20  # pages of one record before others have their turn
TASK = "referrals.records.tasks.read_pages"


class Unreadable(Exception):
    """Tesseract hung, crashed or ran out of its limits on this page."""


class _Tesseract:
    """Where it is, if it is here with the languages that it is to read."""

    @cached_property
    def path(self):
        path = shutil.which("tesseract")
        if path is None:
            return None
        listed = subprocess.run([path, "--list-langs"], capture_output=True, text=True, timeout=SLOWEST_PAGE)
        missing = set(settings.OCR_LANGUAGES.split("+")) - set(listed.stdout.split())
        if missing:
            log.error("ocr_language_missing", languages=sorted(missing))
            return None
        return path


tesseract = _Tesseract()


def is_there():
    return tesseract.path is not None


def begin(record):
    """Have the pages without words read once this transaction is written."""
    if is_there() and RecordPage.objects.to_read().filter(record=record).exists():
        nudge(TASK, key=str(record.key), behind=True)


def waiting(*, now):
    """Keys of the records that have a page to read, the oldest first; none where nothing can read."""
    if not is_there():
        return []
    rows = RecordPage.objects.to_read().filter(_free(now), machine_attempts__lt=MOST_ATTEMPTS)
    rows = rows.order_by("record__added_at", "record_id")
    return list(dict.fromkeys(rows.values_list("record__key", flat=True)[:2000]))


def read(*, key, clock):
    """Read some pages of a record. Says whether there are more."""
    for _page in range(MOST_AT_ONCE if is_there() else 0):
        page = _claim(key, clock())
        if page is None:
            return False
        try:
            text, words = _read(page)
        except (decoder_client.Stuck, Unreadable):
            if page.machine_attempts < MOST_ATTEMPTS:
                continue  # its claim grows stale, and somebody tries again
            text, words = "", []
        except storage.NotThere:
            log.error("machine_reading_lost", record=str(key))
            return False
        except decoder_client.OUTAGES as error:
            log.error("machine_reading_waits", error=type(error).__name__)
            _give_back(page)
            return False
        _write(page, text, words, clock())
    return is_there()


def _free(now):
    return unheld(now, STALE_AFTER, field="machine_claimed_at")


@transaction.atomic
def _claim(key, now):
    free = RecordPage.objects.to_read().filter(
        _free(now), record__key=key, machine_attempts__lt=MOST_ATTEMPTS
    )
    page = free.select_for_update(of=("self",), skip_locked=True).order_by("number").first()
    if page is None:
        return None
    RecordPage.objects.filter(pk=page.pk).update(
        machine_claimed_at=now, machine_attempts=F("machine_attempts") + 1
    )
    page.machine_claimed_at, page.machine_attempts = now, page.machine_attempts + 1
    return page


def _give_back(page):
    """As if it had not been tried."""
    mine = RecordPage.objects.filter(pk=page.pk, machine_claimed_at=page.machine_claimed_at)
    mine.update(machine_claimed_at=None, machine_attempts=F("machine_attempts") - 1)


def _write(page, text, words, now):
    mine = RecordPage.objects.select_for_update().filter(
        pk=page.pk, machine_claimed_at=page.machine_claimed_at
    )
    with transaction.atomic():
        row = mine.first()
        if row is None:
            return
        row.text, row.words, row.is_read_by_machine = text, words, bool(text)
        row.machine_read_at, row.machine_claimed_at = now, None
        row.save(
            update_fields=[
                "text",
                "words",
                "folded",
                "is_read_by_machine",
                "machine_read_at",
                "machine_claimed_at",
            ]  # fmt: skip
        )


def _read(page):
    """(text, words) of what our decoder draws of the page."""
    record, pictures = page.record, []
    decoder_client.run(
        "draw", record.key, password=passwords.of(record), largest_blob=16 * limits.MIB, kind=record.kind,
        numbers=[page.number], scale="sharp", on_blob=lambda _meta, stream: pictures.append(stream.read()),
    )  # fmt: skip
    if not pictures:
        return "", []
    return ocr.words_of(recognise(pictures[0]))


def recognise(picture):
    """Tesseract's table of words for a picture."""
    command = [tesseract.path, "stdin", "stdout", "-l", settings.OCR_LANGUAGES, "--psm", "1", "tsv"]
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}, start_new_session=True,
            preexec_fn=_behind_walls,
        )  # fmt: skip
    except OSError:  # not even its libraries fit into the limits
        raise Unreadable from None
    try:
        table, _errors = child.communicate(picture, timeout=SLOWEST_PAGE)
    except subprocess.TimeoutExpired:
        raise Unreadable from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        child.wait()
    if child.returncode or len(table) > LARGEST_ANSWER:
        raise Unreadable
    return table.decode("utf-8", "replace")


def _behind_walls():
    limits.leave_the_network()
    limits.hold(math.ceil(SLOWEST_PAGE), MEMORY)
