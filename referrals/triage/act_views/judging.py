"""Yes or no, to somebody else, or out of sight."""

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext_lazy

from referrals.rules import on_the_way
from referrals.triage import actions, forms
from referrals.triage.act_views.case_act import CaseAct
from referrals.triage.suggestions import SENTENCES


class Accept(CaseAct):
    template_name = "referrals/triage/accept.html"
    road_act, page = "accept", "accept"
    title, button = gettext_lazy("Accept this request"), gettext_lazy("Accept")
    done = gettext_lazy("Accepted. Now find a specialist.")
    not_yours = gettext_lazy("Accepting is for triage clinicians and the lead.")

    def form(self, data=None):
        return Form(data)

    def act(self, form, given):
        actions.accept(case=self.case, **self.by)

    @property
    def case_url(self):
        if self.request.method == "POST":
            return reverse("triage:match", args=[self.case.reference])
        return super().case_url

    def more(self, form):
        return {"checklist": on_the_way.marked(self.case, now=self.now)}


class Decline(CaseAct):
    template_name = "referrals/triage/decline.html"
    road_act, page = "decline", "decline"
    title, button = gettext_lazy("Decline this request"), gettext_lazy("Decline and tell the patient")
    done = gettext_lazy("Declined. The patient is told by mail and reads your sentence.")
    not_yours = gettext_lazy("Declining is for triage clinicians and the lead.")

    def form(self, data=None):
        return forms.DeclineForm(data)

    def post(self, request, *args, **kwargs):
        if "suggest" in request.POST:
            reason = request.POST.get("reason", "")
            sentence = SENTENCES.get(reason) or request.POST.get("sentence", "")
            return self.show(forms.DeclineForm(initial={"reason": reason, "sentence": sentence}))
        return super().post(request, *args, **kwargs)

    def act(self, form, given):
        actions.decline(case=self.case, reason=given["reason"], sentence=given["sentence"], **self.by)


class Reassign(CaseAct):
    road_act, page = "reassign", "reassign"
    title, button = gettext_lazy("Give to another specialist"), gettext_lazy("Take it from them")
    done = gettext_lazy(
        "The case waits for another specialist. What was written so far is kept for the lead."
    )
    not_yours = gettext_lazy("This is for triage clinicians and the lead.")
    lead = gettext_lazy(
        "The specialist loses sight of the records at once. Files, questions and the draft are kept."
    )

    def form(self, data=None):
        return forms.ReassignForm(data)

    def act(self, form, given):
        actions.reassign(case=self.case, **given, **self.by)


class Void(CaseAct):
    road_act, page = "void", "void"
    title, button = gettext_lazy("Remove a request entered in error"), gettext_lazy("Remove it")
    done = gettext_lazy("Removed. Only the lead can still see it.")
    not_yours = gettext_lazy("Only the clinic’s lead removes a request.")
    lead = gettext_lazy("It disappears for the patient and for everybody but the lead. Nothing is deleted.")

    def form(self, data=None):
        return forms.VoidForm(data)

    def act(self, form, given):
        actions.void(case=self.case, **given, **self.by)
