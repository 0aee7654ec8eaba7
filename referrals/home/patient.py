"""The patient's own pages: all requests, one request, who opened what."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from referrals.home import openings
from referrals.home import patient_queries as queries
from referrals.vocabulary import CaseStatus


@require_safe
def requests(request):
    """Everything this person asked, with the next step of each."""
    page = queries.requests_page(request.user, now=timezone.now())
    return render(request, "referrals/home/requests.html", page)


@require_safe
def case(request, reference):
    own = queries.own_case(request.user, reference)
    now = timezone.now()
    if own.status == CaseStatus.DRAFT:
        return render(request, "referrals/home/draft.html", queries.draft_page(own, now=now))
    return render(request, "referrals/home/case.html", queries.case_page(own, now=now))


@require_safe
def access_log(request, reference):
    own = queries.own_case(request.user, reference)
    page = openings.page_for_patient(own, number=request.GET.get("page"))
    return render(request, "referrals/home/access_log.html", page)
