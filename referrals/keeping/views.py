"""Thin: who is asked for, what came in, which page answers."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from referrals.keeping import actions, forms, queries
from referrals.rules import access, audit
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act


@require_safe
def case(request, reference):
    """For staff: how long each record is kept, and what was deleted."""
    found, now = queries.staff_case(request.user, reference), timezone.now()
    audit.record(Act.OPEN_CASE, by=request.user, now=now, case=found, detail={"page": "keeping"})
    context = {"case": found, "now": now, "tab": "keeping", **queries.page(found, request.user)}
    return render(request, "referrals/keeping/case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request, reference):
    found = _led(request, reference)
    if found.is_held:
        raise StepNotPossible(_("There is a legal hold on this request already."))
    return _act(
        request, found, forms.HoldForm, partial(actions.hold, case=found),
        done=_("Nothing of this request is deleted from now on."), title=_("Place a legal hold"),
        lead=_("Until it is lifted, nothing of this request is deleted."), button=_("Keep everything"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def lift(request, reference):
    found = _led(request, reference)
    if not found.is_held:
        raise StepNotPossible(_("There is no legal hold on this request any more."))
    return _act(
        request, found, forms.LiftForm, partial(actions.lift, case=found),
        done=_("The legal hold is lifted. The usual days hold again."), title=_("Lift the legal hold"),
        lead=_("What is past its last day is deleted in the next night."), button=_("Lift it"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request, reference, key):
    found = _led(request, reference)
    record = get_object_or_404(access.visible_records(request.user).filter(case=found), key=key)
    record.case = found
    if objection := actions.why_not_erase(record):
        raise StepNotPossible(objection)
    return _act(
        request, found, forms.EraseForm, partial(actions.erase, record=record), record=record,
        done=_("The record is deleted. The certificate stays."), title=_("Delete this record for good"),
        lead=_("Its pages, its text and the file itself are gone then. Nobody can bring them back."),
        button=_("Delete it for good"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request, reference):
    """For the patient: until when we keep it; a button to keep it longer."""
    found = get_object_or_404(
        access.visible_cases(request.user).select_related("clinic", "patient"), reference=reference
    )
    if not access.is_patient_of(request.user, found):
        raise PermissionDenied(_("Only the person who asked can see this."))
    if request.method == "POST":
        actions.keep_longer(
            case=found, by=request.user, now=timezone.now(), seen=request.POST.get("seen", "")
        )
        messages.success(request, _("We keep your records a year longer."))
        return redirect("keeping:mine", reference)
    return render(request, "referrals/keeping/mine.html", {"case": found, **queries.own_page(found)})


def _led(request, reference):
    found = queries.staff_case(request.user, reference)
    if not access.is_lead_for(request.user, found):
        raise PermissionDenied(_("The lead decides what is kept and what is deleted."))
    return found


def _act(request, found, form_class, act, *, done, **words):
    """A page with a form that does one thing; what was typed stays where it can't be done."""
    now = timezone.now()
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act(by=request.user, now=now, **form.cleaned_data)
        messages.success(request, done)
        return redirect("keeping:case", found.reference)
    context = {"case": found, "now": now, "tab": "keeping", "form": form, **words}
    return render(request, "referrals/keeping/act.html", context, status=422 if form.errors else 200)
