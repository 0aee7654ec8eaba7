"""Slides and blocks, and the question whether to begin without some records."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.rules import access, completeness
from referrals.rules.workflow import StepNotPossible
from referrals.sources import forms, queries, specimens
from referrals.sources.case_views import CasePage, FormPage


class Specimens(CasePage):
    page = "specimens"

    def get(self, request):
        return self.show("specimens", **queries.slides_page(self.case, request.user))


class AddSpecimen(FormPage, CasePage):
    page = "specimen_add"
    title, button = gettext_lazy("Slides or blocks"), gettext_lazy("Save")

    def require(self):
        if not access.is_staff_for(self.request.user, self.case):
            raise PermissionDenied(_("Slides and blocks are written down by the care team."))
        if self.case.is_ended:
            raise StepNotPossible(_("This request is not worked on any more."))

    def form(self, data=None):
        return forms.SpecimenForm(data, sources=list(self.case.sources.all()))

    def act(self, form, given):
        specimens.add(
            case=self.case,
            source=form.chosen,
            kind=given["kind"],
            label=given["label"],
            count=given["count"],
            **self.by,
        )
        return self.done(_("Saved."), self.back_url)

    @property
    def back_url(self):
        return reverse("sources:specimens", args=[self.case.reference])


class MoveSpecimen(FormPage, CasePage):
    page, button = "specimen_move", gettext_lazy("Save")

    def setup(self, request, *args, reference, key, act, **kwargs):
        super().setup(request, *args, reference=reference, **kwargs)
        self.specimen = get_object_or_404(access.visible_specimens(request.user), case=self.case, key=key)
        self.move = specimens.MOVES.get(act)

    def require(self):
        if self.move is None:
            raise Http404
        if not access.is_staff_for(self.request.user, self.case):
            raise PermissionDenied(_("Slides and blocks are written down by the care team."))
        if self.specimen.status not in self.move.sources:
            raise StepNotPossible

    @property
    def title(self):
        return _("%(name)s: %(what)s") % {"name": self.specimen.label, "what": self.move.label}

    def form(self, data=None):
        last = self.specimen.moves.order_by("-on").values_list("on", flat=True).first()
        return forms.MoveForm(data, today=self.today, last=last)

    def act(self, form, given):
        specimens.move(
            specimen=self.specimen, act=self.move.act, on=given["on"], note=given["note"], **self.by
        )
        return self.done(_("Saved."), self.back_url)

    @property
    def back_url(self):
        return reverse("sources:specimens", args=[self.case.reference])


class Consent(FormPage, CasePage):
    """The patient says whether the reading may begin without what is missing."""

    page, template = "consent", "consent"
    title, button = gettext_lazy("Shall we begin without some records?"), gettext_lazy("Send my answer")

    def require(self):
        if not self.is_own:
            raise PermissionDenied(_("Only the person who asks can answer this."))
        self.asked = queries.last_question(self.case)
        if self.asked is None:
            raise Http404
        if self.request.method == "POST" and self.asked.status != "open":
            raise StepNotPossible(_("This was answered already."))

    def form(self, data=None):
        return forms.ConsentForm(data)

    def act(self, form, given):
        is_yes = given["answer"] == "yes"
        completeness.answer_going_without(asked=self.asked, is_yes=is_yes, **self.by)
        words = (
            _("Your answer is sent. We begin without them.") if is_yes else _("Your answer is sent. We wait.")
        )
        return self.done(words, self.back_url)

    @property
    def back_url(self):
        return reverse("home:case", args=[self.case.reference])

    def more(self, form):
        return queries.consent_page(self.asked)
