"""Answering what the clinic or the specialist asked."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from referrals.intake import actions, queries
from referrals.intake.forms import AnswerItemForm
from referrals.vocabulary import InfoRequestStatus, ItemStatus


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, reference):
    asked, items = queries.own_request(request.user, reference)
    waived = [item for item in items if item.status == ItemStatus.WAIVED]
    items = [item for item in items if item.status != ItemStatus.WAIVED]
    if asked.status != InfoRequestStatus.OPEN:
        return _nothing_to_answer(request, asked)
    if request.method != "POST":
        return _page(request, asked, [AnswerItemForm(item=i, records=i.kept_records) for i in items], waived)
    forms = [AnswerItemForm(request.POST, item=item, records=item.kept_records) for item in items]
    wrong = [form for form in forms if not form.is_valid()]
    now = timezone.now()
    answers = [(form.item, form.cleaned_data["text"], form.status) for form in forms if form.is_valid()]
    actions.save_answers(request=asked, answers=answers, by=request.user, now=now)
    press, _colon, position = request.POST.get("go", "send").partition(":")
    if press != "send" and wrong:
        return _page(request, asked, forms, waived, status=422)
    if press == "files" and position.isdecimal():
        return redirect(f"{reverse('records:add', args=[reference])}?item={position}")
    if press != "send":
        messages.success(request, _("Saved, not sent yet."))
        return redirect("intake:answer", reference)
    if [form for form in forms if not form.must_say_something()]:
        return _page(request, asked, forms, waived, status=422)
    actions.send_answers(request=asked, by=request.user, now=now)
    messages.success(request, _("Thank you, your answer is sent."))
    return redirect("home:case", reference)


def _nothing_to_answer(request, asked):
    if asked.status == InfoRequestStatus.ANSWERED:
        messages.success(request, _("Your answer is sent. Nothing more is needed."))
    else:
        messages.warning(request, _("This is no longer needed."))
    return redirect("home:case", asked.case.reference)


def _page(request, asked, forms, waived, status=200):
    page = {
        "case": asked.case, "asked": asked, "forms": forms, "waived": waived, "has_errors": status == 422,
    }  # fmt: skip
    return render(request, "referrals/intake/answer.html", page, status=status)
