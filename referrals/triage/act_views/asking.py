"""What is missing: asking for it, writing answers down, taking a question back, going on without a record."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.rules import access, clocks
from referrals.rules.workflow import StepNotPossible
from referrals.triage import actions, forms, queries
from referrals.triage.act_views.case_act import CaseAct
from referrals.vocabulary import AskedOf, ChecklistState, InfoRequestStatus, RecordType, StudyFlag


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
        return forms.AskForm(initial={"item_1": self.suggested()})

    def suggested(self):
        """What the link that led here is about: a kind of record, or what is odd about one."""
        flag, wanted = self.request.GET.get("flag", ""), self.request.GET.get("record", "")
        if flag in (StudyFlag.OTHER_NAME, StudyFlag.OTHER_BIRTH_DATE):
            name = queries.record_name(self.case, self.request.user, self.request.GET.get("of", ""))
            words = _("Whose scan is this: %(name)s? It bears another name or date of birth.")
            return words % {"name": name} if name else ""
        if flag in StudyFlag.values:
            return RecordType.IMAGES.for_patient
        return RecordType(wanted).for_patient if wanted in RecordType.values else ""

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
    page = "waive"
    button, done = gettext_lazy("Go on without it"), gettext_lazy("Noted. The case can go on without it.")

    def setup(self, request, *args, type, **kwargs):
        super().setup(request, *args, **kwargs)
        self.item = get_object_or_404(self.case.checklist.exclude(state=ChecklistState.HAVE), type=type)

    def require(self):
        if not access.is_triage_for(self.request.user, self.case):
            raise PermissionDenied(actions.NOT_YOURS_TO_JUDGE)
        actions.require_work(self.case)

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
