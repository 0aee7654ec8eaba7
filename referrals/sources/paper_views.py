"""Signing on screen and letters: what is shown before, made by a worker, and handed out after."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from referrals import storage
from referrals.rules import audit
from referrals.rules.audit import origin
from referrals.rules.workflow import StepNotPossible
from referrals.sources import forms, letters, queries, signing
from referrals.sources.case_views import CasePage, SourcePage, require_open
from referrals.vocabulary import Act, AuthorisationStatus, CaseStatus, LetterKind, LetterStatus, SourceStatus

# A sandbox of its own: even opened in a tab nothing in it runs or calls out.
CLOSED = {
    "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store, private",
}  # fmt: skip


class Sign(SourcePage):
    """The whole text first, then the name under it. What is signed is what was seen, to the letter."""

    page = "source_sign"

    def require(self):
        if not self.is_own:
            raise PermissionDenied(_("Only the person who asks can sign this."))
        require_open(self.case)
        if self.source.status != SourceStatus.AUTHORISATION_NEEDED:
            raise StepNotPossible(_("This form is signed already, or no longer needed."))

    def get(self, request):
        return self.page_with(self.form())

    def post(self, request):
        form = self.form(request.POST)
        if "show" in request.POST:
            return self.page_with(form.only_ends(), 422 if form.errors else 200)
        if not form.is_valid():
            return self.page_with(form, 422)
        try:
            signing.sign(
                source=self.source, ends=form.chosen, name=form.cleaned_data["name"],
                seen=form.cleaned_data["seen"], address=(origin.get() or {}).get("address"), **self.by,
            )  # fmt: skip
        except signing.TextHasChanged:
            return self.page_with(form, 409, has_changed=True)
        words = _("Signed. A copy is being made for you. We ask for your records now.")
        if self.case.status == CaseStatus.DRAFT:
            words = _(
                "Signed. A copy is being made for you. We ask for your records once you send your request."
            )
        return self.done(words, self.url)

    def form(self, data=None):
        return forms.SignForm(data, person=self.request.user, today=self.today)

    def page_with(self, form, status=200, **more):
        missing = signing.lacking(self.source, form.chosen, today=self.today)
        text = "" if missing else signing.text_of(self.source, form.chosen, today=self.today)
        made = signing.elements(self.source, form.chosen, today=self.today)
        return self.show(
            "sign", status, source=self.source, missing=missing, title=signing.TITLE, url=self.url,
            parts=[(signing.E(each).label, made[each]) for each in signing.wanted(self.source)],
            statement=signing.statement(self.source), form=form.about(signing.sum_of(text) if text else ""),
            **more,
        )  # fmt: skip


class Revoke(SourcePage):
    page = "source_revoke"

    def require(self):
        if not self.is_own:
            raise PermissionDenied(_("Only who signed this can take it back."))
        self.holding = self.source.authorisations.filter(status=AuthorisationStatus.SIGNED).first()
        if self.holding is None:
            raise StepNotPossible(_("This form no longer holds."))

    def get(self, request):
        return self.show("revoke", source=self.source, url=self.url)

    def post(self, request):
        signing.revoke(authorisation=self.holding, **self.by)
        return self.done(_("Your signature is taken back. Nobody asks for more on its strength."), self.url)


class Write(SourcePage):
    """A letter as it will be, and the button that has it made."""

    page = "source_write"

    def setup(self, request, *args, kind, **kwargs):
        self.kind = kind
        super().setup(request, *args, **kwargs)

    def require(self):
        known = [each.value for each in letters.WRITABLE]
        if self.kind not in known:
            raise Http404
        self.kind = LetterKind(self.kind)
        if not letters.may_write(self.source, self.kind, self.request.user):
            raise PermissionDenied(_("This letter is not yours to write."))
        if objection := letters.why_not(self.source, self.kind, by=self.request.user, now=self.now):
            raise StepNotPossible(objection)

    def get(self, request):
        content = letters.draft(
            self.source, self.kind, now=self.now, authorisation=letters.strength_of(self.source, self.kind)
        )
        return self.show("write", source=self.source, letter=content, kind=self.kind, url=self.url)

    def post(self, request):
        letters.ask_for(source=self.source, kind=self.kind, **self.by)
        return self.done(_("The letter is being made. It is on this page in a moment."), self.url)


class Download(CasePage):
    """A letter's PDF."""

    page = "letter"

    def setup(self, request, *args, reference, key, **kwargs):
        super().setup(request, *args, reference=reference, **kwargs)
        self.letter = get_object_or_404(queries.letter_to_read(request.user, reference, key))

    def require(self):
        if self.letter.status != LetterStatus.READY:
            raise StepNotPossible(_("This paper is not ready yet, or was stopped."))
        if not letters.may_go_out(self.letter):
            raise StepNotPossible(_("The signature behind this letter was taken back. It must not go out."))

    def get(self, request):
        try:
            file = storage.open(self.letter.file_key)
        except storage.NotThere:
            raise Http404 from None
        audit.record(
            Act.OPEN_LETTER, **self.by, case=self.case, subject_kind="letter", subject_key=self.letter.key,
            detail={"kind": self.letter.kind},
        )  # fmt: skip
        headers = {
            **CLOSED, "Content-Type": "application/pdf", "Content-Length": str(self.letter.size),
            "Content-Disposition": f'attachment; filename="{self.letter.kind}-{self.case.reference}.pdf"',
        }  # fmt: skip
        return StreamingHttpResponse(_pieces(file), headers=headers)

    def head(self, request):
        return HttpResponse(
            headers={**CLOSED, "Content-Type": "application/pdf", "Content-Length": str(self.letter.size)}
        )


def _pieces(file):
    with file:
        while piece := file.read(256 * 1024):
            yield piece
