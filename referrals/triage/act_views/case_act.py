"""What the pages of all acts share."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from referrals.rules import audit, workflow
from referrals.rules.roads import CASE
from referrals.triage import queries
from referrals.vocabulary import Act


class CaseAct(View):
    """One act on one case. Subclasses say what it is; `require` answers whether it is theirs to do, now."""

    template_name = "referrals/triage/act.html"
    road_act = ""  # the step of the case's road that it takes
    page = ""  # what the audit log calls it
    title = button = done = lead = not_yours = ""

    def setup(self, request, *args, reference, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()
        self.case = get_object_or_404(queries.cases(request.user), reference=reference)

    def dispatch(self, request, *args, **kwargs):
        self.require()
        return super().dispatch(request, *args, **kwargs)

    def require(self):
        workflow.require(
            CASE, self.road_act, self.case, by=self.request.user, now=self.now, not_yours=self.not_yours
        )

    def get(self, request, *args, **kwargs):
        audit.record(Act.OPEN_CASE, by=request.user, now=self.now, case=self.case, detail={"page": self.page})
        return self.show(self.form())

    def post(self, request, *args, **kwargs):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        self.act(form, form.cleaned_data)
        messages.success(request, self.done)
        return redirect(self.case_url)

    def form(self, data=None):
        raise NotImplementedError

    def act(self, form, given):
        raise NotImplementedError

    @property
    def by(self):
        return {"by": self.request.user, "now": self.now}

    @property
    def case_url(self):
        return reverse("home:staff_case", args=[self.case.reference])

    def show(self, form, status=200):
        context = {
            "case": self.case, "now": self.now, "form": form, "title": self.title, "button": self.button,
            "lead": self.lead, "questions": self.case.questions.all(), "case_url": self.case_url, **self.more(form),
        }  # fmt: skip
        return render(self.request, self.template_name, context, status=status)

    def more(self, form):
        return {}
