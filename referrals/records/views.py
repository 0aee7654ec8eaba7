"""Thin: who is asked for, what came in, which page answers."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from referrals import storage
from referrals.records import bundle, forms, permits, queries, sending
from referrals.rules import access, audit, mismatches, reading, timeline
from referrals.rules.access import visible_cases, visible_records
from referrals.vocabulary import Act, RecordStatus, WayIn

# --- reading ----------------------------------------------------------------------------------------


@require_safe
def list_(request, reference):
    case = get_object_or_404(visible_cases(request.user).select_related("clinic"), reference=reference)
    is_own = access.is_patient_of(request.user, case)
    wish = timeline.wish_of(request.GET)
    line, groups = queries.records_of(visible_records(request.user), case, request.user, wish)
    context = {
        "case": case,
        "timeline": line,
        "groups": groups,
        "types": forms.types_to_name(is_own),
        "shows_readers": is_own or access.is_staff_for(request.user, case),
        "may_add": not permits.why_no_more(case, request.user),
        "may_date": is_own
        or access.is_staff_for(request.user, case)
        or access.is_reading(request.user, case),
        "search_url": reverse("viewer:search", args=[reference]),
        "is_own": is_own,
        "were_deleted": not line.count and case.erasures.exists(),
        "base": _shell(is_own),
        "back_url": _case_page(case, request.user),
    }
    return render(request, "referrals/records/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def read(request, reference, key):
    """Words to mark come by POST, so that they are in no address; all else is the same page."""
    record = _record(request, reference, key)
    is_own = access.is_patient_of(request.user, record.case)
    number = reading.page_of(record, request.GET.get("page", ""))
    if request.method != "HEAD" and record.status == RecordStatus.READY:
        reading.note_opening(record=record, by=request.user, now=timezone.now(), page=number)
    context = {
        "record": record,
        "row": queries.file_row(record, record.case, request.user, _senders(record)),
        "list_url": queries.list_url(record.case, request.user),
        "number": number,
        "two": request.GET.get("two") == "1",
        "pin": request.GET.get("pin", ""),
        "query": request.POST.get("q", "")[:200].replace("\x00", ""),
        "identity": queries.identity(record),
        "flags": _flags(record, request.user, is_own),
        "is_reader": not permits.may_answer_flag(record.case, request.user),
        "may_date": is_own
        or access.is_staff_for(request.user, record.case)
        or access.is_reading(request.user, record.case),
        "case": record.case,
        "is_own": is_own,
        "base": _shell(is_own),
    }
    return render(request, "referrals/records/read.html", context)


@require_safe
def download(request, reference, key):
    """The file as it came in, once it is sure that it still is."""
    record = _record(request, reference, key)
    if record.status != RecordStatus.READY or not record.has_bytes:
        raise Http404
    files = bundle.files_of(record)
    only = bundle.one_file(record, files)
    if only and not _is_as_it_came(only, request):
        is_own = access.is_patient_of(request.user, record.case)
        context = {"case": record.case, "is_own": is_own, "base": _shell(is_own)}
        return render(request, "referrals/records/damaged.html", context, status=410)
    try:
        response = sending.original(only, request) if only else bundle.answer(record, files, request)
    except storage.NotThere:  # removed just now
        raise Http404 from None
    if request.method == "GET" and response.status_code < 300:
        detail = {"range": response["Content-Range"]} if "Content-Range" in response else {}
        audit.record(
            Act.DOWNLOAD, by=request.user, now=timezone.now(), case=record.case,
            subject_kind="record", subject_key=record.key, detail=detail if only else {"files": len(files)},
        )  # fmt: skip
    return response


def _is_as_it_came(file, request):
    """The sum for a whole file, the size for a part of one."""
    try:
        if storage.size(file.key) != file.size:
            return False
        return not sending.is_whole(request, file.size) or storage.sha256(file.key) == file.sha256
    except storage.NotThere:
        return False


# --- what several of them ask ------------------------------------------------------------------------


def _record(request, reference, key):
    return get_object_or_404(queries.record_to_read(visible_records(request.user), reference, key))


def _senders(record):
    return queries.senders_of(record.case) if record.way_in == WayIn.SOURCE else None


def _flags(record, person, is_own):
    """To staff and readers also what was answered; to the patient what is open."""
    flags = mismatches.of_record(record.case, record)
    if is_own:
        return [flag for flag in flags if flag.answer is None]
    return queries.with_ways_out(flags, record.case, person)


def _shell(is_own):
    return "patient.html" if is_own else "staff.html"


def _case_page(case, person):
    """Where this person works on the case; a reader has no staff page of it."""
    if access.is_patient_of(person, case):
        page = "home:case"
    else:
        page = "home:staff_case" if access.is_staff_for(person, case) else "review:room"
    return reverse(page, args=[case.reference])
