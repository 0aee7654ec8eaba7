"""The date to decide by, the start of the treatment, and places held elsewhere meanwhile."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from referrals.intake.forms import days
from referrals.intake.forms.base import StepForm
from referrals.models import HeldPlace
from referrals.vocabulary import Advice, Situation
from referrals.widgets import DayMonthYearField

MOST_PLACES = 10


class PlaceForm(forms.Form):
    """One place held elsewhere. Its key comes from the page, so that saving twice is one row."""

    where = forms.CharField(
        label=_("With whom, and where?"), max_length=200, required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip
    held_on = DayMonthYearField(
        label=_("When is it?"), help_text=_("For example, 14 12 2026"), required=False
    )
    cancel_by_on = DayMonthYearField(
        label=_("Until when can you cancel it?"),
        help_text=_("Ask the office if you don’t know."),
        required=False,
    )

    def __init__(self, data=None, *, key, today, row=None):
        self.key, self.today, self.row = key, today, row
        names = ("where", "held_on", "cancel_by_on")
        initial = {name: getattr(row, name) for name in names} if row else {}
        super().__init__(data, prefix=f"place-{key.hex}", initial=initial)
        self.fields["where"].hide_optional = self.fields["held_on"].hide_optional = True

    def clean_held_on(self):
        day = self.cleaned_data["held_on"]
        return day if self.row and self.row.held_on == day else days.from_today_on(day, self.today)

    def clean(self):
        cleaned = super().clean()
        if self.is_blank:
            return cleaned
        if "where" in cleaned and not cleaned["where"]:
            self.add_error("where", _("Say where you hold the place, or remove it"))
        if "held_on" in cleaned and not cleaned["held_on"]:
            self.add_error("held_on", _("Enter the date of the appointment, or remove the place"))
        held, until = cleaned.get("held_on"), cleaned.get("cancel_by_on")
        if days.is_before(held, until):
            words = _("The last day to cancel can’t be after the appointment on %(date)s")
            code = days.first_difference(until, held)
            self.add_error(
                "cancel_by_on", ValidationError(words, code=code, params={"date": days.in_words(held)})
            )
        return cleaned

    @property
    def is_blank(self):
        return not any(
            str(text).strip() for name, text in self.data.items() if name.startswith(f"{self.prefix}-")
        )

    inputs_of, as_posted = StepForm.inputs_of, StepForm.as_posted


class DatesForm(StepForm):
    case_fields = ("decide_by_on", "no_decision_date")
    opinion_fields = ("starts_on", "look_again_on")

    decide_by_on = DayMonthYearField(
        label=_("By when do you have to decide?"), help_text=_("For example, 14 12 2026"), required=False
    )
    no_decision_date = forms.BooleanField(label=_("There is no date"), required=False)
    starts_on = DayMonthYearField(
        label=_("When should the treatment start?"),
        help_text=_(
            "The day of the operation, or of the first treatment. We use it to plan your opinion in time."
        ),
        required=False,
    )
    look_again_on = DayMonthYearField(
        label=_("You were told to wait. When does somebody look again?"),
        help_text=_("If no one named a day, you can call and ask for one."),
        required=False,
    )

    def __init__(self, data=None, *, case, **kwargs):
        super().__init__(data, case=case, **kwargs)
        self.fields["decide_by_on"].hide_optional = self.fields["no_decision_date"].hide_optional = True
        waits = self.opinion.advice == Advice.WAIT
        if not (waits or case.situation == Situation.CHILD or self.opinion.look_again_on):
            del self.fields["look_again_on"]
        if waits and not self.opinion.starts_on:
            del self.fields["starts_on"]
        self.rows = {row.key: row for row in case.held_places.all()}
        self.places = [self._place(key) for key in self._keys()]

    def _place(self, key):
        data = self.data if self.is_bound else None
        return PlaceForm(data, key=key, today=self.today, row=self.rows.get(key))

    def _keys(self):
        """The places on the page: as posted, else those there are."""
        if not self.is_bound:
            return list(self.rows)
        posted = self.data.get("places", "").split(",")
        return list(dict.fromkeys(key for text in posted[:MOST_PLACES] if (key := _uuid(text))))

    @property
    def keys(self):
        """For the hidden input that says which places the page shows."""
        return ",".join(place.key.hex for place in self.places)

    def add_place(self):
        if len(self.places) < MOST_PLACES:
            self.places.append(PlaceForm(key=uuid.uuid4(), today=self.today))

    def clean_decide_by_on(self):
        day = self.cleaned_data["decide_by_on"]
        return days.from_today_on(day, self.today)

    def clean_starts_on(self):
        return days.from_today_on(self.cleaned_data["starts_on"], self.today)

    def clean_look_again_on(self):
        return days.from_today_on(self.cleaned_data["look_again_on"], self.today)

    def clean(self):
        cleaned = super().clean()
        if "decide_by_on" not in cleaned:
            return cleaned
        if cleaned["decide_by_on"] and cleaned.get("no_decision_date"):
            self.add_error("no_decision_date", _("Clear this box, or clear the date above"))
        if not cleaned["decide_by_on"] and not cleaned.get("no_decision_date"):
            self.add_error(
                "decide_by_on", _("Enter the date by which you decide, or tick that there is none")
            )
        return cleaned

    def is_valid(self):
        return all([super().is_valid(), *(place.is_valid() for place in self.places)])

    def press(self, act):
        verb, _colon, key = act.partition(":")
        if verb == "remove":
            self.places = [place for place in self.places if place.key != _uuid(key)]
            self.removed = _uuid(key)

    removed = None

    def keep(self, now):
        changed = super().keep(now)
        gone = [place.key for place in self.places if place.is_blank] + [self.removed]
        if self.case.held_places.filter(key__in=[key for key in gone if key]).delete()[0]:
            changed.append("places")
        for place in self.places:
            if place.is_valid() and not place.is_blank and self._keep_place(place):
                changed.append("places")
        return changed

    def _keep_place(self, place):
        values = place.cleaned_data
        if place.row:
            names = [name for name in values if getattr(place.row, name) != values[name]]
            for name in names:
                setattr(place.row, name, values[name])
            if names:
                place.row.save(update_fields=names)
            return bool(names)
        if HeldPlace.objects.filter(key=place.key).exists():  # of another case, or saved a moment ago
            if not self.case.held_places.filter(key=place.key).update(**values):
                HeldPlace.objects.create(case=self.case, **values)
        else:
            HeldPlace.objects.create(case=self.case, key=place.key, **values)
        return True

    # --- what can't be read yet ---

    def not_yet_right(self):
        typed = super().not_yet_right()
        for place in self.places:
            if not place.is_valid():
                names = [key for field in place.fields for key in place.inputs_of(field)]
                typed |= {name: self.data.get(name, "").replace("\x00", "") for name in names}
        return typed | ({"places": self.keys} if any(name.startswith("place-") for name in typed) else {})

    def as_posted(self):
        posted = super().as_posted() | {"places": self.keys}
        for place in self.places:
            posted |= place.as_posted()
        return posted


def _uuid(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
