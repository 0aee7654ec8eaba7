"""What a person says of themselves: name, phone, time zone."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal.zones import zone_named
from referrals.models import Person
from referrals.rules import audit
from referrals.vocabulary import Act
from referrals.widgets import PhoneInput, ZoneField


class DetailsForm(forms.ModelForm):
    zone = ZoneField(
        label=_("Your time zone"),
        help_text=_("Dates are shown in it, and we don’t write to you at night."),
        error_messages={"required": _("Choose your time zone")},
    )

    class Meta:
        model = Person
        fields = ("name", "phone", "zone")
        labels = {"name": _("Your name"), "phone": _("Phone number")}
        help_texts = {"phone": _("Only if we can’t reach you by e-mail.")}
        error_messages = {"name": {"required": _("Enter your name")}}
        widgets = {"name": forms.TextInput({"autocomplete": "name", "dir": "auto"}), "phone": PhoneInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


def details(request):
    """Anybody's own, and nobody else's."""
    person = Person.objects.get(pk=request.user.pk)
    zone = person.zone or str(zone_named(str(timezone.get_current_timezone())))
    form = DetailsForm(request.POST or None, instance=person, initial={"zone": zone})
    if request.method == "POST" and form.is_valid():
        save(form=form, by=request.user, now=timezone.now())
        messages.success(request, _t("Saved."))
        return redirect("account_details")
    return render(request, "account/details.html", {"form": form}, status=422 if form.is_bound else 200)


@transaction.atomic
def save(*, form, by, now):
    person = form.save()
    audit.record(
        Act.EDIT, by=by, now=now, subject_kind="person", subject_key=person.pk,
        detail={"fields": sorted(form.changed_data)},
    )  # fmt: skip
