"""The tus protocol, version 1.0.0 (tus.io): creation, creation with upload, checksum, termination, expiration.

`Door` says who sends: a person with a session, or whoever holds a link. Everything else is the same for both.
"""

import base64
import binascii
import hashlib
import threading
import time
from functools import wraps

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from referrals import storage
from referrals.records import arrivals, forms, uploads
from referrals.records.body import Body, stop_listening
from referrals.records.room import NoSpace
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import UploadStatus

VERSION = "1.0.0"
BYTES = "application/offset+octet-stream"
SUMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS")
BUFFER = 1024**2
SLOTS = threading.BoundedSemaphore(settings.UPLOADS_AT_ONCE)  # the other threads serve pages
KEEP_BYTES, KEEP_SECONDS = 8 * 1024**2, 5  # what a killed process loses at most
SUM_WRONG = 460


class Refused(Exception):
    """A status and the sentence for whoever sends."""

    def __init__(self, code, sentence, **headers):
        super().__init__(sentence)
        self.code, self.headers = code, headers


def speaks_tus(*methods, has_session=True):
    """The outside of each address: which methods it has, the version both speak, errors in words."""

    def decorate(view):
        inner = csrf_protect(view) if has_session else view

        @csrf_exempt  # until it is sure that nothing here would be parsed as a form
        @wraps(view)
        def outside(request, *args, **kwargs):
            _take_method_from_header(request)
            try:
                response = _checked(request, methods, inner, args, kwargs)
            except PermissionDenied as why:
                response = JsonResponse({"error": str(why)}, status=403)
            except Refused as why:
                response = JsonResponse({"error": str(why)}, status=why.code)
                for name, value in why.headers.items():
                    response[name.replace("_", "-")] = value
            response["Tus-Resumable"] = VERSION
            response.headers.setdefault("Cache-Control", "no-store, private")
            return response

        outside.methods = METHODS  # what isn't known here is refused after it is known who asks
        return outside

    return decorate


def _take_method_from_header(request):
    """Some networks let only GET and POST through; a POST may say what it means."""
    meant = request.headers.get("X-HTTP-Method-Override", "").upper()
    if request.method == "POST" and meant in ("PATCH", "DELETE", "HEAD"):
        request.method = meant


def _checked(request, methods, view, args, kwargs):
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=abilities())
    if request.method not in methods:
        return HttpResponse(status=405, headers={"Allow": ", ".join((*methods, "OPTIONS"))})
    if request.headers.get("Tus-Resumable") != VERSION:
        return HttpResponse(status=412, headers={"Tus-Version": VERSION})
    if request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        raise Refused(415, _("Files come here as plain bytes."))
    return view(request, *args, **kwargs)


def abilities():
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,creation-with-upload,checksum,termination,expiration",
        "Tus-Max-Size": str(settings.MAX_FILE_BYTES),
        "Tus-Checksum-Algorithm": ",".join(SUMS),
    }


# --- the acts ------------------------------------------------------------------------------------------


def create(request, *, case, file, address, by=None, link=None):
    """POST: room for a file; its bytes may come along. `address(upload)` is where the rest goes."""
    try:
        upload = arrivals.begin(case=case, file=file, by=by, link=link, now=timezone.now())
    except storage.TooLarge:
        raise Refused(413, forms.complaint(uploads.TOO_LARGE, file.name, forms.limits())) from None
    except NoSpace:
        raise Refused(413, forms.complaint(forms.NO_SPACE, file.name, forms.limits())) from None
    except storage.NoRoom:
        raise Refused(507, forms.complaint(uploads.NO_ROOM, file.name, forms.limits())) from None
    except StepNotPossible as objection:
        raise Refused(409, str(objection)) from None
    if request.content_type == BYTES and upload.offset == 0:
        try:
            upload = _receive(request, upload, at=0)
        except Refused:
            if not file.mark:  # nobody could find it again, and it would take up room
                arrivals.stop(upload=upload, by=by, now=timezone.now())
            raise
    response = HttpResponse(status=201, headers={"Location": address(upload), **_where(upload)})
    return response


def head(upload):
    response = HttpResponse(headers={**_where(_alive(upload)), "Upload-Length": str(upload.size)})
    said = {"filename": upload.name, "folder": upload.folder, "mark": upload.mark}
    response["Upload-Metadata"] = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items() if value
    )
    response["Cache-Control"] = "no-store"
    return response


def patch(request, upload):
    if request.content_type != BYTES:
        raise Refused(415, _("Files come here as plain bytes."))
    at = _number(request, "Upload-Offset")
    upload = _receive(request, _alive(upload), at=at)
    return HttpResponse(status=204, headers=_where(upload))


def delete(upload, *, by=None):
    try:
        arrivals.stop(upload=_alive(upload), by=by, now=timezone.now())
    except StepNotPossible:
        raise Refused(409, _("This file is all here already. Remove it on the page.")) from None
    return HttpResponse(status=204)


def _alive(upload):
    gone = upload.status in (UploadStatus.CANCELLED, UploadStatus.EXPIRED)
    if gone or (upload.status == UploadStatus.OPEN and upload.expires_at <= timezone.now()):
        raise Refused(410, _("This upload was canceled or is too old. Add the file again."))
    return upload


def _where(upload):
    headers = {"Upload-Offset": str(upload.offset)}
    if upload.status == UploadStatus.OPEN:
        headers["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return headers


# --- the bytes -------------------------------------------------------------------------------------------


def _receive(request, upload, *, at):
    """The body, into the storage as it comes; a cut at any byte keeps what came."""
    length, wanted = _body_length(request), _wanted_sum(request)
    if at + length > upload.size:
        raise Refused(413, _("More bytes came than were announced. Add the file again."))
    if not SLOTS.acquire(blocking=False):
        stop_listening(request)
        raise Refused(503, _("Many files come in just now. It goes on in a moment."), Retry_After="3")
    try:
        receiving = arrivals.Receiving(upload=upload, at=at, now=timezone.now())
        with receiving, Body(request, length) as body:
            _take(body, receiving, wanted)
            if receiving.offset == upload.size:
                return receiving.finish(timezone.now())
            return receiving.upload
    except arrivals.Done:
        return upload
    except arrivals.Over:
        raise Refused(410, _("This upload was canceled or is too old. Add the file again.")) from None
    except arrivals.Elsewhere as where:
        raise Refused(
            409, _("A part of this file is here already."), Upload_Offset=str(where.offset)
        ) from None
    except storage.Busy:
        raise Refused(423, _("Another window is sending this file just now."), Retry_After="2") from None
    except storage.NoRoom:
        raise Refused(507, forms.complaint(uploads.NO_ROOM, upload.name, forms.limits())) from None
    except StepNotPossible as objection:
        raise Refused(409, str(objection)) from None
    finally:
        SLOTS.release()


def _take(body, receiving, wanted):
    """Piece by piece, as large as the line brings in a moment; kept often enough that a cut loses little."""
    digest, kept_at, kept = SUMS[wanted[0]]() if wanted else None, time.monotonic(), receiving.offset
    buffer = memoryview(bytearray(BUFFER))
    for piece in _pieces(body, buffer):
        receiving.write(piece)
        if digest:
            digest.update(piece)
        is_time = receiving.offset - kept >= KEEP_BYTES or time.monotonic() - kept_at > KEEP_SECONDS
        if is_time and body.left:
            now = timezone.now()
            receiving.check(now) if digest else receiving.keep(now)
            kept_at, kept = time.monotonic(), receiving.offset
    if digest and (body.left or digest.digest() != wanted[1]):
        receiving.forget()
        raise Refused(SUM_WRONG, _("A part of the file changed on its way. Send it again."))
    receiving.keep(timezone.now())


def _pieces(body, buffer):
    """Full buffers from a fast line; from a slow one what came within a second or so."""
    filled, began = 0, time.monotonic()
    while came := body.into(buffer[filled:]):
        filled += came
        if filled == len(buffer) or time.monotonic() - began > 1:
            yield buffer[:filled]
            filled, began = 0, time.monotonic()
    if filled:
        yield buffer[:filled]


# --- what headers say ------------------------------------------------------------------------------------


def metadata(request):
    """Upload-Metadata: names and values, the values as text."""
    said = {}
    for pair in filter(
        None, (each.strip() for each in request.headers.get("Upload-Metadata", "").split(","))
    ):
        name, _space, value = pair.partition(" ")
        try:
            said[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Refused(400, _("The file’s name could not be read.")) from None
    return said


def announced_length(request):
    size = _number(request, "Upload-Length")
    if size == 0:
        name = metadata(request).get("filename", "")
        raise Refused(400, forms.complaint(uploads.EMPTY, name, forms.limits()))
    return size


def _number(request, header):
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit()) or len(value) > 15:
        raise Refused(400, _("%(header)s is missing or no number.") % {"header": header})
    return int(value)


def _body_length(request):
    if not request.META.get("CONTENT_LENGTH"):
        raise Refused(411, _("Content-Length is missing."))
    return _number(request, "Content-Length")


def _wanted_sum(request):
    said = request.headers.get("Upload-Checksum", "")
    if not said:
        return None
    name, _space, value = said.partition(" ")
    if name not in SUMS:
        raise Refused(400, _("We know these sums: %(names)s.") % {"names": ", ".join(SUMS)})
    try:
        return name, base64.b64decode(value, validate=True)
    except binascii.Error:
        raise Refused(400, _("The sum could not be read.")) from None
