"""The page where files are added, by the patient or by staff for them; also as a plain form."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, TooManyFilesSent
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals.records import (
    actions,
    arrivals,
    check_views,
    deciding,
    forms,
    listing,
    permits,
    plain,
    queries,
)
from referrals.records.room import room_of
from referrals.rules import access, mismatches
from referrals.rules.access import visible_cases, visible_records, visible_uploads
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import CaseStatus

STEP, STEPS = 6, 8  # of asking


@csrf_exempt  # `_take` is protected: the files need a place to go before anything reads the form
@require_http_methods(["GET", "HEAD", "POST"])
def add(request, reference):
    case = _case_to_add_to(request, reference)
    if request.method != "POST":
        return _add_page(request, case)
    if sentence := plain.too_much_at_once(request, case):
        return _refused(request, case, [sentence], status=413)
    try:
        with plain.receiving(request):
            return _take(request, case)
    except TooManyFilesSent:
        return _refused(request, case, [plain.too_many()])


@csrf_protect
def _take(request, case):
    came = request.FILES.getlist("files")
    ways = permits.ways_in(case, request.user)
    way_in = request.POST.get("way_in") if len(ways) > 1 else ways[0]
    if way_in not in ways:
        return _refused(request, case, [forms.how_it_came()], field="way_in")
    try:
        taken = plain.take(
            came, case=case, by=request.user, now=timezone.now(), way_in=way_in,
            item=queries.asked_item(case, request.GET.get("item")),
        )  # fmt: skip
    except StepNotPossible as objection:
        if not _is_script(request):
            raise
        return JsonResponse({"error": str(objection)}, status=409)
    if _is_script(request):
        return JsonResponse({"files": taken.told})
    if not came:
        taken.complaints.append(_("Choose at least one file"))
    _say_what_came(request, taken)
    if taken.complaints:
        return _refused(request, case, taken.complaints)
    return redirect(request.get_full_path())


def _say_what_came(request, taken):
    if taken.added:
        messages.success(request, ngettext("%d file added.", "%d files added.", taken.added) % taken.added)
    for note in taken.notes:
        messages.info(request, note)


def _refused(request, case, sentences, status=422, field="files"):
    """The same page again, with what was kept and why the rest was not."""
    if _is_script(request):
        return JsonResponse({"error": " ".join(sentences)}, status=status)
    return _add_page(request, case, forms.FilesForm({}).complain(sentences, field), status)


def _add_page(request, case, form=None, status=200):
    item = queries.asked_item(case, request.GET.get("item"))
    is_own = access.is_patient_of(request.user, case)
    is_draft = case.status == CaseStatus.DRAFT
    context = {
        **_files(request, case),
        "form": form or forms.FilesForm(),
        "item": item,
        "is_draft": is_draft,
        "base": "wizard.html" if is_own else "staff.html",
        "step_number": STEP,
        "step_count": STEPS,
        "back_url": _back(case, item, is_own),
        "limits": forms.limits(),
        "taken": forms.taken(),
        "litter": forms.litter_rules(),
        "batch": plain.BATCH,
        "max_file_bytes": settings.MAX_FILE_BYTES,
        "room": room_of(case),
    }
    return render(request, "referrals/records/add.html", context, status=status)


@require_safe
def files(request, reference):
    """The list of files alone, for the page that is open while they are checked."""
    case = _case_to_add_to(request, reference)
    return render(request, "referrals/records/fragment.html", _files(request, case))


def _files(request, case):
    found = listing.listing(case, request.user, now=timezone.now())
    is_own = access.is_patient_of(request.user, case)
    return {
        "case": case,
        "is_own": is_own,
        "files": found,
        "types": forms.types_to_name(is_own),
        "lines": found.lines,
        "here": sum(line.has for line in found.lines),
        "item_query": _item_query(request),
        "flags": queries.with_ways_out(mismatches.together(mismatches.open_flags(case)), case, request.user),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def note(request, reference):
    """Staff write down what was told on the phone; it is kept as a text file."""
    case = _case_to_add_to(request, reference)
    if access.is_patient_of(request.user, case):
        raise PermissionDenied(_("This page is for the clinic’s staff."))
    form = forms.NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        plain.write_down(case=case, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Written down."))
        return redirect("records:add", reference)
    status = 422 if form.is_bound else 200
    return render(request, "referrals/records/note.html", {"case": case, "form": form}, status=status)


@require_POST
def type_(request, reference, key):
    record = _record(request, reference, key)
    form = forms.TypeForm(request.POST)
    if form.is_valid():
        actions.set_type(record=record, type=form.cleaned_data["type"], by=request.user, now=timezone.now())
        if form.cleaned_data["back"]:
            return redirect(reverse("records:list", args=[reference]) + queries.anchor_of(record))
    return _back_to_adding(request, reference, queries.anchor_of(record))


@require_POST
def checklist(request, reference):
    case = _case_to_add_to(request, reference)
    if not access.is_patient_of(request.user, case):
        raise PermissionDenied(_("Only the person who asks answers this."))
    form = forms.ChecklistForm(request.POST)
    if form.is_valid():
        actions.answer_checklist(case=case, by=request.user, now=timezone.now(), **form.cleaned_data)
    return _back_to_adding(request, reference, "#helps")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, reference, key):
    record = _record(request, reference, key)
    if deciding.may_destroy(record, request.user):
        return check_views.remove_locked_away(request, record)
    permits.permit_remove(record, request.user)
    if request.method == "POST":
        actions.remove(record=record, by=request.user, now=timezone.now())
        messages.success(request, _("The file is removed."))
        return _back_to_adding(request, reference, "#files")
    return _ask(
        request, record.case, _("Remove %(name)s?") % {"name": forms.isolated(record.name)},
        _("The file and its pages are deleted. You can add it again."), _("Remove it"), _("Remove a file"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request, reference, key):
    """Give up a file that is not all here: the way without a script."""
    own = visible_uploads(request.user).open().filter(case__reference=reference)
    upload = get_object_or_404(own.select_related("case"), key=key)
    if request.method == "POST":
        arrivals.stop(upload=upload, by=request.user, now=timezone.now())
        messages.success(request, _("The upload is canceled."))
        return _back_to_adding(request, reference, "#files")
    return _ask(
        request, upload.case, _("Cancel the upload of %(name)s?") % {"name": forms.isolated(upload.name)},
        _("The part that is here is deleted. You can add the file again."), _("Cancel the upload"),
        _("Cancel an upload"),
    )  # fmt: skip


def _ask(request, case, question, consequence, act, page_title):
    context = {
        "case": case,
        "page_title": page_title,
        "question": question,
        "consequence": consequence,
        "act": act,
        "keep": _("Keep it"),
        "keep_url": _adding_url(request, case.reference),
        "confirm_base": "patient.html" if access.is_patient_of(request.user, case) else "staff.html",
    }
    return render(request, "parts/confirm.html", context)


# --- what several of them ask ------------------------------------------------------------------------


def _case_to_add_to(request, reference):
    seen = visible_cases(request.user).select_related("clinic", "patient")
    case = get_object_or_404(seen, reference=reference)
    if objection := permits.why_no_more(case, request.user):
        raise PermissionDenied(objection)
    return case


def _record(request, reference, key):
    return get_object_or_404(queries.record_to_read(visible_records(request.user), reference, key))


def _is_script(request):
    return request.headers.get("Accept") == "application/json"


def _back_to_adding(request, reference, anchor):
    """Where the person was on the page, not its top."""
    return redirect(_adding_url(request, reference, anchor))


def _adding_url(request, reference, anchor=""):
    """The page that a file is removed from: where files are added, or their list."""
    if request.GET.get("from") == "list":
        return reverse("records:list", args=[reference])
    return reverse("records:add", args=[reference]) + _item_query(request) + anchor


def _item_query(request):
    item = request.GET.get("item")
    return f"?item={item}" if item and queries.ITEM.fullmatch(item) else ""


def _back(case, item, is_own):
    if not is_own:
        return reverse("home:staff_records", args=[case.reference])
    if item:
        return reverse("intake:answer", args=[case.reference])
    if case.status == CaseStatus.DRAFT:
        return reverse("intake:step", args=[case.reference, "questions"])
    return reverse("home:case", args=[case.reference])
