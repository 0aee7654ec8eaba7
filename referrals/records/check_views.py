"""Thin: what people decide about files that stopped or wait."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from referrals.records import actions, deciding, forms, permits, queries
from referrals.rules import access
from referrals.rules.access import visible_records
from referrals.rules.workflow import StepNotPossible


@require_POST
def password(request, reference, key):
    record = _record(request, reference, key)
    form = forms.PasswordForm(request.POST)
    if form.is_valid():
        deciding.unlock(
            record=record, password=form.cleaned_data["password"], by=request.user, now=timezone.now()
        )
        messages.info(request, _("We are trying the password."))
    else:
        deciding.permit_unlock(record, request.user)
        if not deciding.may_unlock(record, request.user):
            raise StepNotPossible(deciding.NEEDS_NONE)
        messages.error(request, _("Type the password that opens the file."))
    return _back(request, record)


@require_POST
def flag(request, reference, key):
    """“It is mine”: what was found odd about a record is right."""
    record = _record(request, reference, key)
    permits.permit_answer(record.case, request.user)
    form = forms.FlagForm(request.POST)
    if not form.is_valid():
        return redirect("records:read", reference, key)
    act = actions.take_answer_back if form.cleaned_data["undo"] else actions.answer_flag
    act(record=record, flag=form.cleaned_data["flag"], by=request.user, now=timezone.now())
    places = {
        "records": ("records:add", [reference], "#files"),
        "check": ("intake:step", [reference, "check"], ""),
        "staff": ("home:staff_records", [reference], ""),
    }
    name, args, anchor = places.get(form.cleaned_data["back"], ("records:read", [reference, key], ""))
    return redirect(reverse(name, args=args) + anchor)


@require_POST
def scan(request, reference, key):
    record = _record(request, reference, key)
    deciding.permit_scan(record, request.user)
    decide = {"again": deciding.scan_again, "unscanned": deciding.go_on_unscanned}.get(
        request.POST.get("act")
    )
    if decide is None:
        return _back(request, record)
    decide(record=record, by=request.user, now=timezone.now())
    messages.success(request, _("Done. The file goes on through its checks."))
    return _back(request, record)


def remove_locked_away(request, record):
    """Asked first; then the file that has a virus is gone."""
    if request.method == "POST":
        deciding.destroy(record=record, by=request.user, now=timezone.now())
        messages.success(request, _("The file is removed."))
        return redirect(queries.list_url(record.case, request.user))
    context = {
        "case": record.case,
        "confirm_base": "staff.html",
        "page_title": _("Remove a file"),
        "question": _("Remove %(name)s?") % {"name": forms.isolated(record.name)},
        "consequence": _("The file that is locked away is destroyed. This can’t be undone."),
        "act": _("Remove it"),
        "keep": _("Keep it"),
        "keep_url": queries.list_url(record.case, request.user),
    }
    return render(request, "parts/confirm.html", context)


def _record(request, reference, key):
    return get_object_or_404(queries.record_to_read(visible_records(request.user), reference, key))


def _back(request, record):
    """The patient goes on adding; staff see how the file goes on."""
    is_adding = access.is_patient_of(request.user, record.case) and not permits.why_no_more(
        record.case, request.user
    )
    if is_adding:
        page = reverse("records:add", args=[record.case.reference])
    else:
        page = queries.list_url(record.case, request.user)
    return redirect(page + queries.anchor_of(record))
