"""The gate of the records: lines of the checklist, yes with records to come, the file complete, going without."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.rules import access, completeness, on_the_way
from referrals.rules.workflow import StepNotPossible
from referrals.triage import actions, forms
from referrals.triage.act_views.case_act import CaseAct
from referrals.vocabulary import CaseStatus, ChecklistState


class Line(CaseAct):
    page = "line"
    button, done = gettext_lazy("Save"), gettext_lazy("Saved.")

    def setup(self, request, *args, type, **kwargs):
        super().setup(request, *args, **kwargs)
        self.item = get_object_or_404(self.case.checklist, type=type)

    def require(self):
        if self.case.status not in completeness.STILL_OPEN:
            raise StepNotPossible(
                _("The checklist is settled: a specialist has the file, or the request has ended.")
            )
        if self.item.state == ChecklistState.WAIVED and not access.is_triage_for(
            self.request.user, self.case
        ):
            raise PermissionDenied(_("Taking a waiver back is for triage clinicians and the lead."))

    @property
    def title(self):
        return _("Record: %(record)s") % {"record": self.item.get_type_display()}

    @property
    def lead(self):
        return _("It stands as: %(state)s") % {"state": ChecklistState(self.item.state).label}

    def form(self, data=None):
        states = [(each.value, each.label) for each in completeness.SAID_BY_STAFF]
        return forms.LineForm(data, states=states)

    def act(self, form, given):
        completeness.set_line(
            case=self.case, item=self.item, state=given["state"], reason=given["reason"], **self.by
        )


class AcceptPending(CaseAct):
    template_name = "referrals/triage/accept.html"
    road_act, page = "accept_pending", "accept_pending"
    title, button = gettext_lazy("Accept, records to come"), gettext_lazy("Accept and wait for records")
    done = gettext_lazy("Accepted. The search for a specialist begins once the records are complete.")
    lead = gettext_lazy("The patient hears that we said yes, and what we wait for.")
    not_yours = gettext_lazy("Accepting is for triage clinicians and the lead.")

    def form(self, data=None):
        return forms.WhyForm(
            data,
            label=_("Why accept it before the records are here?"),
            help_text=_("Your colleagues read this."),
        )

    def act(self, form, given):
        actions.accept_pending(case=self.case, reason=given["why"], **self.by)

    def more(self, form):
        return {"checklist": on_the_way.marked(self.case, now=self.now), "is_pending": True}


class Complete(CaseAct):
    template_name = "referrals/triage/accept.html"
    road_act, page = "complete", "complete"
    title, button = gettext_lazy("The file is complete"), gettext_lazy("Go on to a specialist")
    done = gettext_lazy("Complete. Now find a specialist.")

    def form(self, data=None):
        return forms.forms.Form(data)

    def act(self, form, given):
        actions.complete(case=self.case, **self.by)

    def more(self, form):
        return {"checklist": on_the_way.marked(self.case, now=self.now), "is_pending": True}


class GoWithout(CaseAct):
    page = "go_without"
    title, button = gettext_lazy("Ask to begin without some records"), gettext_lazy("Ask the patient")
    done = gettext_lazy(
        "Asked. The patient is written to. You can also write down what they say on the phone."
    )

    def require(self):
        if self.case.status != CaseStatus.RECORDS_PENDING:
            raise StepNotPossible(_("This request does not wait for records."))
        if completeness.open_question(self.case):
            raise StepNotPossible(_("The patient is asked already, and has not answered yet"))
        if not completeness.missing_types(self.case):
            raise StepNotPossible(_("Nothing is missing. Say that the file is complete"))

    @property
    def lead(self):
        words = completeness.types_in_words(completeness.missing_types(self.case), for_patient=False)
        return _("Still missing: %(records)s") % {"records": ", ".join(words)}

    def form(self, data=None):
        return forms.GoWithoutForm(data)

    def act(self, form, given):
        completeness.ask_to_go_without(case=self.case, text=given["text"], **self.by)


class ConsentByPhone(CaseAct):
    page = "consent_by_phone"
    title, button = gettext_lazy("Write down the patient’s answer"), gettext_lazy("Save the answer")
    done = gettext_lazy("Saved.")
    lead = gettext_lazy("By phone, for the patient. It is marked as written down by you.")

    def require(self):
        self.asked = completeness.open_question(self.case)
        if self.asked is None:
            raise StepNotPossible(_("Nothing is asked, or it was answered already."))
        self.asked.case = self.case

    def form(self, data=None):
        return forms.PhoneConsentForm(data)

    def act(self, form, given):
        if given["answer"] == "closed":
            completeness.withdraw_question(asked=self.asked, **self.by)
        else:
            completeness.answer_going_without(
                asked=self.asked, is_yes=given["answer"] == "yes", note=given["note"], **self.by
            )
