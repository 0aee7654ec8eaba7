"""Who holds records: the list, one source, adding and changing it, how it is asked for, and what was said."""

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.rules import sources
from referrals.rules.workflow import StepNotPossible
from referrals.sources import actions, forms, queries
from referrals.sources.case_views import CasePage, FormPage, SourcePage, require_open
from referrals.vocabulary import SourceRoute


class List(CasePage):
    def get(self, request):
        page = queries.list_page(self.case, request.user, now=self.now, today=self.today, is_own=self.is_own)
        return self.show("list", **page)


class One(SourcePage):
    page = "source"

    def get(self, request):
        return self.show(
            "source", **queries.source_page(self.source, request.user, now=self.now, is_own=self.is_own)
        )


class Place(FormPage):
    template = "edit"

    def more(self, form):
        return {"is_more_open": not self.is_own or form.says_more}


class Add(Place, CasePage):
    page = "source_add"
    title, button = gettext_lazy("Who holds records we don’t have?"), gettext_lazy("Save")

    def require(self):
        if objection := actions.why_no_more(self.case, self.request.user):
            raise StepNotPossible(objection)

    def form(self, data=None):
        wanted = self.request.GET.get("record", "")
        initial = {"types": [wanted] if wanted else [], "sensitivity": ""}
        return forms.SourceForm(data, for_patient=self.is_own, initial=initial)

    def act(self, form, given):
        source = actions.add(case=self.case, **given, **self.by)
        return redirect("sources:route", self.case.reference, source.key)


class Edit(Place, SourcePage):
    page = "source_edit"
    title, button = gettext_lazy("Change this place"), gettext_lazy("Save")
    FIELDS = ("name", "kind", "types", "about_when", "phone", "fax", "address", "sensitivity", "fee", "note")

    def require(self):
        require_open(self.case)

    def form(self, data=None):
        known = {name: getattr(self.source, name) for name in self.FIELDS}
        return forms.SourceForm(data, for_patient=self.is_own, initial=known)

    def act(self, form, given):
        actions.edit(source=self.source, **given, **self.by)
        return self.done(_("Saved."), self.url)


class Remove(SourcePage):
    page = "source_remove"

    def require(self):
        require_open(self.case)

    def get(self, request):
        return self.show("remove", source=self.source, url=self.url)

    def post(self, request):
        actions.remove(source=self.source, **self.by)
        return self.done(_("Taken off the list."))


class Route(FormPage, SourcePage):
    page, template, button = "source_route", "route", gettext_lazy("Go on")

    @property
    def title(self):
        return _("How shall we get them?")

    def require(self):
        require_open(self.case)
        if sources.holding(self.source):
            raise StepNotPossible(_("A signed form asks for this. Take the signature back first"))

    def form(self, data=None):
        return forms.RouteForm(data, for_patient=self.is_own, initial={"route": self.source.route})

    def act(self, form, given):
        actions.choose_route(source=self.source, route=given["route"], **self.by)
        if given["route"] == SourceRoute.AUTHORISATION and self.is_own:
            return redirect("sources:sign", self.case.reference, self.source.key)
        return redirect(self.url)

    def more(self, form):
        return {"source": self.source}


class Contact(FormPage, SourcePage):
    page = "source_contact"
    title, button = gettext_lazy("Write down a call or a letter"), gettext_lazy("Save")

    def require(self):
        require_open(self.case)

    def form(self, data=None):
        return forms.ContactForm(data, for_patient=self.is_own)

    def act(self, form, given):
        actions.note_contact(source=self.source, **given, **self.by)
        return self.done(_("Written down."), self.url)


class Step(FormPage, SourcePage):
    """One step of the source's road, each with the form it needs."""

    page = "source_step"
    FORMS = {
        "request": "day", "ask_again": "day", "extend": "extend", "partly": "came", "receive": "came",
        "unreadable": "why", "unavailable": "why", "waive": "why", "acknowledge": "none", "take_back": "none",
    }  # fmt: skip

    def setup(self, request, *args, act, **kwargs):
        self.name = act
        super().setup(request, *args, **kwargs)

    def require(self):
        if self.name not in self.FORMS:
            raise PermissionDenied(_("This is not yours to do."))
        self.step = sources.require(self.name, self.source, by=self.request.user)

    @property
    def title(self):
        label = self.step.for_patient if self.is_own else self.step.label
        return _("%(name)s: %(what)s") % {"name": self.source.name, "what": label}

    button = gettext_lazy("Save")

    @property
    def lead(self):
        is_by_law = self.source.route == SourceRoute.OWN_COPY
        return {
            "request": _("From this day the 30 days of the law count.") if is_by_law else "",
            "receive": _("Nobody asks for it any more."),
            "take_back": _("It is on the list again, and has to be asked for."),
            "waive": _("The patient and the specialist can read why."),
        }.get(self.name, "")

    def form(self, data=None):
        kind = self.FORMS[self.name]
        if kind == "day":
            return forms.DayForm(data, today=self.today, label=_("On which day did you ask?"))
        if kind == "extend":
            return forms.ExtendForm(
                data,
                today=self.today,
                earliest=self.source.requested_on,
                label=_("Of which day is their letter?"),
            )
        if kind == "came":
            return forms.CameForm(
                data, records=queries.addable_records(self.case, self.request.user), source=self.source
            )
        return forms.WhyForm(data) if kind == "why" else Form(data)

    def act(self, form, given):
        act = {"source": self.source, **self.by}
        if self.name in ("request", "ask_again"):
            getattr(actions, self.name)(on=given["on"], **act)
        elif self.name == "extend":
            actions.extend(days=given["days"], reason=given["reason"], on=given["on"], **act)
        elif self.name in ("partly", "receive"):
            actions.came(is_all=self.name == "receive", records=form.chosen, **act)
        elif "why" in given:
            getattr(actions, self.name)(why=given["why"], **act)
        else:
            getattr(actions, self.name)(**act)
        return self.done(_("Saved."), self.url)
