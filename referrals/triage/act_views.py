"""The acts that ask for words: each a page with a form, which works without a script and keeps what was typed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from referrals.rules import access, audit, clocks, workflow
from referrals.rules.roads import CASE
from referrals.rules.workflow import StepNotPossible
from referrals.triage import actions, forms, queries
from referrals.triage.suggestions import SENTENCES
from referrals.vocabulary import Act, AskedOf, ChecklistState, InfoRequestStatus, RecordType


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
        _require_open(self.case)

    def form(self, data=None):
        initial = {"specialty": self.case.specialty.code if self.case.specialty else ""}
        return forms.SpecialtyForm(data, specialties=queries.specialties(), initial=initial)

    def act(self, form, given):
        actions.set_specialty(case=self.case, specialty=given["specialty"], **self.by)


def _require_open(case):
    if case.is_ended:
        raise StepNotPossible(_("This request has ended."))


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


class Ask(CaseAct):
    template_name = "referrals/triage/ask.html"
    road_act, page = "ask", "ask"
    title, button = gettext_lazy("Ask the patient"), gettext_lazy("Send the question")
    done = gettext_lazy(
        "Asked. The patient is written to, and our clock stands still until the answer is here."
    )

    def form(self, data=None):
        if data is not None:
            rows = sum(name.startswith("item_") for name in data)
            return forms.AskForm(data, rows=rows)
        wanted = self.request.GET.get("record", "")
        first = RecordType(wanted).for_patient if wanted in RecordType.values else ""
        return forms.AskForm(initial={"item_1": first})

    def post(self, request, *args, **kwargs):
        if "more" in request.POST:
            typed = {
                name: value for name, value in request.POST.items() if name.startswith(("item_", "text"))
            }
            rows = sum(name.startswith("item_") for name in typed)
            return self.show(forms.AskForm(rows=rows + 1, initial=typed))
        return super().post(request, *args, **kwargs)

    def act(self, form, given):
        actions.ask(case=self.case, items=form.items, text=given["text"], **self.by)

    def more(self, form):
        return {
            "due_at": clocks.answer_due(self.now, self.case.urgency),
            "may_have_more": form.rows < forms.MOST_ITEMS,
        }


class RequestAct(CaseAct):
    """An act on an open request for information."""

    def setup(self, request, *args, key, **kwargs):
        super().setup(request, *args, **kwargs)
        requests = access.visible_info_requests(request.user).filter(case=self.case)
        self.asked = get_object_or_404(requests.select_related("case__clinic", "asked_by"), key=key)

    def require(self):
        if self.asked.status != InfoRequestStatus.OPEN:
            raise StepNotPossible(_("This was answered or closed already."))


class Answer(RequestAct):
    template_name = "referrals/triage/answer.html"
    page, button = "answer", gettext_lazy("Save the answers")

    @property
    def title(self):
        if self.asked.asked_of == AskedOf.STAFF:
            return _("Answer the specialist")
        return _("Write down the patient’s answer")

    @property
    def lead(self):
        if self.asked.asked_of == AskedOf.STAFF:
            return _("The specialist reads your answers beside the records.")
        return _("By phone, for the patient. It is marked as written down by you.")

    def form(self, data=None):
        return forms.AnswerForm(data, items=list(self.asked.items.all()))

    def act(self, form, given):
        is_sent = actions.answer_for(request=self.asked, answers=form.answers, **self.by)
        self.done = _("Saved. All is answered.") if is_sent else _("Saved. The rest stays open.")

    def more(self, form):
        pairs = [(form[f"answer_{i.position}"], form[f"waived_{i.position}"]) for i in form.items]
        return {"asked": self.asked, "pairs": pairs}


class TakeRequestBack(RequestAct):
    page = "take_back"
    title, button = gettext_lazy("Take the question back"), gettext_lazy("Take it back")
    done = gettext_lazy("Taken back. The case goes on without it.")
    lead = gettext_lazy("What is still open is marked as not needed. What was answered stays.")

    def require(self):
        super().require()
        if self.asked.referral_id:
            raise PermissionDenied(_("The specialist asked this. Answer it, or say that it can’t be had."))

    def form(self, data=None):
        return forms.WhyForm(
            data, label=_("Why is it no longer needed?"), help_text=_("The patient reads this.")
        )

    def act(self, form, given):
        actions.take_request_back(request=self.asked, why=given["why"], **self.by)


class Waive(CaseAct):
    road_act, page = "accept", "waive"
    button, done = gettext_lazy("Go on without it"), gettext_lazy("Noted. The case can go on without it.")
    not_yours = gettext_lazy("Going on without a record is for triage clinicians and the lead to decide.")

    def setup(self, request, *args, type, **kwargs):
        super().setup(request, *args, **kwargs)
        self.item = get_object_or_404(self.case.checklist.exclude(state=ChecklistState.HAVE), type=type)

    def require(self):
        if not access.is_triage_for(self.request.user, self.case):
            raise PermissionDenied(self.not_yours)
        _require_open(self.case)

    @property
    def title(self):
        return _("Go on without: %(record)s") % {"record": self.item.get_type_display()}

    def form(self, data=None):
        return forms.WhyForm(
            data, label=_("Why isn’t it needed?"), initial={"why": self.item.note},
            help_text=_("Colleagues and the specialist read this."),
        )  # fmt: skip

    def act(self, form, given):
        actions.waive(case=self.case, item=self.item, reason=given["why"], **self.by)


class Accept(CaseAct):
    template_name = "referrals/triage/accept.html"
    road_act, page = "accept", "accept"
    title, button = gettext_lazy("Accept this request"), gettext_lazy("Accept")
    done = gettext_lazy("Accepted. Now find a specialist.")
    not_yours = gettext_lazy("Accepting is for triage clinicians and the lead.")

    def form(self, data=None):
        return forms.forms.Form(data)

    def act(self, form, given):
        actions.accept(case=self.case, **self.by)

    @property
    def case_url(self):
        if self.request.method == "POST":
            return reverse("triage:match", args=[self.case.reference])
        return super().case_url

    def more(self, form):
        return {"checklist": self.case.checklist.all()}


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
