"""An occasion to write to somebody: what the rules of reminders find, and in which hours it may go out."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from referrals.models import Person
from referrals.rules import clocks


@dataclass(frozen=True)
class Occasion:
    """One thing somebody owes: to whom we write, the moments, and the hours in which we may."""

    recipient: Person
    key: str
    moments: tuple  # of (step, due)
    hours: clocks.Hours | None  # None: at once, at any hour


def zone_of(person, clinic):
    """The zone a person lives in, as far as we know."""
    return ZoneInfo(person.zone or clinic.zone)


def patient_hours(case, *, urgent=False):
    zone = zone_of(case.patient, case.clinic)
    return clocks.patient_urgent_hours(zone) if urgent else clocks.patient_hours(zone)
