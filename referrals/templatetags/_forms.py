"""What the form pack asks of a field."""

from django.forms import MultiWidget
from django.forms.forms import NON_FIELD_ERRORS

from referrals.widgets import PARTS, CharactersLeft, DayMonthYear


def is_optional(bound):
    """Fields that may be left out say so; `field.hide_optional = True` where the words do already."""
    return not bound.field.required and not getattr(bound.field, "hide_optional", False)


def first_id(bound):
    """Where the error summary leads: the control, a group's first control, a date's wrong box."""
    if isinstance(bound.field.widget, MultiWidget):
        boxes = date_parts(bound)
        wrong = [box for box in boxes if box["is_invalid"]]
        return (wrong or boxes)[0]["id"]
    if bound.use_fieldset:
        for choice in bound.subwidgets:
            return choice.id_for_label
        return f"div_{bound.auto_id}"
    return bound.id_for_label or bound.auto_id


def date_parts(bound):
    """The three boxes of a date; only the wrong one is invalid where the error names it."""
    codes = {error.code for error in bound.errors.as_data()} if bound.errors else set()
    named = codes & set(PARTS)
    boxes = []
    for part, box in zip(PARTS, bound.subwidgets[0].data["subwidgets"], strict=True):
        boxes.append(
            {
                "label": DayMonthYear.part_labels[part],
                "id": box["attrs"]["id"],
                "name": box["name"],
                "value": "" if box["value"] is None else box["value"],
                "autocomplete": box["attrs"].get("autocomplete", ""),
                "is_invalid": bool(codes) and (part in named or not named),
            }
        )
    return boxes


def problems(forms):
    """Every error of a form, or of several, in the order of the page: its words, and where it leads."""
    found = []
    for form in forms if isinstance(forms, (list, tuple)) else [forms]:
        for members in getattr(form, "forms", None) or [form]:
            found += _problems_of(members)
        if hasattr(form, "non_form_errors"):
            found += [{"text": text, "href": ""} for text in form.non_form_errors()]
    return found


def _problems_of(form):
    if not hasattr(form, "errors"):
        return []
    found = [{"text": text, "href": ""} for text in form.errors.get(NON_FIELD_ERRORS, [])]
    for bound in form:
        if bound.errors:
            href = "" if bound.is_hidden else f"#{first_id(bound)}"
            found += [{"text": text, "href": href} for text in bound.errors]
    return found


def counted(bound):
    """How many characters a text may have, where the page counts them."""
    return bound.field.max_length if isinstance(bound.field.widget, CharactersLeft) else None


def upto(count):
    """{% for step in 7|upto %}"""
    return range(1, int(count) + 1)
