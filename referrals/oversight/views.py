"""The lead's pages, and the page behind an invitation."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from referrals.models import Clinic, Person
from referrals.oversight import actions, forms, queries
from referrals.rules.workflow import StepNotPossible

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def _lead_only(request):
    if not queries.led_clinics(request.user):
        raise PermissionDenied(_("Only the clinic’s lead decides who works here."))


def people(request):
    """Who works here, and who is invited."""
    _lead_only(request)
    return render(
        request, "referrals/oversight/people.html", queries.people_page(request.user, now=timezone.now())
    )


def invite(request):
    _lead_only(request)
    form = forms.InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        clinic = Clinic(pk=min(queries.led_clinics(request.user)))
        clinic.refresh_from_db()
        actions.invite(clinic=clinic, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The invitation is on its way. It holds for 7 days."))
        return redirect("oversight:people")
    return render(
        request, "referrals/oversight/invite.html", {"form": form}, status=422 if form.is_bound else 200
    )


def withdraw_invitation(request, number):
    _lead_only(request)
    invitation = get_object_or_404(queries.invitations_led_by(request.user, number))
    if request.method == "POST":
        actions.withdraw_invitation(invitation=invitation, by=request.user, now=timezone.now())
        messages.success(request, _("The link no longer works."))
        return redirect("oversight:people")
    return render(
        request,
        "parts/confirm.html",
        {
            "question": _("Take this invitation back?"),
            "consequence": _("The link in the mail stops working. You can invite the same person again."),
            "act": _("Take it back"),
            "keep": _("Keep it"),
            "keep_url": reverse("oversight:people"),
            "confirm_base": "staff.html",
        },
    )


def end_membership(request, key, role):
    _lead_only(request)
    membership = get_object_or_404(
        queries.memberships_led_by(request.user), person__key=key, role=role, ended_at__isnull=True
    )
    if request.method == "POST":
        actions.end_membership(membership=membership, by=request.user, now=timezone.now())
        messages.success(request, _("Done. What this role opened is closed."))
        return redirect("oversight:people")
    return render(
        request,
        "parts/confirm.html",
        {
            "question": _("End this role?"),
            "consequence": _(
                "%(name)s, %(role)s: from the next click on, what this role opened is closed. "
                "What they did stays on record."
            )
            % {"name": membership.person.shown_name, "role": membership.get_role_display()},
            "act": _("End the role"),
            "keep": _("Keep it"),
            "keep_url": reverse("oversight:people"),
            "confirm_base": "staff.html",
        },
    )


def specialist(request, key):
    """What is known of a specialist, for the lead to change."""
    _lead_only(request)
    person = get_object_or_404(queries.specialists_led_by(request.user), key=key)
    form = forms.ProfileForm(request.POST or None, instance=person.specialist_profile)
    if request.method == "POST" and form.is_valid():
        actions.save_profile(form=form, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("oversight:people")
    page = {"form": form, "person": person}
    return render(request, "referrals/oversight/specialist.html", page, status=422 if form.is_bound else 200)


@login_not_required
@sensitive_post_parameters("password")
def join(request, token):
    """Behind the link of an invitation: open an account, or add the role to the one that is signed in."""
    now = timezone.now()
    invitation = queries.open_invitation(actions.hashed(token), now=now)
    if invitation is None:
        return render(request, "referrals/oversight/join_closed.html", status=410)
    if request.user.is_authenticated or queries.has_account(invitation.email):
        return _join_as_known(request, invitation, now)
    form = forms.JoinForm(
        request.POST or None,
        initial={"name": invitation.name},
        person=Person(email=invitation.email, name=invitation.name),
    )
    if request.method == "POST" and form.is_valid():
        person = actions.join(invitation=invitation, now=now, **form.cleaned_data)
        login(request, person, backend=MODEL_BACKEND)
        return redirect("home:mine")
    page = {"form": form, "invitation": invitation}
    return render(request, "referrals/oversight/join.html", page, status=422 if form.is_bound else 200)


def _join_as_known(request, invitation, now):
    """An address with an account: its owner signs in, and takes the role with one button."""
    theirs = request.user.is_authenticated and request.user.email == invitation.email
    if request.method == "POST" and theirs:
        actions.join(invitation=invitation, person=request.user, now=now)
        return redirect("home:mine")
    if request.method == "POST":
        raise StepNotPossible(_("Sign in with the address that was invited, then open the link again."))
    return render(
        request, "referrals/oversight/join_known.html", {"invitation": invitation, "theirs": theirs}
    )
