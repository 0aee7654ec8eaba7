"""Handing bytes out: whole, or the stretch that was asked for; always as a file to keep, never to run."""

import re
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse

from referrals import storage
from referrals.records import kinds
from referrals.rules.closed import CLOSED

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
PLAIN_NAME = re.compile(r"[^A-Za-z0-9 ._()+-]")


class NoSuchRange(Exception):
    """The stretch asked for lies outside the file."""


def original(record, request):
    """The file as it came in, under its own name."""
    try:
        start, length, is_part = _stretch(request, record.size)
    except NoSuchRange:
        return HttpResponse(status=416, headers={**CLOSED, "Content-Range": f"bytes */{record.size}"})
    response = _stream(record.key, start, length, request)
    response.status_code = 206 if is_part else 200
    if is_part:
        response["Content-Range"] = f"bytes {start}-{start + length - 1}/{record.size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Type"] = kinds.KINDS[record.kind].media_type
    response["Content-Disposition"] = disposition(record.name)
    return response


def disposition(name):
    """RFC 6266: a plain name for old clients, and the exact one (RFC 5987)."""
    plain = PLAIN_NAME.sub("_", name)
    exact = quote(name, safe="!#$&+-.^_`|~")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def _stream(key, start, length, request):
    headers = {**CLOSED, "Content-Length": str(length)}
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(_pieces(storage.open(key, start, length)), headers=headers)


def _pieces(file):
    with file:
        while piece := file.read(256 * 1024):
            yield piece


def is_whole(request, size):
    """Whether all of the file is to go out, whatever the request says of a range."""
    try:
        return request.method == "GET" and not _stretch(request, size)[2]
    except NoSuchRange:
        return False


def _stretch(request, size):
    """(start, length, is a part). What isn't one plain range is answered with the whole, as the RFC allows; so is
    one on condition (If-Range), as no file has a mark here that could fit."""
    asked = "" if "If-Range" in request.headers else request.headers.get("Range", "")
    found = ONE_RANGE.fullmatch(asked.strip())
    if not found or found.groups() == ("", "") or len(asked) > 60:
        return 0, size, False
    first, last = found.groups()
    if first == "":
        start, end = max(size - int(last), 0), size - 1
        if int(last) == 0:
            raise NoSuchRange
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < int(first):
            return 0, size, False
    if start >= size:
        raise NoSuchRange
    return start, end - start + 1, True
