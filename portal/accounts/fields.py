"""What we ask at sign-up besides the address and the password. Apart from `forms`, which allauth loads later."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignUpFields(forms.Form):
    """What we ask besides the address and the password."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, error_messages={"required": _("Enter your name")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )  # fmt: skip

    field_order = ("name", "email", "password1")

    def signup(self, request, user):
        user.name = self.cleaned_data["name"].strip()
        user.save(update_fields=["name"])
