"""Taking a request back, opening a lapsed one again, and places held elsewhere."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from referrals.intake import actions, queries
from referrals.rules.roads import CASE
from referrals.rules.workflow import StepNotPossible, may_take
from referrals.vocabulary import CaseStatus, PlaceStatus


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, reference):
    case = queries.own_case(request.user, reference)
    now = timezone.now()
    if request.method == "POST":
        actions.withdraw(case=case, by=request.user, now=now)
        messages.success(request, _("Your request is closed. Nobody reads it any more."))
        return redirect("home:requests")
    if case.status == CaseStatus.WITHDRAWN:
        return redirect("home:case", reference)
    if not may_take(CASE, "withdraw", case, by=request.user, now=now):
        raise StepNotPossible(
            _("Your opinion is signed or the request is closed, so it can’t be taken back any more.")
        )
    page = _draft_words() if case.status == CaseStatus.DRAFT else _sent_words()
    page["keep_url"] = reverse("home:case", args=[reference])
    return render(request, "parts/confirm.html", page)


def _draft_words():
    return {
        "question": _("Drop this draft?"),
        "consequence": _(
            "Nobody has read it. We stop all reminders about it. What you wrote and the files you added "
            "can’t be sent any more; they stay stored, closed, and only you can open them."
        ),
        "act": _("Drop the draft"),
        "keep": _("Keep the draft"),
    }


def _sent_words():
    return {
        "question": _("Take your request back?"),
        "consequence": _(
            "We stop reading at once and send no more reminders. A specialist who has it can’t open it any more. "
            "What you sent, and who opened it, stays on file at the clinic, as the law asks. "
            "To ask again you begin a new request."
        ),
        "act": _("Take it back"),
        "keep": _("Keep my request"),
    }


@never_cache
@require_POST
def reopen(request, reference):
    case = queries.own_case(request.user, reference)
    actions.reopen(case=case, by=request.user, now=timezone.now())
    messages.success(request, _("It is open again, with all you wrote."))
    return redirect("home:case", reference)


@never_cache
@require_POST
def place(request, reference, key):
    """Keep or cancel a place held elsewhere."""
    case = queries.own_case(request.user, reference)
    held = get_object_or_404(case.held_places, key=key)
    status = request.POST.get("status")
    if status not in PlaceStatus.values:
        raise Http404
    actions.mark_place(place=held, status=status, by=request.user, now=timezone.now())
    words = {
        PlaceStatus.KEPT: _("Noted: you keep this place."),
        PlaceStatus.CANCELLED: _("Noted: you canceled this place."),
        PlaceStatus.HELD: _("Noted: you hold this place."),
    }
    messages.success(request, words[status])
    return redirect(reverse("home:case", args=[reference]) + "#places")
