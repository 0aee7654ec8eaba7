"""What all pages of this room share: whose case it is, in which shell it is shown, and how an act answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from referrals.rules import access, audit, sources
from referrals.rules.workflow import StepNotPossible
from referrals.sources import queries
from referrals.vocabulary import Act


class CasePage(View):
    """A page about a case of one's own, or one that the clinic's staff work on."""

    page = "sources"  # what the audit log calls it

    def setup(self, request, *args, reference, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()
        self.case = get_object_or_404(queries.cases(request.user), reference=reference)
        self.is_own = access.is_patient_of(request.user, self.case)
        self.today = sources.today_of(self.case, self.now)

    def dispatch(self, request, *args, **kwargs):
        self.require()
        return super().dispatch(request)  # what the address names was read in `setup`

    def require(self):
        """Raises what stands against the page."""

    @property
    def by(self):
        return {"by": self.request.user, "now": self.now}

    def show(self, template, status=200, **context):
        if self.request.method == "GET" and not self.is_own:
            audit.record(Act.OPEN_CASE, **self.by, case=self.case, detail={"page": self.page})
        shared = {
            "case": self.case, "now": self.now, "today": self.today, "tab": "sources", "is_own": self.is_own,
            "shell": "referrals/sources/patient.html" if self.is_own else "referrals/home/staff_base.html",
        }  # fmt: skip
        return render(
            self.request, f"referrals/sources/{template}.html", {**shared, **context}, status=status
        )

    def done(self, sentence, url=""):
        messages.success(self.request, sentence)
        return redirect(url or reverse("sources:list", args=[self.case.reference]))


class SourcePage(CasePage):
    """A page about one source."""

    def setup(self, request, *args, reference, key, **kwargs):
        super().setup(request, *args, reference=reference, **kwargs)
        self.source = get_object_or_404(access.visible_sources(request.user), case=self.case, key=key)
        self.source.case = self.case

    @property
    def url(self):
        return reverse("sources:source", args=[self.case.reference, self.source.key])


class FormPage:
    """One form, one act: what was typed stays where something is wrong with it. Subclasses give `form` and `act`."""

    template = "act"
    title = lead = button = ""
    back = ""

    def get(self, request):
        return self.page_with(self.form())

    def post(self, request):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page_with(form, 422)
        return self.act(form, form.cleaned_data)

    def page_with(self, form, status=200):
        return self.show(
            self.template, status, form=form, title=self.title, lead=self.lead, button=self.button,
            back_url=self.back_url, **self.more(form),
        )  # fmt: skip

    @property
    def back_url(self):
        return self.url if hasattr(self, "source") else reverse("sources:list", args=[self.case.reference])

    def more(self, form):
        return {}


def require_open(case):
    if closed := sources.why_closed(case):
        raise StepNotPossible(closed)
