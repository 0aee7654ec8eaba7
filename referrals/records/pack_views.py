"""Taking the records along: have the pack made, then fetch it as one file."""

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from referrals.records import sending
from referrals.records.pack import actions, zipped
from referrals.rules import access
from referrals.rules.closed import CLOSED
from referrals.rules.workflow import StepNotPossible


@require_http_methods(["GET", "HEAD", "POST"])
def pack(request, reference):
    """The patient's own, or made for them by staff."""
    cases = access.visible_cases(request.user).select_related("clinic", "patient")
    case = get_object_or_404(cases, reference=reference)
    is_own = access.is_patient_of(request.user, case)
    if not is_own and not access.is_staff_for(request.user, case):
        raise Http404
    if request.method == "POST":
        actions.ask_for(case=case, by=request.user, now=timezone.now())
        return redirect("records:pack", reference)
    context = {"case": case, "is_own": is_own, "base": "patient.html" if is_own else "staff.html"}
    return render(request, "referrals/records/pack.html", context | _page(case, request.user))


def _page(case, person):
    """The last pack, how it stands, and what came since."""
    count = actions.records_for(case, person).count()
    pack = access.visible_packs(person).filter(case=case).first()
    if pack is None:
        return {"count": count, "pack": None}
    entries = list(zipped.entries_of(pack))
    return {
        "count": count, "pack": pack, "packed": len(entries), "is_stale": not actions.is_whole(pack, person),
        "newer": max(count - len(entries), 0), "size": zipped.size_of(pack, entries),
    }  # fmt: skip


@require_safe
def download(request, reference, key):
    """The zip, written while it is sent."""
    packs = access.visible_packs(request.user).select_related("case__clinic", "case__patient")
    found = get_object_or_404(packs, case__reference=reference, key=key)
    headers = {**CLOSED, "Content-Type": "application/zip"}
    headers["Content-Disposition"] = sending.disposition(f"records-{reference}.zip")
    if request.method == "HEAD":
        if objection := actions.why_not(found, request.user):
            raise StepNotPossible(objection)
        return StreamingHttpResponse((), headers=headers)  # how long it is is known once it is made
    actions.take(pack=found, by=request.user, now=timezone.now())
    return StreamingHttpResponse(zipped.stream(found), headers=headers)
