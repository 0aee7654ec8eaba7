"""Who could read a case: reasons for and against each specialist, in words. The list explains; a person chooses."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.rules import independence, licences
from referrals.vocabulary import OfferDeclineReason, ReferralStatus

LETTERS_OF_A_TELLING_WORD = 5


@dataclass
class Match:
    """A specialist set beside a case. `bar` is the sentence that keeps the case from being offered to them."""

    person: object
    profile: object
    open_cases: int
    for_it: list = field(default_factory=list)
    against: list = field(default_factory=list)
    bar: str = ""
    fits: bool = False
    is_close: bool = False

    @property
    def order(self):
        load = self.open_cases / max(self.profile.most_cases, 1)
        return (
            bool(self.bar),
            not self.fits,
            not self.is_close,
            load,
            self.person.shown_name,
            self.person.pk,
        )


def matches(case, specialists, *, loads, past):
    """All specialists in the order of fit, then load; those who are barred come last and stay visible.

    `loads` counts the open cases by person, `past` holds this case's earlier referrals by person.
    """
    avoided = [each.name for each in case.avoided_names.all()]
    rows = [
        _match(case, person, avoided, loads.get(person.pk, 0), past.get(person.pk, []))
        for person in specialists
    ]
    return sorted(rows, key=lambda match: match.order)


def _match(case, person, avoided, open_cases, past):
    profile = person.specialist_profile
    match = Match(person=person, profile=profile, open_cases=open_cases)
    match.bar = str(
        independence.objection(
            case, profile, avoided_names=avoided, open_cases=open_cases,
            has_a_tie=any(each.decline_reason == OfferDeclineReason.CONFLICT for each in past),
        )
    )  # fmt: skip
    for judge in (_field, _focus, _ties, _licence, _room, _earlier):
        judge(match, case, past)
    return match


def _field(match, case, _past):
    own = match.profile.specialty
    match.fits = case.specialty_id == own.pk
    if match.fits:
        match.for_it.append(_("Reads %(field)s") % {"field": own.name})
    elif case.specialty_id:
        match.against.append(
            _("Reads %(own)s, not %(field)s") % {"own": own.name, "field": case.specialty.name}
        )


def _focus(match, case, _past):
    shared = _telling_words(match.profile.focus) & _telling_words(_all_words(case))
    match.is_close = bool(shared)
    if shared:
        match.for_it.append(_("Sees most: %(focus)s") % {"focus": match.profile.focus})


def _telling_words(text):
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) >= LETTERS_OF_A_TELLING_WORD}


def _all_words(case):
    first = getattr(case, "first_opinion", None)
    told = [first.diagnosis, first.plan] if first else []
    return " ".join([case.story, *told, *(question.text for question in case.questions.all())])


def _ties(match, case, _past):
    first = getattr(case, "first_opinion", None)
    kind = independence.conflict(match.profile, first)
    if kind == "first_doctor":
        match.against.append(_("Gave the first opinion: not independent"))
    elif kind == "practice":
        match.against.append(
            _("Works at %(practice)s, like the first doctor: not independent") % {"practice": first.practice}
        )
    elif kind == "past_practice":
        match.against.append(
            _("Worked at %(practice)s before: not independent") % {"practice": first.practice}
        )
    elif first and first.practice:
        match.for_it.append(_("No link to %(practice)s") % {"practice": first.practice})
    else:
        match.against.append(_("The first doctor’s practice isn’t known: ties can’t be checked"))
    if match.bar == str(_("The patient asked not to be sent there")):
        match.against.append(match.bar)


def _licence(match, case, _past):
    licence = match.profile.licence
    if not licence:
        match.against.append(_("No license noted"))
    elif licences.names(licence, case.located_in):
        match.for_it.append(_("Licensed where the patient is: %(licence)s") % {"licence": licence})
    else:
        match.against.append(
            _("License: %(licence)s. The patient is in %(place)s")
            % {"licence": licence, "place": case.located_in or _("an unknown place")}
        )


def _room(match, _case, _past):
    profile = match.profile
    words = {"open": match.open_cases, "most": profile.most_cases}
    if not profile.taking_cases:
        match.against.append(_("Takes no new cases at the moment"))
    if match.open_cases >= profile.most_cases:
        match.against.append(_("At the limit of %(most)d open cases") % words)
    elif profile.taking_cases:
        match.for_it.append(_("Has room: %(open)d of %(most)d open cases") % words)


def _earlier(match, _case, past):
    run_out = sum(referral.status == ReferralStatus.EXPIRED for referral in past)
    if run_out:
        words = ngettext(
            "Let an offer of this case run out", "Let %(count)d offers of this case run out", run_out
        )
        match.against.append(words % {"count": run_out})
    for referral in past:
        if referral.status == ReferralStatus.DECLINED:
            reason = OfferDeclineReason(referral.decline_reason).label
            match.against.append(_("Declined this case: %(reason)s") % {"reason": reason})
        elif referral.status == ReferralStatus.TAKEN_BACK:
            match.against.append(_("Had this case before, and it was given to someone else"))
