"""Why an offer came to this specialist, and what speaks against it: in words, never as a score."""

from django.utils.translation import gettext as _

from referrals.rules import independence, licences


def reasons(case, profile, *, open_cases):
    """(for, against), each a list of sentences."""
    speaks_for, against = [], []
    found = (
        *_field(case, profile),
        *_licence(case, profile),
        *_tie(case, profile),
        *_room(profile, open_cases),
    )
    for is_for, sentence in found:
        (speaks_for if is_for else against).append(sentence)
    return speaks_for, against


def _field(case, profile):
    if case.specialty is None:
        return
    if case.specialty_id == profile.specialty_id:
        yield True, _("It is your field: %(field)s") % {"field": profile.specialty.name}
    else:
        yield False, _("It is for %(field)s, and yours is %(own)s") % {
            "field": case.specialty.name, "own": profile.specialty.name,
        }  # fmt: skip


def _licence(case, profile):
    place = case.located_in.split(",")[0].strip()
    if not place:
        return
    if licences.names(profile.licence, case.located_in):
        yield True, _("You are licensed in %(place)s") % {"place": place}
    else:
        yield False, _("The patient is in %(place)s: check that your license holds there") % {"place": place}


def _tie(case, profile):
    first = getattr(case, "first_opinion", None)
    house = first and (first.practice or first.doctor_name)
    if not house:
        return
    if independence.conflict(profile, first):
        yield False, _("We found a tie to %(house)s") % {"house": house}
    else:
        yield True, _("No tie to %(house)s found") % {"house": house}


def _room(profile, open_cases):
    words = {"open": open_cases, "most": profile.most_cases}
    if open_cases < profile.most_cases:
        yield True, _("You have room: %(open)d of %(most)d open") % words
    else:
        yield False, _("You are at your own limit: %(open)d of %(most)d open") % words
