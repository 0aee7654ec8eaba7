"""Where each person begins."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals.home import queries
from referrals.rules import access
from referrals.vocabulary import Role

# The first that fits: who does several things begins where most is waiting.
HOMES = (
    (access.STAFF, "triage:worklist"),
    ({Role.SPECIALIST}, "review:inbox"),
    ({Role.QUALITY_READER}, "home:quality"),
)


def mine(request):
    """Staff begin at the worklist, specialists at their cases, everybody else at their own requests."""
    roles = access.roles_of(request.user)
    for those, address in HOMES:
        if roles & those:
            return redirect(address)
    return redirect("home:requests")


def quality(request):
    """The quality reader's home: how many opinions, and how long they took. Nothing of what they say."""
    clinics = access.clinics_as(request.user, Role.QUALITY_READER, Role.LEAD)
    if not clinics:
        raise PermissionDenied(_("This page is for the clinic’s quality readers."))
    page = queries.quality_page(clinics=clinics, now=timezone.now())
    return render(request, "referrals/home/quality.html", page)
