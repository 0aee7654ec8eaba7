"""What each step's form does: write what is right to the rows, and keep what isn't yet."""

from django import forms

from referrals.models import FirstOpinion


class StepForm(forms.Form):
    """A form on the rows of a draft.

    `case_fields` and `opinion_fields` are named as in the models. A field that a situation doesn't ask is
    left out of the form, and then out of what is written: changing the situation loses nothing.
    """

    case_fields = ()
    opinion_fields = ()

    def __init__(self, data=None, *, case, today):
        self.case, self.today = case, today
        self.opinion = getattr(case, "first_opinion", None) or FirstOpinion(case=case)
        super().__init__(data, initial=self.initial_of())

    def initial_of(self):
        values = {name: getattr(self.case, name) for name in self.case_fields}
        return values | {name: getattr(self.opinion, name) for name in self.opinion_fields}

    def press(self, act):
        """A button inside the form (add, remove, move); after cleaning, before keeping."""

    def keep(self, now):
        """Write what is right; returns the names of what changed. The caller holds the lock."""
        return self._write(self.case, self.case_fields) + self._write(self.opinion, self.opinion_fields)

    def _write(self, row, names):
        changed = [
            name
            for name in names
            if name in self.cleaned_data and getattr(row, name) != self.cleaned_data[name]
        ]
        for name in changed:
            setattr(row, name, self.cleaned_data[name])
        if changed:
            row.save(update_fields=None if row.pk is None else changed)
        return changed

    # --- what can't be read yet ---

    def not_yet_right(self):
        """The inputs of fields with errors, as typed; nothing for a box that simply was left empty."""
        typed = {}
        for name in self.errors:
            if name in self.fields:
                texts = {key: self.data.get(key, "").replace("\x00", "") for key in self.inputs_of(name)}
                if any(texts.values()) or self.get_initial_for_field(self.fields[name], name):
                    typed |= texts
        return typed

    def inputs_of(self, name):
        """The names of the inputs a field is posted with."""
        widget = self.fields[name].widget
        suffixes = getattr(widget, "widgets_names", [""])
        return [f"{self.add_prefix(name)}{suffix}" for suffix in suffixes]

    def as_posted(self):
        """What the fresh form would post if it were sent untouched."""
        posted = {}
        for bound in self:
            value = bound.value()
            widget = bound.field.widget
            if isinstance(widget, forms.MultiWidget):
                parts = widget.decompress(value)
                posted |= {
                    key: "" if part is None else str(part)
                    for key, part in zip(self.inputs_of(bound.name), parts, strict=True)
                }
            elif isinstance(widget, forms.CheckboxInput):
                posted |= {bound.html_name: "on"} if value else {}
            elif value not in (None, ""):
                posted[bound.html_name] = str(value)
        return posted

    def show_only(self, typed):
        """Keep the errors of what was typed wrong; a box nobody touched is not blamed."""
        for name in list(self.errors):
            if not typed.keys() & set(self.inputs_of(name)):
                del self.errors[name]
