"""Pictures of pages, search, pins, dates. The pages that show them are other rooms'."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import storage
from referrals.rules import access
from referrals.rules.closed import CLOSED
from referrals.viewer import actions, pictures, queries, search
from referrals.viewer.forms import DateForm, PinForm, SearchForm, TurnForm
from referrals.vocabulary import PageScale, RecordStatus


def record_or_404(request, reference, key):
    return get_object_or_404(queries.records_to_read(request.user), case__reference=reference, key=key)


@require_safe
def picture(request, reference, key, number, scale):
    """A page as a picture; 202 with an empty sheet while it is being drawn."""
    record = record_or_404(request, reference, key)
    if record.status != RecordStatus.READY or scale not in PageScale.values:
        raise Http404
    found = pictures.picture_of(record, number, scale, now=timezone.now())
    if found is None:
        raise Http404
    if found.key is None:
        status, more = (404, {}) if found.is_lost else (202, {"Retry-After": "1"})
        return HttpResponse(
            pictures.blank(found.width, found.height), status=status, content_type="image/svg+xml",
            headers={**CLOSED, **more},
        )  # fmt: skip
    try:
        with storage.open(found.key) as file:
            body = file.read() if request.method == "GET" else b""
    except storage.NotThere:
        raise Http404 from None
    return HttpResponse(body, content_type="image/webp", headers={**CLOSED, "Content-Disposition": "inline"})


@require_http_methods(["GET", "HEAD", "POST"])
def search_page(request, reference):
    """Words in all records of a case. What is asked comes by POST: it is in no address and no log."""
    case = get_object_or_404(access.visible_cases(request.user).select_related("clinic"), reference=reference)
    form = SearchForm(request.POST)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    records = access.visible_records(request.user).filter(case=case)
    is_own = access.is_patient_of(request.user, case)
    context = {
        "case": case,
        "found": search.search(records, query),
        "is_own": is_own,
        "base": "patient.html" if is_own else "staff.html",
    }
    return render(request, "referrals/viewer/search_page.html", context)


@require_POST
def make_pin(request, reference, key):
    record = record_or_404(request, reference, key)
    if not actions.may_pin(request.user, record.case):
        raise PermissionDenied(actions.NOT_YOURS)
    form = PinForm(request.POST, record=record)
    if not form.is_valid():
        context = {"form": form, "case": record.case, "record": record, "back": _back(request, record)}
        return render(request, "referrals/viewer/pin.html", context, status=422)
    made = actions.pin(record=record, by=request.user, now=timezone.now(), **form.what)
    if _is_script(request):
        return JsonResponse({"number": made.number, "key": str(made.key)})
    messages.success(request, _("Pin %(number)d is set.") % {"number": made.number})
    return redirect(_back(request, record))


@require_http_methods(["GET", "HEAD", "POST"])
def remove_pin(request, reference, key):
    citation = get_object_or_404(queries.pins(request.user), case__reference=reference, key=key)
    if citation.by_id != request.user.pk:
        raise PermissionDenied(_("This pin is somebody else’s."))
    back = _back(request, citation.record)
    if request.method == "POST":
        actions.unpin(citation=citation, by=request.user, now=timezone.now())
        messages.success(request, _("The pin is off. The others keep their numbers."))
        return redirect(back)
    context = {
        "question": _("Take pin %(number)d off?") % {"number": citation.number},
        "consequence": _("The mark goes. The other pins keep their numbers."),
        "act": _("Take it off"), "keep": _("Keep it"), "keep_url": back, "confirm_base": "staff.html",
        "case": citation.case,
    }  # fmt: skip
    return render(request, "parts/confirm.html", context)


@require_POST
def turn(request, reference, key):
    """How this reader turned a page; kept for them alone."""
    record = record_or_404(request, reference, key)
    form = TurnForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    actions.keep_turn(
        record=record, number=form.cleaned_data["page"], turns=form.cleaned_data["turns"], by=request.user
    )
    return HttpResponse(status=204)


class Date(View):
    """Correct the day a record speaks of."""

    def dispatch(self, request, reference, key):
        self.record = record_or_404(request, reference, key)
        if not actions.may_date(request.user, self.record.case):
            raise PermissionDenied(_("This is not yours to change."))
        if self.record.status != RecordStatus.READY:
            raise Http404
        return super().dispatch(request)

    def get(self, request):
        return self.page(request, self.form(initial={"dated_on": self.record.dated_on}))

    def post(self, request):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(request, form, 422)
        actions.set_date(
            record=self.record, dated_on=form.cleaned_data["dated_on"], by=request.user, now=timezone.now()
        )
        messages.success(request, _("The date is saved."))
        return redirect(_back(request, self.record))

    def form(self, *args, **kwargs):
        return DateForm(*args, today=timezone.localdate(), **kwargs)

    def page(self, request, form, status=200):
        is_own = access.is_patient_of(request.user, self.record.case)
        context = {
            "form": form, "record": self.record, "case": self.record.case, "is_own": is_own,
            "base": "patient.html" if is_own else "staff.html", "back": _back(request, self.record),
        }  # fmt: skip
        return render(request, "referrals/viewer/date.html", context, status=status)


def _back(request, record):
    """The page it was asked from; an address of ours only."""
    wanted = request.POST.get("back") or request.GET.get("back", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("records:read", args=[record.case.reference, record.key])


def _is_script(request):
    return request.headers.get("Accept") == "application/json"
