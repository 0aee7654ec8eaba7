"""Thin: who is asked for, what came in, which page answers."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from referrals import storage
from referrals.records import actions, queries, sending
from referrals.rules import access, audit, reading
from referrals.rules.access import visible_cases, visible_records
from referrals.vocabulary import Act, RecordStatus

# --- reading ----------------------------------------------------------------------------------------


@require_safe
def list_(request, reference):
    case = get_object_or_404(visible_cases(request.user).select_related("clinic"), reference=reference)
    is_own = access.is_patient_of(request.user, case)
    context = {
        "case": case,
        "rows": queries.records_of(visible_records(request.user), case, request.user),
        "shows_readers": is_own or access.is_staff_for(request.user, case),
        "may_add": not actions.why_no_more(case, request.user),
        "is_own": is_own,
        "base": _shell(is_own),
        "back_url": _case_page(case, is_own),
    }
    return render(request, "referrals/records/list.html", context)


@require_safe
def read(request, reference, key):
    record = _record(request, reference, key)
    is_own = access.is_patient_of(request.user, record.case)
    if request.method == "GET" and record.status == RecordStatus.READY:
        reading.note_opening(record=record, by=request.user, now=timezone.now())
    context = {
        "record": record,
        "row": queries.file_row(record, record.case, request.user),
        "pages": list(record.pages.all()),
        "identity": queries.identity(record),
        "is_somebody_else": queries.names_somebody_else(record),
        "is_own": is_own,
        "base": _shell(is_own),
    }
    return render(request, "referrals/records/read.html", context)


@require_safe
def page(request, reference, key, number):
    record = _record(request, reference, key)
    if record.status != RecordStatus.READY:
        raise Http404
    drawn = get_object_or_404(queries.drawn_page(record, number))
    try:
        return sending.picture(drawn, request)
    except storage.NotThere:
        raise Http404 from None


@require_safe
def download(request, reference, key):
    """The file as it came in, once it is sure that it still is."""
    record = _record(request, reference, key)
    if record.status != RecordStatus.READY:
        raise Http404
    if not _is_as_it_came(record, request):
        return render(request, "referrals/records/damaged.html", {"record": record}, status=410)
    response = sending.original(record, request)
    if request.method == "GET" and response.status_code < 300:
        audit.record(
            Act.DOWNLOAD, by=request.user, now=timezone.now(), case=record.case,
            subject_kind="record", subject_key=record.key,
            detail={"range": response["Content-Range"]} if "Content-Range" in response else {},
        )  # fmt: skip
    return response


def _is_as_it_came(record, request):
    """The sum for a whole file, the size for a part of one."""
    try:
        if storage.size(record.key) != record.size:
            return False
        is_whole = request.method == "GET" and "Range" not in request.headers
        return not is_whole or storage.sha256(record.key) == record.sha256
    except storage.NotThere:
        return False


# --- what several of them ask ------------------------------------------------------------------------


def _record(request, reference, key):
    return get_object_or_404(queries.record_to_read(visible_records(request.user), reference, key))


def _shell(is_own):
    return "patient.html" if is_own else "staff.html"


def _case_page(case, is_own):
    return _address("home:case" if is_own else "home:staff_case", case.reference)


def _address(name, *args):
    """A page of another room; '' while there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
