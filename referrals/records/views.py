"""Thin: who is asked for, what came in, which page answers."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, TooManyFilesSent
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import storage
from referrals.records import actions, bundle, check_views, deciding, forms, kinds, queries, sending, uploads
from referrals.rules import access, audit, mismatches, reading, timeline
from referrals.rules.access import visible_cases, visible_records
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act, CaseStatus, RecordStatus, RecordType

STEP, STEPS = 6, 8  # of asking
ENVELOPE = 1024**2  # what a form weighs besides its files


# --- adding -----------------------------------------------------------------------------------------


@csrf_exempt  # `_take` is protected: the files need a place to go before anything reads the form
@require_http_methods(["GET", "HEAD", "POST"])
def add(request, reference):
    case = _case_to_add_to(request, reference)
    if request.method != "POST":
        return _add_page(request, case)
    if sentence := _too_much_at_once(request, case):
        return _refused(request, case, [sentence], status=413)
    handler = uploads.receive_into_storage(request)
    try:
        return _take(request, case)
    except TooManyFilesSent:
        count = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        words = _("Nothing was added: you chose more than %(count)s files. Add up to %(count)s at a time.")
        return _refused(request, case, [words % {"count": count}])
    finally:
        handler.release()


@csrf_protect
def _take(request, case):
    arrivals = request.FILES.getlist("files")
    item = queries.asked_item(case, request.GET.get("item"))
    complaints, notes, added = [], [], 0
    for arrival in arrivals:
        if arrival.problem:
            complaints.append(forms.complaint(arrival.problem, arrival.name, limits()))
            continue
        try:
            result = actions.add(
                case=case, stored=arrival.stored, name=arrival.name, item=item, by=request.user, now=timezone.now()
            )  # fmt: skip
        except actions.NoSpace:
            complaints.append(forms.complaint(forms.NO_SPACE, arrival.name, limits()))
            continue
        except StepNotPossible as objection:
            if not _is_script(request):
                raise
            return JsonResponse({"error": str(objection)}, status=409)
        arrival.taken = result.is_new
        added += result.is_new
        if not result.is_new:
            notes.append(forms.same_file(arrival.name, result.record))
    if not arrivals:
        complaints.append(_("Choose at least one file"))
    if complaints:
        return _refused(request, case, complaints)
    return _added(request, added, notes)


def _added(request, added, notes):
    if _is_script(request):
        return JsonResponse({"note": " ".join(notes)})
    if added:
        messages.success(request, ngettext("%d file added.", "%d files added.", added) % added)
    for note in notes:
        messages.info(request, note)
    return redirect(request.get_full_path())


def _refused(request, case, sentences, status=422):
    """The same page again, with what was kept and why the rest was not."""
    if _is_script(request):
        return JsonResponse({"error": " ".join(sentences)}, status=status)
    return _add_page(request, case, forms.FilesForm({}).complain(sentences), status)


def _too_much_at_once(request, case):
    """Said before the bytes travel, as far as the browser tells their number."""
    try:
        coming = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        coming = 0
    room = actions.room_of(case).size
    if _is_script(request) and coming > settings.MAX_FILE_BYTES + ENVELOPE:
        return forms.complaint(uploads.TOO_LARGE, _("This file"), limits())
    if coming > room + ENVELOPE:
        return forms.complaint(forms.NO_SPACE, _("these files"), limits())
    return ""


def _add_page(request, case, form=None, status=200):
    item = queries.asked_item(case, request.GET.get("item"))
    is_draft = case.status == CaseStatus.DRAFT
    context = {
        **_files(request, case),
        "form": form or forms.FilesForm(),
        "item": item,
        "is_draft": is_draft,
        "step_number": STEP,
        "step_count": STEPS,
        "back_url": _back(case, item),
        "next_url": _address("intake:step", case.reference, "cost") if is_draft else "",
        "limits": limits(),
        "taken": forms.taken(),
        "max_file_bytes": settings.MAX_FILE_BYTES,
        "room": actions.room_of(case),
    }
    return render(request, "referrals/records/add.html", context, status=status)


@require_safe
def files(request, reference):
    """The list of files alone, for the page that is open while they are checked."""
    case = _case_to_add_to(request, reference)
    return render(request, "referrals/records/fragment.html", _files(request, case))


def _files(request, case):
    rows = queries.files_of(case, request.user)
    lines = queries.checklist_of(case, rows)
    return {
        "case": case,
        "rows": rows,
        "summary": queries.summary(rows),
        "is_checking": queries.is_checking(rows),
        "types": [(each.value, each.for_patient) for each in RecordType],
        "lines": lines,
        "here": sum(line.has for line in lines),
        "flags": mismatches.open_flags(case),
    }


@require_POST
def type_(request, reference, key):
    record = _record(request, reference, key)
    form = forms.TypeForm(request.POST)
    if form.is_valid():
        actions.set_type(record=record, type=form.cleaned_data["type"], by=request.user, now=timezone.now())
    return _back_to_adding(request, reference)


@require_POST
def checklist(request, reference):
    case = _case_to_add_to(request, reference)
    form = forms.ChecklistForm(request.POST)
    if form.is_valid():
        actions.answer_checklist(case=case, by=request.user, now=timezone.now(), **form.cleaned_data)
    return _back_to_adding(request, reference)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, reference, key):
    record = _record(request, reference, key)
    if deciding.may_destroy(record, request.user):
        return check_views.remove_locked_away(request, record)
    if not actions.may_remove(record, request.user):
        raise PermissionDenied(_("What you have sent stays with your request."))
    if request.method == "POST":
        actions.remove(record=record, by=request.user, now=timezone.now())
        messages.success(request, _("The file is removed."))
        return _back_to_adding(request, reference)
    context = {
        "question": _("Remove %(name)s?") % {"name": forms.isolated(record.name)},
        "consequence": _("The file and its pages are deleted. You can add it again."),
        "act": _("Remove it"),
        "keep": _("Keep it"),
        "keep_url": reverse("records:add", args=[reference]),
    }
    return render(request, "parts/confirm.html", context)


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
        "shows_readers": is_own or access.is_staff_for(request.user, case),
        "may_add": not actions.why_no_more(case, request.user),
        "may_date": is_own
        or access.is_staff_for(request.user, case)
        or access.is_reading(request.user, case),
        "search_url": reverse("viewer:search", args=[reference]),
        "is_own": is_own,
        "base": _shell(is_own),
        "back_url": _case_page(case, is_own),
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
        "row": queries.file_row(record, record.case, request.user),
        "number": number,
        "two": request.GET.get("two") == "1",
        "pin": request.GET.get("pin", ""),
        "query": request.POST.get("q", "")[:200].replace("\x00", ""),
        "identity": queries.identity(record),
        "flags": [flag for flag in mismatches.open_flags(record.case) if flag.record == record],
        "is_reader": not actions.may_answer_flag(record.case, request.user),
        "may_date": is_own
        or access.is_staff_for(request.user, record.case)
        or access.is_reading(request.user, record.case),
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
        return render(request, "referrals/records/damaged.html", {"record": record}, status=410)
    response = sending.original(only, request) if only else bundle.answer(record, files, request)
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
        is_whole = request.method == "GET" and "Range" not in request.headers
        return not is_whole or storage.sha256(file.key) == file.sha256
    except storage.NotThere:
        return False


# --- what several of them ask ------------------------------------------------------------------------


def limits():
    return {
        "size": kinds.limit_in_words(settings.MAX_FILE_BYTES),
        "room": kinds.limit_in_words(settings.MAX_CASE_BYTES),
        "count": settings.MAX_CASE_FILES,
    }


def _case_to_add_to(request, reference):
    seen = visible_cases(request.user).select_related("clinic", "patient")
    case = get_object_or_404(seen, reference=reference)
    if objection := actions.why_no_more(case, request.user):
        raise PermissionDenied(objection)
    return case


def _record(request, reference, key):
    return get_object_or_404(queries.record_to_read(visible_records(request.user), reference, key))


def _is_script(request):
    return request.headers.get("Accept") == "application/json"


def _shell(is_own):
    return "patient.html" if is_own else "staff.html"


def _back_to_adding(request, reference):
    item = request.GET.get("item")
    query = f"?item={item}" if item and queries.ITEM.fullmatch(item) else ""
    return redirect(reverse("records:add", args=[reference]) + query)


def _back(case, item):
    if item:
        return _address("intake:answer", case.reference)
    if case.status == CaseStatus.DRAFT:
        return _address("intake:step", case.reference, "questions")
    return _case_page(case, True)


def _case_page(case, is_own):
    return _address("home:case" if is_own else "home:staff_case", case.reference)


def _address(name, *args):
    """A page of another room; '' while there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
