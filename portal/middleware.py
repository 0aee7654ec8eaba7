"""What holds for every page."""

import ipaddress
import time
import uuid

import structlog
from django.conf import settings
from django.http import Http404, HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.cache import patch_cache_control
from psycopg.errors import ForeignKeyViolation

from portal import errors
from referrals.rules import audit
from referrals.vocabulary import Act

log = structlog.get_logger("portal.requests")

# None of these is needed; a part of the page that shouldn't be there can't have them either.
NOT_NEEDED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation",
    "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join(f"{name}=()" for name in NOT_NEEDED)


class RequestLog:
    """One line for each request: its number, its route (never its path or query), its outcome."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.number = uuid.uuid4().hex[:12]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.number)
        began = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        user = getattr(request, "user", None)
        log.info(
            "request",
            method=request.method if request.method in errors.METHODS else "other",
            route=match.route if match else None,
            status=response.status_code,
            duration_ms=round(1000 * (time.monotonic() - began)),
            user_id=user.pk if user is not None and user.is_authenticated else None,
        )
        return response


class Witness:
    """Tells the audit log from where a request comes, and writes down what was refused to somebody."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        origin = {"address": address_of(request), "request_id": request.number}
        token = audit.origin.set(origin)
        try:
            response = self.get_response(request)
            if response.status_code == 403 and request.user.is_authenticated:
                match = request.resolver_match
                route = match.route if match else ""
                audit.record(
                    Act.REFUSED,
                    by=request.user,
                    now=timezone.now(),
                    subject_kind="route",
                    subject_key=route[:60],
                )
            return response
        finally:
            audit.origin.reset(token)


def address_of(request):
    """Where the request comes from, believing as many proxies as are ours; None where nobody can say."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    count = settings.TRUSTED_PROXIES
    claimed = hops[-count] if count and len(hops) >= count else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(claimed))
    except ValueError:
        return None  # a unix socket


class Packed(GZipMiddleware):
    """Pages and data travel packed (with random padding against BREACH); files and pictures, which hardly shrink, as
    they are."""

    KINDS = ("text/html", "application/json")

    def process_response(self, request, response):
        if response.streaming or not response.get("Content-Type", "").startswith(self.KINDS):
            return response
        return super().process_response(request, response)


class ClosedHeaders:
    """Headers that Django doesn't set, on pages and static files alike."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class OnlyForms:
    """Pages are read and forms are sent: nothing here is put, patched, deleted or traced.

    A view that speaks another protocol lists its methods itself (`view.methods`).
    """

    methods = ("GET", "HEAD", "POST")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, _args, _kwargs):
        methods = getattr(view, "methods", self.methods)
        return None if request.method in methods else HttpResponseNotAllowed(methods)


class PlainCookies:
    """A cookie in quotes may spell a NUL byte. None of ours does, and the database refuses to look for one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\x00" not in value}
        return self.get_response(request)


class NeverStored:
    """What a signed-in person, or a visitor who has told us something, gets is kept by no cache,
    so that "back" after signing out shows nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        personal = request.user.is_authenticated
        response = self.get_response(request)
        if personal or request.user.is_authenticated or not request.session.is_empty():
            patch_cache_control(response, no_store=True, private=True)
        return response


class NoSuchAddress:
    """No number, name or token of ours holds a NUL byte, and the database refuses to look for one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, _view, _args, kwargs):
        if any("\x00" in str(value) for value in kwargs.values()):
            raise Http404


class SomebodyWasFaster:
    """An act that has become impossible is answered in words; so is one on what was removed meanwhile."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        from referrals.rules.workflow import StepNotPossible

        if isinstance(exception, StepNotPossible):
            return errors.not_possible(request, exception)
        if isinstance(exception.__cause__, ForeignKeyViolation):  # a row to write, for one that has gone
            log.warning("row_gone", exc_info=exception)
            is_read = request.method in ("GET", "HEAD")
            return errors.not_found(request) if is_read else errors.not_possible(request, "")
        return None
