"""The inbox, offers, the reading room, asking and giving back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals.review import actions, queries
from referrals.review import room as rooms
from referrals.review.forms import AskForm, DeclineForm, GiveBackForm, LimitForm, TakeForm
from referrals.review.words import why_gone
from referrals.rules.access import roles_of
from referrals.rules.roads import CASE
from referrals.rules.workflow import StepNotPossible, may_take, why_not
from referrals.vocabulary import READING_REFERRAL, ReferralStatus, Role


def only_specialists(user):
    if Role.SPECIALIST not in roles_of(user):
        raise PermissionDenied(_("This page is for specialists."))


@require_safe
def inbox(request):
    only_specialists(request.user)
    view = request.GET.get("view", "all")
    view = view if view in queries.VIEWS else "all"
    now = timezone.now()
    context = queries.inbox(request.user, view=view, page=request.GET.get("page"), now=now)
    for offer in context["offers"]:
        offer.take, offer.decline = forms_of(offer.referral)
    return render(request, "referrals/review/inbox.html", context | {"now": now, "view": view})


def forms_of(referral, take=None, decline=None):
    """The two forms of an offer; several stand on one page, so their ids differ."""
    ids = f"id_{referral.key.hex[:8]}_%s"
    return take or TakeForm(auto_id=ids), decline or DeclineForm(auto_id=ids)


# Offers ------------------------------------------------------------------------------


def offer_or_404(request, key):
    return get_object_or_404(queries.own_referrals(request.user), key=key)


@require_safe
def offer(request, key):
    return offer_page(request, offer_or_404(request, key))


def offer_page(request, referral, *, take=None, decline=None, status=200):
    now = timezone.now()
    context = queries.one_offer(request.user, referral, now=now) | {"now": now}
    if "offer" in context:
        context["offer"].take, context["offer"].decline = forms_of(referral, take, decline)
    context["has_errors"] = status == 422
    context["is_declining"] = decline is not None or "decline" in request.GET
    return render(request, "referrals/review/offer.html", context, status=status)


@require_POST
def take_offer(request, key):
    referral = offer_or_404(request, key)
    form = TakeForm(request.POST, auto_id=f"id_{referral.key.hex[:8]}_%s")
    if not form.is_valid() and referral.status == ReferralStatus.OFFERED:
        return offer_page(request, referral, take=form, status=422)
    actions.accept(referral=referral, by=request.user, now=timezone.now())
    messages.success(request, _("It is yours to read now."))
    return redirect("review:room", referral.case.reference)


@require_POST
def decline_offer(request, key):
    referral = offer_or_404(request, key)
    form = DeclineForm(request.POST, auto_id=f"id_{referral.key.hex[:8]}_%s")
    if not form.is_valid() and referral.status == ReferralStatus.OFFERED:
        return offer_page(request, referral, decline=form, status=422)
    answer = form.cleaned_data
    actions.decline(
        referral=referral, by=request.user, now=timezone.now(), reason=answer.get("reason", ""),
        who=answer.get("who", ""),
    )  # fmt: skip
    messages.success(request, _("Declined. We ask someone else."))
    return redirect("review:inbox")


class Limit(View):
    """A specialist's own limit, and whether new cases come."""

    def dispatch(self, request):
        only_specialists(request.user)
        self.profile = queries.profile_of(request.user)
        if self.profile is None:
            raise PermissionDenied(_("Your profile is not set up yet. The lead can do that."))
        return super().dispatch(request)

    def get(self, request):
        saved = {"most_cases": self.profile.most_cases, "taking_cases": self.profile.taking_cases}
        return self.page(request, LimitForm(initial=saved))

    def post(self, request):
        form = LimitForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, 422)
        actions.set_limit(profile=self.profile, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("review:inbox")

    def page(self, request, form, status=200):
        return render(request, "referrals/review/limit.html", {"form": form}, status=status)


# The reading room --------------------------------------------------------------------


def reading_or_404(request, reference):
    return get_object_or_404(rooms.readings(request.user), case__reference=reference)


@require_http_methods(["GET", "HEAD", "POST"])
def room(request, reference):
    """Words to search for come by POST, so that they are in no address; all else is the same page."""
    referral = reading_or_404(request, reference)
    now = timezone.now()
    records = rooms.records_of(referral.case, request.user)
    record, page = rooms.asked_for(records, request.GET)
    if request.method != "HEAD":  # looking is an act that the patient is shown
        reading = actions.enter(referral=referral, by=request.user, now=now, record=record, page=page)
        if record:
            record.mine = [reading]
    context = rooms.room(referral, request.user, records=records, asked=request.GET, now=now)
    context |= {"query": request.POST.get("q", "")[:200].replace("\x00", ""), "now": now}
    context["only_reading"] = request.headers.get(
        "X-Only-Reading", ""
    )  # the script keeps the opinion as it is
    return render(request, "referrals/review/room.html", context)


class OwnReading(View):
    """An act on a case that is being read; what can't be done now is said in words."""

    act = ""

    def dispatch(self, request, reference):
        self.referral = reading_or_404(request, reference)
        self.case, now = self.referral.case, timezone.now()
        if self.referral.status not in READING_REFERRAL:
            raise StepNotPossible(why_gone(self.referral))
        if not may_take(CASE, self.act, self.case, by=request.user, now=now):
            raise StepNotPossible(why_not(CASE, self.act, self.case, by=request.user, now=now))
        return super().dispatch(request, reference)

    def get(self, request, reference):
        return self.page(request, self.form_class())

    def post(self, request, reference):
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.page(request, form, 422)
        return self.done(request, form)

    def page(self, request, form, status=200):
        context = {"form": form, "referral": self.referral, "case": self.case}
        return render(request, self.template, context, status=status)


class Ask(OwnReading):
    act, form_class, template = "clarify", AskForm, "referrals/review/ask.html"

    def done(self, request, form):
        actions.ask(
            referral=self.referral, asked_of=form.cleaned_data["asked_of"], items=form.items, by=request.user,
            now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("Asked. Your clock stands still until the answer is here."))
        return redirect(f"{reverse('review:room', args=[self.case.reference])}?record=answers&pane=page")


class GiveBack(OwnReading):
    act, form_class, template = "reassign", GiveBackForm, "referrals/review/give_back.html"

    def done(self, request, form):
        actions.give_back(referral=self.referral, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Given back. Staff find someone else."))
        return redirect("review:inbox")


@require_POST
def go_on(request, reference):
    referral = reading_or_404(request, reference)
    actions.go_on(
        referral=referral, by=request.user, now=timezone.now(), without=request.POST.get("without") == "yes"
    )
    messages.success(request, _("Your clock runs again."))
    return redirect("review:room", reference)
