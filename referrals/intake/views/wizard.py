"""One step of the wizard, and sending."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from referrals.intake import actions, disclaimer, forms, queries, steps, summary, wording
from referrals.rules import mismatches
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import CaseStatus, Emergency, Situation

CONTINUE, LATER, AUTOSAVE = "continue", "later", "autosave"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request, reference, slug):
    here = steps.BY_SLUG.get(slug)
    if here is None:
        raise Http404
    case = queries.own_case(request.user, reference)
    if case.status != CaseStatus.DRAFT:
        return _no_draft_any_more(request, case, here)
    if slug == "records":
        return redirect(here.url(case))
    now = timezone.now()
    if request.method == "POST":
        return _save(request, case, here, now)
    form = forms.fresh_form(slug, case=case, today=queries.today_of(case, now))
    if slug == "dates" and "more" in request.GET:
        form.add_place()
    return _page(request, case, here, form, now)


def _save(request, case, here, now):
    """Keep all that is right whichever button was pressed; what comes then depends on it."""
    press = request.POST.get("go", CONTINUE)
    form = forms.posted_form(here.slug, request.POST, case=case, today=queries.today_of(case, now))
    try:
        actions.save_step(case=case, form=form, slug=here.slug, by=request.user, now=now, press=press)
    except StepNotPossible as late:
        if press == AUTOSAVE:
            return JsonResponse({"words": str(late)}, status=409)
        if here.slug == "check":  # two presses on "send" at once: both find what the first one did
            case.refresh_from_db()
            return _no_draft_any_more(request, case, here)
        raise
    if press == AUTOSAVE:
        words = _("Saved at %(time)s. You can stop now and lose nothing.") % {
            "time": localtime(now).strftime("%H:%M")
        }
        return JsonResponse({"words": words})
    if press == LATER:
        messages.success(request, _("Saved. Go on whenever you like, on any device."))
        return redirect("home:case", case.reference)
    if press != CONTINUE:
        return redirect(here.url(case) + _place_on(here, form, press))
    if not form.is_valid():
        return _page(request, case, here, form, now, status=422)
    if here.slug == "check":
        return _send(request, case, here, form, now)
    back = request.GET.get("back") == "check"
    return redirect((steps.STEPS[-1] if back else steps.after(here)).url(case))


def _place_on(here, form, press):
    """After a button inside the form: where on the page something changed."""
    verb = press.partition(":")[0]
    if here.slug == "dates":
        return "?more=1#more" if verb == "more" else "#places"
    if here.slug == "questions":
        return f"#id_question_{len(form.asked) + 1}" if verb == "more" else "#questions"
    return ""


def _send(request, case, here, form, now):
    if case.emergency == Emergency.PRESENT:
        form.add_error("emergency", _("Get care now. Your request is kept, and you can send it later"))
    elif not queries.lacking(case):
        actions.submit(case=case, by=request.user, now=now)
        return redirect("intake:sent", case.reference)
    return _page(request, case, here, form, now, status=422)


def _no_draft_any_more(request, case, here):
    """Sent, or closed: a second press on "send" finds the page of the first; the rest is told so."""
    if request.method == "POST" and request.POST.get("go") == AUTOSAVE:
        return JsonResponse({"words": _("This request was sent or closed meanwhile.")}, status=409)
    if case.submitted_at and not case.is_ended and request.method == "POST" and here.slug == "check":
        return redirect("intake:sent", case.reference)
    if case.submitted_at and not case.is_ended:
        messages.warning(
            request, _("You have sent this request, so its answers stand. To add something, call us.")
        )
    else:
        messages.warning(request, _("This request is closed, so it can’t be changed."))
    return redirect("home:case", case.reference)


def _page(request, case, here, form, now, status=200):
    lacks = queries.lacking(case)
    before = steps.before(here)
    page = {
        "case": case, "form": form, "here": here, "step_number": here.number, "step_count": len(steps.STEPS),
        "back_url": before.url(case) if before else "", "now": now, "situation": case.situation,
        "step_list": queries.step_list(case, lacks), "places": getattr(form, "places", []),
        "reference": case.reference,
        "saved_at": case.edited_at if case.edited_at != case.created_at else None,
        "forms": [form, *getattr(form, "places", [])], "has_errors": status == 422 or bool(form.errors),
    }  # fmt: skip
    if here.slug == "first-opinion":
        page |= {
            "heading": wording.TITLES.get(case.situation, wording.TITLE),
            "trust": case.situation == Situation.TRUST,
        }
    if here.slug == "check":
        others = [(f"{step.url(case)}?back=check", words) for step, words in lacks if step.slug != "check"]
        page |= {
            "sections": summary.sections(case, lacks, now=now), "lacking": others, "notice": disclaimer.words(),
            "notice_version": disclaimer.CURRENT, "dates": summary.what_happens_next(case, now),
            "danger": case.emergency == Emergency.PRESENT, "has_errors": status == 422,
            "show_lacking": status == 422, "flags": mismatches.together(mismatches.open_flags(case)),
        }  # fmt: skip
    return render(request, f"referrals/intake/{here.slug.replace('-', '_')}.html", page, status=status)


@never_cache
@require_safe
def sent(request, reference):
    case = queries.own_case(request.user, reference)
    if not case.submitted_at or case.is_ended:
        return redirect("home:case", case.reference)
    return render(request, "referrals/intake/sent.html", {"case": case})
