"""Asking clamd (INSTREAM) about a file, streamed to it from the storage."""

import socket
import struct
import time
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from referrals import storage
from referrals.records.decoder_client import RENEW_EVERY, Stuck

log = structlog.get_logger("referrals.scanner")
PIECE = 256 * 1024
LENGTH = struct.Struct("!L")
SLOWEST = 180  # seconds without a word; a large file is looked at after its last byte
LONGEST_ANSWER = 4096
BEYOND = "Heuristics.Limits.Exceeded"  # what clamd says, where told to, of what it could not look into


class Away(Exception):
    """The scanner can't be asked now."""


class Broke(Away):
    """It was there, and went or fell silent over this very file."""


class TooLarge(Exception):
    """More than the scanner takes, or can look into."""


def is_there():
    return bool(settings.CLAMD_URL)


def scan(key, *, still_mine=lambda: True):
    """As `scan_stream`, of a file in the storage."""
    with storage.open(key) as file:
        return scan_stream(file, still_mine=still_mine)


def scan_stream(file, *, still_mine=lambda: True):
    """The name of what was found, or ''. Raises Away (or Broke) or TooLarge: then nothing is known."""
    try:
        sock = _connected()
    except OSError as error:
        raise _away(error, Away) from None
    try:
        with sock:
            answer = _ask(sock, file, still_mine)
    except OSError as error:
        raise _away(error, Broke) from None
    return _meaning(answer)


def _away(error, kind):
    log.warning("scanner_away", error=type(error).__name__)
    return kind()


def _connected():
    address = urlsplit(settings.CLAMD_URL)
    if address.scheme == "unix":
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(SLOWEST)
            sock.connect(address.path)
        except OSError:
            sock.close()
            raise
        return sock
    return socket.create_connection((address.hostname, address.port or 3310), SLOWEST)


def _ask(sock, file, still_mine):
    renewed = time.monotonic()
    try:
        sock.sendall(b"zINSTREAM\0")
        while piece := file.read(PIECE):
            sock.sendall(LENGTH.pack(len(piece)) + piece)
            if time.monotonic() - renewed > RENEW_EVERY:
                renewed = time.monotonic()
                if not still_mine():
                    raise Stuck
        sock.sendall(LENGTH.pack(0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has had enough, and may have said why
    return _answer(sock, still_mine)


def _answer(sock, still_mine):
    """What it says in the end. It may think for long; our claim is renewed meanwhile."""
    said, until = b"", time.monotonic() + SLOWEST
    sock.settimeout(RENEW_EVERY)
    while len(said) < LONGEST_ANSWER and not said.endswith(b"\0"):
        try:
            piece = sock.recv(LONGEST_ANSWER)
        except TimeoutError:
            if not still_mine():
                raise Stuck from None
            if time.monotonic() > until:
                raise
            continue
        except ConnectionResetError:
            break
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def _meaning(answer):
    if answer.endswith(": OK"):
        return ""
    if answer.endswith(" FOUND"):
        name = answer.removesuffix(" FOUND").partition(": ")[2]
        if name.startswith(BEYOND):
            raise TooLarge
        return name[:100] or "unnamed"
    if "size limit exceeded" in answer or (not answer and _is_up()):
        raise TooLarge  # it hung up on us and is well: that is how it says so when we were quicker
    log.warning("scanner_away", error="no answer" if not answer else "error")
    raise Away if answer else Broke


def _is_up():
    try:
        with _connected() as sock:
            sock.sendall(b"zPING\0")
            return sock.recv(16).startswith(b"PONG")
    except OSError:
        return False
