"""Choices with two labels."""

from django.db.models import TextChoices


class TwoLabels(TextChoices):
    """Choices with `label` (staff) and `for_patient`."""

    def __new__(cls, value, for_patient=None):
        member = str.__new__(cls, value)
        member._value_ = value
        member._for_patient = for_patient
        return member

    @property
    def for_patient(self):
        return self._for_patient or self.label
