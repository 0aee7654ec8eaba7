"""Every part on one page, in the demo only: check changes to the look here first.

`/demo/components/` as patients see them, `?for=staff` and `?for=reader` as those who work here do.
"""

import datetime

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from referrals.models import Case
from referrals.vocabulary import CaseStatus, ChecklistState, RecordStatus, ReminderStatus, Situation, Stance
from referrals.widgets import (
    Boxes,
    CardChoices,
    CharactersLeft,
    CodeInput,
    DayMonthYearField,
    PhoneInput,
    Radios,
    ZoneField,
)

SHELLS = {"staff": "staff.html", "reader": "reader.html"}
SITUATION_ICONS = {
    Situation.SURGERY: "activity",
    Situation.CANCER: "microscope",
    Situation.UNCLEAR: "circle-question-mark",
    Situation.NOT_WORKING: "pill",
    Situation.CHILD: "baby",
    Situation.TRUST: "heart-handshake",
}


class Sample(forms.Form):
    """One of each kind of field."""

    phone = forms.CharField(
        label=_("Phone number"), help_text=_("We text you when something needs you."), widget=PhoneInput
    )
    email = forms.EmailField(
        label=_("E-mail"),
        error_messages={"invalid": _("Enter an address with an @, like name@sample.example")},
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    zone = ZoneField(label=_("Where you are"), required=False)
    story = forms.CharField(
        label=_("What would you like to ask?"),
        help_text=_("One to three questions work best."),
        max_length=500,
        widget=CharactersLeft,
        error_messages={"required": _("Write what you would like to ask")},
    )
    code = forms.CharField(label=_("The code from the mail"), required=False, widget=CodeInput)
    start = DayMonthYearField(
        label=_("When should it start?"), help_text=_("For example, 14 12 2026"), required=False
    )
    reach = forms.ChoiceField(
        label=_("How may we reach you?"),
        choices=[("text", _("Send me text messages")), ("call", _("Call me instead"))],
        widget=Radios(small={"text": _("At most one a day")}),
        error_messages={"required": _("Choose how we may reach you")},
    )
    days = forms.MultipleChoiceField(
        label=_("Which days?"),
        choices=[("sat", _("Saturday")), ("sun", _("Sunday"))],
        widget=Boxes,
        required=False,
    )
    card = forms.FileField(label=_("Insurance card"), help_text=_("A photo is fine."), required=False)
    agree = forms.BooleanField(
        label=_("I agree to the terms"),
        help_text=_("One page, plain words"),
        error_messages={"required": _("Tick the box to agree")},
    )


class Cards(forms.Form):
    situation = forms.ChoiceField(
        label=_("What happened?"),
        choices=[(member.value, member.for_patient) for member in Situation],
        widget=CardChoices(
            icons={member.value: icon for member, icon in SITUATION_ICONS.items()},
            small={Situation.SURGERY.value: _("Or you were told to wait, and you wonder if you should.")},
        ),
    )


@login_not_required
@require_safe
def components(request):
    if not settings.DEMO:
        raise Http404
    now = timezone.now()
    wrong = {"phone": "555 014 0133", "email": "juniper.sample", "start_day": "31", "start_month": "2"}
    context = {
        "shell": SHELLS.get(request.GET.get("for"), "patient.html"),
        "now": now,
        "empty_form": Sample(initial={"phone": "555 014 0133", "reach": "text"}, auto_id="fresh_%s"),
        "wrong_form": Sample(wrong | {"start_year": "2026"}),
        "cards": Cards(),
        **_sample_rows(now),
    }
    return render(request, "parts/components.html", context)


def _sample_rows(now):
    today = timezone.localtime(now).date()
    days = datetime.timedelta
    case = Case(
        reference="SO-7K3M-92QX", status=CaseStatus.IN_REVIEW, decide_by_on=today + days(21), submitted_at=now
    )
    return {
        "case": case,
        "statuses": list(CaseStatus),
        "records_states": list(RecordStatus),
        "checklist_states": list(ChecklistState),
        "stances": list(Stance),
        "reminder_states": list(ReminderStatus),
        "dates": [today + days(count) for count in (24, 11, 4, 0, -2)] + [None],
        "clock_lines": [_("Opinion due by 30 November."), _("You are in good time.")],
        "steps": [
            {"title": _("You sent your request"), "state": "done", "at": today - days(4)},
            {
                "title": _("A nurse read it"),
                "state": "done",
                "at": today - days(3),
                "note": _("5 of 5 records"),
            },
            {"title": _("Dr. Sample reads and writes"), "state": "now", "note": _("Due by 30 November")},
            {"title": _("You decide"), "state": ""},
        ],
        "tasks": [
            {"title": _("About you"), "url": "#tasks", "state": _("Done"), "tone": "ok", "icon": "check"},
            {"title": _("What your doctor advised"), "url": "#tasks", "state": _("2 errors"), "tone": "stop"},
            {"title": _("Your records"), "url": "#tasks", "state": _("In progress"), "tone": "info"},
        ],
        "checklist": [
            {"title": _("Letter from your surgeon"), "has": True, "note": _("Added")},
            {
                "title": _("Physio notes"),
                "note": _("Not yet."),
                "url": "#lists",
                "act": _("I don’t have this"),
            },
        ],
        "comparison": [
            {
                "label": _("What you have"),
                "first": _("A worn knee."),
                "second": _("A worn knee."),
                "stance": "agree",
            },
            {
                "label": _("What to do"),
                "first": _("Replace it."),
                "second": _("Train first."),
                "stance": "differ",
            },
            {"label": _("How sure"), "first": _("Not stated"), "second": _("Fairly sure"), "stance": ""},
        ],
        "log": [
            {"who": "Dr. Maren Sample", "what": _("Opened the letter"), "at": now},
            {"who": "Tess Sample", "what": _("Checked that all files open"), "at": now, "icon": "file-check"},
        ],
        "ladder": [
            {
                "at": now + days(1),
                "what": _("One short question is waiting for you"),
                "to": _("E-mail to the patient"),
                "stops": _("She answers"),
                "status": "planned",
                "is_next": True,
                "skip_url": "#ladder",
            },
            {"at": now, "what": _("One record is missing"), "stops": _("It arrives"), "status": "dropped"},
        ],
        "answers": [
            {"question": _("Why now"), "answer": _("Surgery was advised")},
            {"question": _("You ask"), "answers": [_("Do I need it?"), _("Can I wait?")]},
            {
                "question": _("Still missing"),
                "answer": _("MRI report"),
                "is_missing": True,
                "pill": _("1 missing"),
            },
        ],
        "views": [
            {"title": _("All open"), "url": "#views", "count": 38, "is_current": True},
            {"title": _("Mine"), "url": "#views", "count": 12},
        ],
        "queue": [
            {
                "name": "Wendel Sample",
                "age": 71,
                "question": _("Surgery or wait?"),
                "date": today + days(count),
            }
            for count in (3, 11, 24)
        ],
        "reasons": [_("Reads this every week"), _("No link to the first hospital")],
        "against": [_("Free only from Monday")],
        "feed": [{"at": now, "text": _("Tess Sample marked the records complete")}],
    }
