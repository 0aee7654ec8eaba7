"""The way in: the first question, with or without an account."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from referrals.intake import actions, steps
from referrals.intake.forms import SituationForm
from referrals.rules import access
from referrals.vocabulary import Situation

# What waits in the session until there is an account: a code, and the random key of a self-check (the roof sets it).
SITUATION, SELF_CHECK = "ask_situation", "self_check_key"


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request):
    """What happened? Nothing is chosen beforehand, but for what the person chose a moment ago."""
    signed_in = request.user.is_authenticated
    if signed_in:
        _refuse_staff(request.user)
    if request.method != "POST":
        chosen = request.session.get(SITUATION)
        return _question(request, SituationForm(initial={"situation": chosen}))
    form = SituationForm(request.POST)
    if not form.is_valid():
        return _question(request, form, status=422)
    situation = form.cleaned_data["situation"]
    if signed_in:
        return _begin(request, situation)
    request.session[SITUATION] = situation
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': reverse('intake:begin')})}")


@never_cache
@login_not_required
@require_safe
def none_fits(request):
    """A true way on for whoever finds no card of theirs."""
    return render(request, "referrals/intake/none_fits.html", {"unclear": Situation.UNCLEAR})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request):
    """After sign-up or sign-in: one button makes the draft of what was chosen before."""
    if access.roles_of(request.user):
        return redirect("home:mine")
    situation = request.session.get(SITUATION)
    if situation not in Situation.values:
        return redirect("intake:start")
    if request.method != "POST":
        chosen = Situation(situation)
        return render(request, "referrals/intake/begin.html", {"situation": chosen})
    return _begin(request, situation)


def _begin(request, situation):
    key = request.session.get(SELF_CHECK)
    case = actions.start(by=request.user, now=timezone.now(), situation=situation, self_check_key=key)
    for name in (SITUATION, SELF_CHECK):
        request.session.pop(name, None)
    return redirect(steps.BY_SLUG["about"].url(case))


def _question(request, form, status=200):
    page = {"form": form, "step_number": 1, "step_count": len(steps.STEPS)}
    return render(request, "referrals/intake/start.html", page, status=status)


def _refuse_staff(person):
    if access.roles_of(person):
        raise PermissionDenied(_("This account is for work. Use an account of your own to ask for yourself."))
