"""Whose it is, how urgent, for which field, and the care team's own note."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.rules import clocks
from referrals.triage import actions, forms, queries
from referrals.triage.act_views.case_act import CaseAct


class Assign(CaseAct):
    road_act, page = "assign", "assign"
    title, button = gettext_lazy("Give to a colleague"), gettext_lazy("Give it")
    done = gettext_lazy("It is theirs now.")
    lead = gettext_lazy("Whoever has a request sees it through. It stays on everybody’s list.")

    def form(self, data=None):
        return forms.AssignForm(data, people=queries.colleagues(self.case), owner=self.case.claimed_by)

    def act(self, form, given):
        actions.assign(case=self.case, to=given["to"], was=given["was"], **self.by)


class Urgency(CaseAct):
    template_name = "referrals/triage/urgency.html"
    road_act, page = "prioritise", "urgency"
    title, button = gettext_lazy("Set the urgency"), gettext_lazy("Set it")
    done = gettext_lazy("The urgency is set, and what is due was reckoned anew.")
    not_yours = gettext_lazy("The urgency is set by triage clinicians and the lead.")

    def form(self, data=None):
        initial = (
            {"urgency": self.case.urgency, "reason": self.case.urgency_reason}
            if self.case.urgency_set_at
            else {"urgency": self.suggested}
        )
        return forms.UrgencyForm(data, initial=initial)

    def act(self, form, given):
        actions.set_urgency(case=self.case, urgency=given["urgency"], reason=given["reason"], **self.by)

    @property
    def suggested(self):
        zone = clocks.clinic_hours(self.case.clinic).zone
        return clocks.proposed_urgency(self.case.decide_by_on, self.now, zone)

    def more(self, form):
        return {"suggested": self.suggested}


class Specialty(CaseAct):
    page = "specialty"
    title, button = gettext_lazy("Set the field"), gettext_lazy("Set it")
    done = gettext_lazy("The field is set.")
    lead = gettext_lazy("Specialists of this field come first when you look for a reader.")

    def require(self):
        actions.require_work(self.case)

    def form(self, data=None):
        initial = {"specialty": self.case.specialty.code if self.case.specialty else ""}
        return forms.SpecialtyForm(data, specialties=queries.specialties(), initial=initial)

    def act(self, form, given):
        actions.set_specialty(case=self.case, specialty=given["specialty"], **self.by)


class Note(CaseAct):
    page = "note"
    title, button = gettext_lazy("Note for the care team"), gettext_lazy("Save the note")
    done = gettext_lazy("The note is saved.")

    def require(self):
        """Staff may always write it, after the end too."""

    def form(self, data=None):
        return forms.NoteForm(data, initial={"note": self.case.clinic_note, "was": self.case.clinic_note})

    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except actions.NoteHasChanged:
            return self.show_newer(request)

    def act(self, form, given):
        # A text comes back from a form with the line ends of the web.
        was = given["was"].replace("\r\n", "\n")
        actions.write_note(case=self.case, text=given["note"].replace("\r\n", "\n"), was=was, **self.by)

    def show_newer(self, request):
        form = forms.NoteForm({"note": request.POST.get("note", ""), "was": self.case.clinic_note})
        form.add_error(
            "note", _("Somebody saved another note meanwhile: it stands below. Bring both together")
        )
        return self.show(form, status=409)

    def more(self, form):
        return {"newer": self.case.clinic_note if form.is_bound else ""}
