"""One thing that was asked for, and its answer."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import ItemStatus
from referrals.widgets import CharactersLeft


class AnswerItemForm(forms.Form):
    """Text, or records, or "I can't get this"."""

    text = forms.CharField(
        label=_("Your answer"), required=False, max_length=4000,
        widget=CharactersLeft({"dir": "auto"}, rows=4),
        error_messages={"max_length": _("Shorten this to %(limit_value)d characters (it has %(show_value)d)")},
    )  # fmt: skip
    cant_get = forms.BooleanField(label=_("I can’t get this"), required=False)

    def __init__(self, data=None, *, item, records):
        self.item, self.records = item, records
        gave_up = item.status == ItemStatus.CANT_GET
        super().__init__(
            data, prefix=f"item-{item.position}", initial={"text": item.answer, "cant_get": gave_up}
        )
        self.fields["text"].hide_optional = self.fields["cant_get"].hide_optional = True

    @property
    def is_answered(self):
        """As it would be with what is typed now."""
        return bool(self.cleaned_data.get("text") or self.cleaned_data.get("cant_get") or self.records)

    @property
    def status(self):
        if self.cleaned_data.get("cant_get") and not self.cleaned_data.get("text") and not self.records:
            return ItemStatus.CANT_GET
        return ItemStatus.ANSWERED if self.is_answered else ItemStatus.OPEN

    def must_say_something(self):
        if self.is_valid() and not self.is_answered:
            words = _("Write an answer, add a record, or tick “I can’t get this”")
            self.add_error("text", ValidationError(words))
        return self.is_valid()
