"""Writing, looking at it as the patient will, signing, and reading what was signed."""

from allauth.core import ratelimit
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_safe

from referrals.opinion import actions, plain, queries
from referrals.opinion.forms import OpinionForm, SignForm
from referrals.rules import audit
from referrals.rules.opinion_parts import check_code
from referrals.vocabulary import Act, ReferralStatus

AUTOSAVE = "X-Autosave"


class Write(View):
    """The form on a page of its own; the reading room shows the same beside the records."""

    def dispatch(self, request, reference):
        self.referral = get_object_or_404(queries.readings(request.user), case__reference=reference)
        return super().dispatch(request, reference)

    def get(self, request, reference):
        if self.referral.status == ReferralStatus.SIGNED:
            return redirect("opinion:signed", reference)
        return self.page(request)

    def post(self, request, reference):
        questions = list(self.referral.case.questions.all())
        form = OpinionForm(request.POST, questions=questions)
        if not form.is_valid():
            return self.unreadable(request, form)
        if "settle" in request.POST:
            if unsettled := self.settle(request, form):
                return self.conflict(request, form, unsettled, status=422)
        now = timezone.now()
        try:
            opinion = actions.save(
                referral=self.referral, by=request.user, now=now, edit=form.cleaned_data["edit"],
                texts=form.texts, answers=form.answers, is_autosave=AUTOSAVE in request.headers,
            )  # fmt: skip
        except actions.EditConflict as conflict:
            return self.conflict(request, form, conflict.opinion, sentence=str(conflict))
        if AUTOSAVE in request.headers:
            return JsonResponse(saved_state(self.referral, opinion))
        messages.success(request, _("Saved."))
        return redirect(self.next_url(request))

    def page(self, request, form=None, status=200, **more):
        context = {**queries.writing(self.referral, form=form), "now": timezone.now(), **more}
        return render(request, "referrals/opinion/write.html", context, status=status)

    def unreadable(self, request, form):
        if AUTOSAVE in request.headers:
            words = [error for errors in form.errors.values() for error in errors]
            return JsonResponse({"say": " ".join(words)}, status=422)
        return self.page(request, form, 422, back=request.POST.get("back", ""))

    def conflict(self, request, form, opinion, status=409, sentence=""):
        if AUTOSAVE in request.headers:
            return JsonResponse({"say": sentence}, status=409)
        context = {
            "referral": self.referral, "case": self.referral.case, "opinion": opinion, "form": form,
            "differences": queries.differences(form, opinion), "is_unsettled": status == 422,
            "back": request.POST.get("back", ""),
        }  # fmt: skip
        return render(request, "referrals/opinion/conflict.html", context, status=status)

    def settle(self, request, form):
        """Put the saved text where it was chosen. Gives the opinion back while a choice is missing."""
        opinion = queries.draft_of(self.referral)
        saved = OpinionForm(opinion=opinion, questions=form.questions).initial
        for difference in queries.differences(form, opinion):
            name = difference.field.name
            choice = request.POST.get(f"keep_{name}")
            if choice not in ("mine", "saved"):
                return opinion
            if choice == "saved":
                form.cleaned_data[name] = saved[name]
        return None

    def next_url(self, request):
        reference, then = self.referral.case.reference, request.POST.get("then", "")
        if then in ("preview", "sign"):
            return reverse(f"opinion:{then}", args=[reference])
        back = request.POST.get("back", "")
        if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            return back
        return reverse("opinion:edit", args=[reference])


def saved_state(referral, opinion):
    """What the page says after a save while typing."""
    referral.opinion = opinion
    opinion._prefetched_objects_cache = {}
    writing = queries.writing(referral)
    return {
        "edit": opinion.edit,
        "say": _("Saved %(time)s")
        % {"time": dateformat.format(timezone.localtime(opinion.saved_at), _("H:i"))},
        "done": _("%(done)d of %(of)d parts done") % {"done": writing["done"], "of": writing["of"]},
        "parts": {code: part.is_done for code, part in writing["parts"].items()},
        "hint": plain.hint_for(opinion.plain_words),
        "cites": writing["cites"],
    }


@require_safe
def preview(request, reference):
    """As the patient will read it, with what is still missing."""
    referral = get_object_or_404(queries.readings(request.user), case__reference=reference)
    if referral.status == ReferralStatus.SIGNED:
        return redirect("opinion:signed", reference)
    return render(request, "referrals/opinion/preview.html", reading_context(referral))


def reading_context(referral):
    opinion = queries.draft_of(referral)
    body = actions.body_now(opinion, now=timezone.now())
    unread = sum(not source["read"] for source in body["sources"])
    return {**queries.writing(referral), "opinion": opinion, "body": queries.shown(body), "unread": unread}


class Sign(View):
    def dispatch(self, request, reference):
        self.referral = get_object_or_404(queries.readings(request.user), case__reference=reference)
        if self.referral.status == ReferralStatus.SIGNED:
            return redirect("opinion:signed", reference)
        return super().dispatch(request, reference)

    def get(self, request, reference):
        return self.page(request, self.empty_form(request))

    def post(self, request, reference):
        if not ratelimit.consume(request, action="reauthenticate", user=request.user):
            return self.page(request, self.empty_form(request), 429, is_throttled=True)
        form = SignForm(request.POST, person=request.user)
        if not form.is_valid():
            if form.has_error("password", "wrong"):
                actions.note_wrong_password(referral=self.referral, by=request.user, now=timezone.now())
            return self.page(request, form, 422)
        try:
            actions.sign(
                referral=self.referral, by=request.user, now=timezone.now(), edit=form.cleaned_data["edit"],
                pins=form.cleaned_data["pins"] if "pins" in request.POST else None,
            )  # fmt: skip
        except actions.EditConflict:
            self.referral = queries.readings(request.user).get(pk=self.referral.pk)
            return self.page(request, self.empty_form(request), 409, is_changed=True)
        messages.success(request, _("Signed and delivered. We tell the patient now."))
        return redirect("opinion:signed", reference)

    def empty_form(self, request):
        opinion = queries.draft_of(self.referral)
        read = {"edit": opinion.edit, "pins": actions.quoted_in(opinion)}
        return SignForm(person=request.user, initial=read)

    def page(self, request, form, status=200, **more):
        context = {**reading_context(self.referral), "form": form, **more}
        return render(request, "referrals/opinion/sign.html", context, status=status)


@require_safe
def signed(request, reference):
    """What was signed, word for word, for its signer and the clinic's staff."""
    opinion = get_object_or_404(queries.signed_opinions(request.user), case__reference=reference)
    version = opinion.versions.last()
    note_opening(opinion, request)
    context = {
        "opinion": opinion,
        "version": version,
        "check_code": check_code(version.sha256),
        "body": queries.shown(version.body),
        "case": opinion.case,
    }
    return render(request, "referrals/opinion/signed.html", context)


@require_safe
def draft(request, reference, key):
    """A draft as it stands, also of a case that was given to someone else: for the lead."""
    opinion = get_object_or_404(queries.drafts(request.user), case__reference=reference, referral__key=key)
    note_opening(opinion, request, draft=True)
    body = actions.body_now(opinion, now=timezone.now())
    context = {"opinion": opinion, "body": queries.shown(body), "case": opinion.case}
    return render(request, "referrals/opinion/draft.html", context)


def note_opening(opinion, request, **detail):
    audit.record(
        Act.OPEN_OPINION, by=request.user, now=timezone.now(), case=opinion.case,
        subject_kind="opinion", subject_key=opinion.referral.key, detail=detail,
    )  # fmt: skip
