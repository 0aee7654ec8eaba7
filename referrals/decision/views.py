"""The page of an opinion: side by side, the letter, the choice; and the same on paper."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from referrals.decision import actions, queries
from referrals.decision.forms import DecisionForm
from referrals.decision.outcomes import OUTCOMES
from referrals.decision.reading import reading_of
from referrals.rules import access
from referrals.vocabulary import Choice


class OpinionPage(View):
    """Released to the patient of the case; its clinic's staff may read along."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    def get(self, request, reference):
        case, version = self.released(request, reference)
        if "print" in request.GET:
            actions.print_opinion(case=case, version=version, by=request.user, now=self.now)
            return self.paper(request, case, version)
        if request.method == "GET":
            actions.open_opinion(case=case, version=version, by=request.user, now=self.now)
        return self.page(request, case, version)

    def post(self, request, reference):
        case, version = self.released(request, reference)
        if not access.is_patient_of(request.user, case):
            raise PermissionDenied(_("Only the patient decides. You can talk it over with them."))
        form = self.form(request, case, version)
        if not form.is_valid():
            return self.page(request, case, version, form=form, status=422)
        actions.decide(case=case, by=request.user, now=self.now, **form.cleaned_data)
        messages.success(request, _("Your choice is saved. You can change it any time."))
        return redirect("decision:opinion", reference=case.reference)

    def released(self, request, reference):
        case = get_object_or_404(
            access.visible_cases(request.user).select_related("clinic", "patient"), reference=reference
        )
        if not (access.is_patient_of(request.user, case) or access.is_staff_for(request.user, case)):
            raise Http404
        version = queries.signed_version(case, request.user)
        if version is None:
            raise Http404
        return case, version

    def form(self, request, case, version):
        data = request.POST if request.method == "POST" else None
        return DecisionForm(data, doctor=reading_of(version).doctor_short)

    def page(self, request, case, version, form=None, status=200):
        is_patient = access.is_patient_of(request.user, case)
        made = queries.decisions(case)
        page = {
            "shell": "patient.html" if is_patient else "staff.html",
            "case": case,
            "now": self.now,
            "reading": reading_of(version),
            "days_left": queries.days_left(case, now=self.now),
            "is_patient": is_patient,
            "back_url": reverse("home:case" if is_patient else "home:staff_case", args=[case.reference]),
            "form": (form or self.form(request, case, version)) if is_patient else None,
            "decisions": [{"at": row.at, "note": row.note, **_outcome(row)} for row in made],
        }
        return render(request, "referrals/decision/opinion.html", page, status=status)

    def paper(self, request, case, version):
        page = {"case": case, "reading": reading_of(version), "now": self.now}
        return render(request, "referrals/decision/print.html", page)


def _outcome(decision):
    outcome = OUTCOMES[Choice(decision.choice)]
    return {"title": outcome.title, "next_step": outcome.next_step}
