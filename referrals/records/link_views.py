"""Links for who holds records and has no account: made and closed here, and the page behind one.

The page takes files and says what just came. It tells nothing of the case, the patient, or what is there
already. Nothing on it rests on a session, so it checks no token against forged forms: its address is the secret
(and under its Referrer-Policy browsers name no origin, which such a check would need).
"""

import uuid
from functools import wraps

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, TooManyFilesSent
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from referrals.records import arrivals, forms, plain, queries, tus
from referrals.records.room import Room
from referrals.records.upload_views import announced
from referrals.rules import access, audit, upload_links
from referrals.rules.access import visible_cases, visible_sources, visible_upload_links
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import WayIn

GUESSES, GUESSES_FOR = 30, 60  # so many, in so many seconds


# --- for those who make them -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def links(request, reference):
    """The links of a case, what came by each, and a form for another. A new one's address is shown once."""
    case = get_object_or_404(
        visible_cases(request.user).select_related("clinic", "patient"), reference=reference
    )
    if not upload_links.may_make(request.user, case):
        raise PermissionDenied(_("Only the person who asks, or the clinic’s staff, can make such a link."))
    source, made, address = _source(request, case), None, ""
    initial = {"label": source.name} if source else {}
    form = forms.LinkForm(request.POST if request.method == "POST" else None, initial=initial)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        made, address = upload_links.make(
            case=case, source=source, by=request.user, now=now, **form.cleaned_data
        )
        form = forms.LinkForm()
    is_own = access.is_patient_of(request.user, case)
    context = {
        "case": case,
        "form": form,
        "rows": queries.links_of(visible_upload_links(request.user), case, now=now),
        "made": made,
        "address": address,
        "may_make": case.status in upload_links.TAKING,
        "is_own": is_own,
        "base": "patient.html" if is_own else "staff.html",
    }
    return render(request, "referrals/records/links.html", context, status=422 if form.errors else 200)


def _source(request, case):
    """Who holds the records, where the page was opened from theirs."""
    wanted = request.GET.get("source", "")
    try:
        return visible_sources(request.user).filter(case=case, key=uuid.UUID(wanted)).first()
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def close(request, reference, key):
    found = (
        visible_upload_links(request.user).filter(case__reference=reference).select_related("case__clinic")
    )
    link = get_object_or_404(found, key=key)
    if not upload_links.may_make(request.user, link.case):
        raise PermissionDenied(_("Only the person who asks, or the clinic’s staff, can close this link."))
    back = reverse("records:links", args=[reference])
    if request.method == "POST":
        arrivals.close_link(link=link, by=request.user, now=timezone.now())
        messages.success(request, _("The link is closed. What came by it stays."))
        return redirect(back)
    is_own = access.is_patient_of(request.user, link.case)
    context = {
        "case": link.case,
        "page_title": _("Close a link"),
        "question": _("Close the link for %(name)s?") % {"name": forms.isolated(link.label)},
        "consequence": _("Nobody can send files by it any more. What came by it stays."),
        "act": _("Close it"),
        "keep": _("Keep it"),
        "keep_url": back,
        "confirm_base": "patient.html" if is_own else "staff.html",
    }
    return render(request, "parts/confirm.html", context)


# --- for who holds the records -----------------------------------------------------------------------------


def behind_a_link(view):
    """Finds the link, or says that it is over; whoever tries many addresses is slowed down."""

    @login_not_required
    @wraps(view)
    def outside(request, token, *args, **kwargs):
        link = upload_links.of_token(token, now=timezone.now())
        if link is None:
            response = _over(request)
        elif request.method == "POST" and not ratelimit.consume(
            request, action="use_upload_link", key=str(link.key)
        ):
            response = JsonResponse(
                {"error": _("That was a lot at once. Wait a minute, then go on.")}, status=429
            )
        else:
            response = view(request, link, *args, token=token, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store, private"
        return response

    return outside


def _over(request):
    """Closed, run out, or never there; a page that was open meanwhile is told in a sentence."""
    status = 429 if _guesses() else 410
    is_page = request.headers.get("Accept") != "application/json" and "Tus-Resumable" not in request.headers
    if is_page or status == 429:
        return render(request, "referrals/records/link_over.html", status=status)
    words = _("This link takes no files any more. Ask whoever gave it to you for a new one.")
    return JsonResponse({"error": words, "closed": True}, status=status)


def _guesses():
    """Whether from this address more links that don't exist are asked for than mistakes explain."""
    key = f"links-not-found:{(audit.origin.get() or {}).get('address')}"
    cache.add(key, 0, GUESSES_FOR)
    try:
        return cache.incr(key) > GUESSES
    except ValueError:  # its time ran out just now
        return False


@csrf_exempt
@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def send(request, link, token):
    """Upload only: what to send in general words, and what just came from this form."""
    if request.method != "POST":
        return _page(request, link, token)
    if sentence := plain.too_much_at_once(request, link.case):
        return _answer(request, link, token, None, [sentence], 413)
    try:
        with plain.receiving(request):
            return _take(request, link, token)
    except TooManyFilesSent:
        return _answer(request, link, token, None, [plain.too_many()], 422)
    except StepNotPossible as objection:
        return _answer(request, link, token, None, [str(objection)], 409)


def _take(request, link, token):
    came = request.FILES.getlist("files")
    taken = plain.take(came, case=link.case, link=link, now=timezone.now(), way_in=WayIn.SOURCE)
    if not came:
        taken.complaints.append(_("Choose at least one file"))
    return _answer(request, link, token, taken, taken.complaints, 422 if taken.complaints else 200)


def _answer(request, link, token, taken, complaints, status):
    if request.headers.get("Accept") == "application/json":
        if taken is not None:
            return JsonResponse({"files": taken.told})
        return JsonResponse({"error": " ".join(complaints)}, status=status)
    form = forms.FilesForm({}).complain(complaints) if complaints else None
    told = zip(request.FILES.getlist("files"), taken.told, strict=True) if taken else ()
    names = [each.name for each, words in told if "error" not in words]
    return _page(request, link, token, form=form, came=names, status=status)


def _page(request, link, token, form=None, came=(), status=200):
    context = {
        "form": form or forms.FilesForm(),
        "came": came,
        "token": token,
        "expires_at": link.expires_at,
        "limits": forms.limits(),
        "taken": forms.taken(),
        "litter": forms.litter_rules(),
        "batch": plain.BATCH,
        "max_file_bytes": settings.MAX_FILE_BYTES,
        # Not what is left: that would tell how much the case holds. The server says when it is full.
        "room": Room(settings.MAX_CASE_FILES, settings.MAX_CASE_BYTES),
    }
    return render(request, "referrals/records/send.html", context, status=status)


@behind_a_link
@tus.speaks_tus("POST", has_session=False)
def send_uploads(request, link, token):
    said = tus.metadata(request)
    file = announced(said, tus.announced_length(request), WayIn.SOURCE)

    def address(upload):
        return reverse("records:send_upload", args=[token, upload.key])

    return tus.create(request, case=link.case, file=file, link=link, address=address)


@behind_a_link
@tus.speaks_tus("HEAD", "PATCH", "DELETE", has_session=False)
def send_upload(request, link, key, token):
    one = get_object_or_404(link.uploads, key=key)
    if request.method == "HEAD":
        return tus.head(one)
    if request.method == "DELETE":
        return tus.delete(one)
    return tus.patch(request, one)
