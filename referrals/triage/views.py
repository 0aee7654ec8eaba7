"""The list of requests, taking one, and finding a specialist. The other acts are in `act_views`."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from referrals.rules import access, audit, clocks
from referrals.rules.roads import REFERRAL
from referrals.rules.workflow import StepNotPossible, may_take
from referrals.triage import actions, forms, next_acts, queries
from referrals.triage import worklist as lists
from referrals.vocabulary import Act, CaseStatus


@require_safe
def worklist(request):
    """The clinic's requests, soonest decision first."""
    if not access.clinics_as(request.user, *access.STAFF):
        raise PermissionDenied(_("This list is for the clinic’s care team."))
    now = timezone.now()
    specialties, owners = lists.choices_for(request.user)
    filters = forms.FilterForm(request.GET, specialties=specialties, owners=owners)
    page = lists.worklist(request.user, filters.asked, now=now)
    counts = page["counts"]
    return render(
        request,
        "referrals/triage/worklist.html",
        {
            "now": now,
            "filters": filters,
            "asked": filters.asked,
            "rows": [_row(case, now) for case in page["cases"]],
            "views": [
                {
                    "title": view.label,
                    "url": f"?view={code}",
                    "count": count_words(counts[code]),
                    "is_current": code == filters.asked.view,
                }
                for code, view in lists.VIEWS.items()
                if code != "ended" or filters.asked.view == "ended"
            ],
            "total": count_words(counts["here"]),
            "sort_words": lists.SORTS[page["sort"]][0],
            "empty": lists.VIEWS[filters.asked.view].empty,
            "page": page,
        },
    )


def count_words(count):
    return f"{lists.MOST_COUNTED:,}+" if count > lists.MOST_COUNTED else str(count)


def _row(case, now):
    return {
        "case": case,
        "age": clocks.age_on(timezone.localdate(now), case.subject_born_on),
        "stage": next_acts.stage_of(case),
        "tone": next_acts.stage_tone(case),
        "next": next_acts.next_act(case, now=now),
        "may_take": case.claimed_by is None and not case.is_ended,
    }


@require_POST
def claim(request, reference):
    """Take a request, from its page or from the list."""
    case = get_object_or_404(queries.cases(request.user), reference=reference)
    actions.claim(case=case, by=request.user, now=timezone.now())
    messages.success(request, _("You have it."))
    return redirect(_way_back(request, case))


def _way_back(request, case):
    """The list as it was, where the request was taken from there; else its page."""
    form = forms.ClaimForm(request.POST)
    back = form.cleaned_data["back"] if form.is_valid() else ""
    is_ours = back.startswith(reverse("triage:worklist")) and url_has_allowed_host_and_scheme(
        back, allowed_hosts=None
    )
    return back if is_ours else reverse("home:staff_case", args=[case.reference])


@require_POST
def want(request, reference, type):
    """A record that was waived is needed after all."""
    case = get_object_or_404(queries.cases(request.user), reference=reference)
    item = get_object_or_404(case.checklist, type=type)
    actions.want(case=case, item=item, by=request.user, now=timezone.now())
    messages.success(request, _("It is wanted again."))
    return redirect("home:staff_case", case.reference)


def match(request, reference):
    """Who should read it: reasons for and against, and the offer to the one that is chosen."""
    now = timezone.now()
    case = get_object_or_404(
        queries.cases(request.user).prefetch_related("questions", "avoided_names"), reference=reference
    )
    if case.status != CaseStatus.ROUTING:
        raise StepNotPossible(_("This case is not waiting for a specialist."))
    page = queries.match_page(case)
    chosen = _chosen(request, page["matches"])
    replies = queries.replies(case, now=now)
    form = forms.OfferForm(request.POST if request.method == "POST" else None, replies=replies)
    if request.method == "POST":
        if page["offer"]:
            raise StepNotPossible(_("Somebody was faster: an offer is out already."))
        if chosen is None:
            form.add_error(None, _("Choose a specialist"))
        elif form.is_valid():
            return _send_offer(request, case, chosen, form, now)
    else:
        audit.record(Act.OPEN_CASE, by=request.user, now=now, case=case, detail={"page": "match"})
    return render(
        request,
        "referrals/triage/match.html",
        {
            **page,
            "case": case,
            "now": now,
            "chosen": chosen,
            "form": form,
            "review_due_at": queries.review_due(case, accepted_at=replies[0][2]),
            "may_recall": page["offer"]
            and may_take(REFERRAL, "recall", page["offer"], by=request.user, now=now),
        },
        status=422 if form.is_bound else 200,
    )


def _chosen(request, matches):
    """The specialist named in the address, unless something bars them."""
    key = request.GET.get("to", "")
    return next((each for each in matches if str(each.person.key) == key and not each.bar), None)


def _send_offer(request, case, chosen, form, now):
    actions.offer(
        case=case, specialist=chosen.person, by=request.user, now=now, note=form.cleaned_data["note"],
        expires_at=form.until[form.cleaned_data["reply"]],
    )  # fmt: skip
    messages.success(request, _("The offer is out."))
    return redirect("home:staff_case", case.reference)


@require_POST
def recall(request, reference, key):
    """Take an offer back that nobody has answered."""
    case = get_object_or_404(queries.cases(request.user), reference=reference)
    referral = get_object_or_404(access.visible_referrals(request.user).filter(case=case), key=key)
    actions.recall(referral=referral, by=request.user, now=timezone.now())
    messages.success(request, _("The offer is taken back. You can ask somebody else."))
    return redirect("triage:match", case.reference)
