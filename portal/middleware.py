"""What holds for every page."""

import time
import uuid

import structlog
from django.utils.cache import patch_cache_control

from portal import errors

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


class ClosedHeaders:
    """Headers that Django doesn't set, on pages and static files alike."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


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


class SomebodyWasFaster:
    """An act that has become impossible is answered in words."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        from referrals.rules.workflow import StepNotPossible

        if isinstance(exception, StepNotPossible):
            return errors.somebody_was_faster(request, exception)
        return None
