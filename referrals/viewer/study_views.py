"""What the image viewer asks for: the study as data, and single frames."""

from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from referrals import storage
from referrals.rules import reading
from referrals.rules.closed import CLOSED
from referrals.viewer import studies

PIECE = 256 * 1024


@require_safe
def study(request, reference, key):
    found = studies.studies_to_read(request.user).filter(case__reference=reference, key=key)
    record = get_object_or_404(found)
    if request.method == "GET":
        reading.note_opening(record=record, by=request.user, now=timezone.now())
    return JsonResponse(studies.as_data(record), headers=CLOSED)


@require_safe
def frame(request, reference, key, instance, number):
    """One frame's stored values, as `look` says how to read them. Nothing is decoded here."""
    found = studies.frames_to_read(request.user).filter(
        series__record__case__reference=reference, series__record__key=key
    )
    image = get_object_or_404(found, key=instance)
    if not 1 <= number <= image.frame_count:
        raise Http404
    if request.method == "GET" and not image.is_noted:  # somebody who did not ask for the study first
        reading.note_opening(record=image.series.record, by=request.user, now=timezone.now())
    headers = {**CLOSED, "Content-Length": str(image.frame_bytes), "ETag": f'"{image.key}-{number}"'}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponse(status=304, headers=CLOSED)
    if request.method == "HEAD":
        return HttpResponse(content_type="application/octet-stream", headers=headers)
    start = image.frame_offset + (number - 1) * image.frame_bytes
    try:
        file = storage.open(image.frames_key or image.key, start, image.frame_bytes)
    except storage.NotThere:
        raise Http404 from None
    return StreamingHttpResponse(_pieces(file), content_type="application/octet-stream", headers=headers)


def _pieces(file):
    with file:
        while piece := file.read(PIECE):
            yield piece
