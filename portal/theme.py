"""Light or dark: a cookie, so that the server can say it in the page and nothing flashes."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views import View

from referrals.widgets import Radios

COOKIE = "theme"
THEMES = ("light", "dark")
A_YEAR = 365 * 24 * 60 * 60


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(
        label=_("How should the pages look?"),
        choices=[("device", _("As my device does")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=Radios,
        error_messages={"required": _("Choose how the pages should look")},
    )


@method_decorator(login_not_required, name="dispatch")
class ChooseTheme(View):
    def get(self, request):
        form = ThemeForm(initial={"theme": theme_of(request) or "device"})
        return self.page(request, form)

    def post(self, request):
        form = ThemeForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, status=422)
        response = HttpResponseRedirect(next_of(request))
        chosen = form.cleaned_data["theme"]
        if chosen in THEMES:
            response.set_cookie(
                COOKIE, chosen, max_age=A_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
            )
        else:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response

    def page(self, request, form, status=200):
        return render(
            request, "parts/theme_page.html", {"form": form, "next": next_of(request)}, status=status
        )


def theme_of(request):
    """`light`, `dark`, or nothing: then the device decides (and the reading room is dark)."""
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in THEMES else ""


def next_of(request):
    """Where to go afterwards; an address of ours only."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("theme")
