"""One function for each thing that is shown."""

from referrals.models import Instance
from referrals.rules import access


def records_to_read(person):
    return access.visible_records(person).defer("text").select_related("case__clinic", "case__patient")


def pins(person):
    return access.visible_citations(person).select_related("record", "case__clinic", "case__patient")


def pins_of(case, person):
    """One's own pins of a case, in order."""
    return list(pins(person).filter(case=case, by=person).order_by("number"))


def image_of(record, key):
    """A file of a study, or None."""
    return Instance.objects.select_related("series").filter(series__record=record, key=key).first()
