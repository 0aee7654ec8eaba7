"""The pages of this room."""

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from referrals.reminders import actions, queries, wishes, words
from referrals.reminders.forms import START, STOP, ChangeForm, LaterForm
from referrals.rules import access, audit, occasions
from referrals.vocabulary import Act

# --- links in mails: no sign-in, and nothing changes before a button is pressed --------------------


@never_cache
@login_not_required
def later(request, token):
    reminder = wishes.reminder_of(token, "later")
    if reminder is None:
        return _link_is_over(request)
    form = LaterForm(request.POST if request.method == "POST" else None)
    until = None
    if form.is_bound and form.is_valid():
        until = actions.snooze(
            person=reminder.recipient, rule=reminder.rule, days=form.cleaned_data["days"], now=timezone.now()
        )
        until = until.astimezone(occasions.zone_of(reminder.recipient, reminder.case.clinic))
    page = {"form": form, "kind": words.KINDS[reminder.rule], "until": until}
    return render(request, "referrals/reminders/later.html", page, status=422 if form.errors else 200)


@csrf_exempt  # the signed link is the permission; mail programs stop with one click of theirs (RFC 8058)
@never_cache
@login_not_required
def stop(request, token):
    reminder = wishes.reminder_of(token, "stop")
    if reminder is None:
        return _link_is_over(request)
    if request.method == "POST":
        actions.stop(person=reminder.recipient, rule=reminder.rule, now=timezone.now())
    page = {"kind": words.KINDS[reminder.rule], "is_done": request.method == "POST"}
    return render(request, "referrals/reminders/stop.html", page)


def _link_is_over(request):
    return render(request, "referrals/reminders/link_over.html", status=404)


# --- what a person may change ---------------------------------------------------------------------


@require_safe
def my_reminders(request):
    shell = "staff.html" if access.roles_of(request.user) else "patient.html"
    kinds = queries.kinds_of(request.user, now=timezone.now())
    page = {"shell": shell, "kinds": kinds, "days": actions.SNOOZES}
    return render(request, "referrals/reminders/settings.html", page)


@require_POST
def change_kind(request, rule):
    if rule not in words.KINDS:
        raise Http404
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return redirect("reminders:settings")
    act, now = form.cleaned_data["act"], timezone.now()
    if act == STOP:
        actions.stop(person=request.user, rule=rule, now=now)
        messages.success(request, _("Stopped. You can start it again any time."))
    elif act == START:
        actions.start_again(person=request.user, rule=rule, now=now)
        messages.success(request, _("These reminders come again."))
    else:
        actions.snooze(person=request.user, rule=rule, days=int(act), now=now)
        messages.success(request, _("We remind you later."))
    return redirect("reminders:settings")


# --- staff ----------------------------------------------------------------------------------------


@require_safe
def case_ledger(request, reference):
    case = get_object_or_404(
        access.visible_cases(request.user).select_related("clinic", "patient"), reference=reference
    )
    if not access.is_staff_for(request.user, case):
        raise PermissionDenied(_("Only the care team sees the reminders of a request."))
    now = timezone.now()
    audit.record(Act.OPEN_CASE, by=request.user, now=now, case=case, detail={"page": "reminders"})
    page = {"case": case, "now": now, "tab": "reminders", "ledger": queries.ledger(case, now=now)}
    return render(request, "referrals/reminders/case.html", page)


@require_POST
def skip(request, key):
    reminder = get_object_or_404(
        access.visible_reminders(request.user).select_related("case__clinic"), key=key
    )
    actions.skip(reminder=reminder, by=request.user, now=timezone.now())
    messages.success(request, _("Skipped. The others stay as planned."))
    return redirect("reminders:case", reference=reminder.case.reference)


@require_safe
def all_reminders(request):
    if not access.clinics_as(request.user, *access.STAFF):
        raise PermissionDenied(_("Only the care team sees all reminders."))
    tab = request.GET.get("tab", queries.FAILED)
    if tab not in queries.TABS:
        raise Http404
    found = queries.overview(request.user, tab=tab, after=_cursor(request.GET.get("after", "")))
    titles = {queries.FAILED: _("Not delivered"), queries.TO_CALL: _("To call"), queries.NEXT: _("Planned")}
    page = {
        "tab": tab,
        "title": titles[tab],
        "lines": found["lines"],
        "views": [
            {"title": titles[name], "url": _list_url(name), "count": count, "is_current": name == tab}
            for name, count in found["counts"].items()
        ],
        "more_url": _list_url(tab, found["more"]) if found["more"] else "",
    }
    return render(request, "referrals/reminders/list.html", page)


def _list_url(tab, more=None):
    query = {"tab": tab}
    if more:
        query["after"] = signing.dumps([more[0].isoformat(), more[1]], salt="reminders.page")
    return f"{reverse('reminders:list')}?{urlencode(query)}"


def _cursor(text):
    if not text:
        return None
    try:
        at, pk = signing.loads(text, salt="reminders.page")
    except signing.BadSignature:
        raise Http404 from None
    return dt.datetime.fromisoformat(at), pk
