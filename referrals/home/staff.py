"""The staff's pages of one case: overview, records, who opened what, history. Each opening is written down."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from referrals.home import openings, staff_page
from referrals.rules import audit, clocks, timeline
from referrals.triage import queries
from referrals.vocabulary import Act


def _opened(request, rows, reference, page):
    """The case, if its staff asks for it; and a line in the audit log."""
    now = timezone.now()
    case = get_object_or_404(rows, reference=reference)
    audit.record(Act.OPEN_CASE, by=request.user, now=now, case=case, detail={"page": page})
    return case, {"case": case, "now": now, "tab": page}


@require_safe
def overview(request, reference):
    case, page = _opened(request, staff_page.cases(request.user), reference, "overview")
    page |= staff_page.overview(case, by=request.user, now=page["now"])
    page["ka_ended_at"] = case.delivered_at or case.ended_at
    return render(request, "referrals/home/staff_case.html", page)


@require_safe
def records(request, reference):
    case, page = _opened(request, queries.cases(request.user), reference, "records")
    page["timeline"] = staff_page.records(case, by=request.user, wish=timeline.wish_of(request.GET))
    page["search_url"] = reverse("viewer:search", args=[reference])
    page["flags"] = staff_page.flags(case, by=request.user)
    return render(request, "referrals/home/staff_records.html", page)


@require_safe
def log(request, reference):
    case, page = _opened(request, queries.cases(request.user), reference, "log")
    page["rows"], page["more"] = openings.for_staff(
        case, until=clocks.moment_of(request.GET.get("until", ""))
    )
    return render(request, "referrals/home/staff_log.html", page)


@require_safe
def history(request, reference):
    case, page = _opened(request, queries.cases(request.user), reference, "history")
    page["rows"] = staff_page.history(case)
    return render(request, "referrals/home/staff_history.html", page)
