"""What is to be done next about a source, in a sentence for whoever it is to do; and the notice of 42 CFR part 2."""

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.vocabulary import ENDED, WAITING, CaseStatus, SourceRoute, SourceStatus

S = SourceStatus
# Printed on what goes out of their records; its own short words (42 CFR 2.32).
PART_2_NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


def to_ask(status, name):
    """For staff, of a source that nobody has asked yet, or has to ask again."""
    words = {
        S.IDENTIFIED: _("Ask %(name)s"),
        S.SIGNED: _("Send the request to %(name)s"),
        S.UNREADABLE: _("Ask %(name)s for a copy that can be read"),
    }
    return words[status] % {"name": name}


def next_act(source, *, today, for_patient):
    """(sentence, whether it is theirs to do); ('', False) where nothing is left to do."""
    if source.case.status in ENDED or source.case.status == CaseStatus.DELIVERED:
        return "", False
    name = {"name": source.name}
    if source.status in WAITING:
        return _waiting(source, today, for_patient, name)
    if for_patient and (sentence := _before_anything_goes_out(source, name)):
        return sentence, True
    own = source.route == SourceRoute.OWN_COPY
    patients, sentence = {
        S.IDENTIFIED: (
            not source.route or own,
            _("Ask %(name)s") % name if source.route else _("Choose how to ask %(name)s") % name,
        ),
        S.AUTHORISATION_NEEDED: (
            True,
            (_("Read and sign the form for %(name)s") if for_patient else _("Patient to sign for %(name)s")) % name,
        ),
        S.SIGNED: (False, (_("We ask %(name)s now") if for_patient else _("Send the request to %(name)s")) % name),
        S.UNREADABLE: (own, _("Ask %(name)s for a copy that can be read") % name),
    }.get(source.status, (False, ""))  # fmt: skip
    if not sentence:
        return "", False
    if source.status == S.IDENTIFIED and not source.route:
        return sentence, True
    return sentence, patients == for_patient


def _before_anything_goes_out(source, name):
    """Of a request that nobody at the clinic sees yet, and of a signature that was taken back."""
    if source.status == S.SIGNED and source.case.status == CaseStatus.DRAFT:
        return _("Send your request. Then we ask %(name)s") % name
    if is_taken_back(source):
        return _("You took your signature back. Choose how %(name)s shall be asked") % name
    return ""


def is_taken_back(source):
    return source.status == S.AUTHORISATION_NEEDED and source.routed_at is None


def _waiting(source, today, for_patient, name):
    own = source.route == SourceRoute.OWN_COPY
    mine = own if for_patient else True
    days = max((today - source.requested_on).days, 0)
    since = {**name, "days": days, "due": dateformat.format(source.due_on, "j F")}
    if source.due_on < today:
        words = _("%(name)s had to answer by %(due)s. Call, then send the formal letter") % since
        if not own and not for_patient:
            words = _("%(name)s should have answered by %(due)s. Call, then send the formal letter") % since
        if for_patient:
            words = _("%(name)s had to answer by %(due)s. Call them, or complain") % since
        return (words, True) if mine else (_("%(name)s is late. We call them") % name, False)
    if source.chase_on and source.chase_on <= today:
        if for_patient and not own:
            return _("We call %(name)s") % name, False
        asker = (
            ngettext(
                "Call %(name)s: %(days)d day since you asked", "Call %(name)s: %(days)d days since you asked", days
            )
            if for_patient or not own
            else ngettext(
                "Call %(name)s: %(days)d day since the patient asked",
                "Call %(name)s: %(days)d days since the patient asked", days
            )
        )  # fmt: skip
        return asker % since, True
    if not mine or source.chase_on is None:
        return _("Wait for %(name)s. They have until %(due)s") % since, False
    since["chase"] = dateformat.format(source.chase_on, "j F")
    return _("Wait for %(name)s. Call on %(chase)s. They have until %(due)s") % since, False


def waiting_names(sources):
    """“Millpond Imaging and Brookfall Spine”, for “Waiting for records from …”."""
    names = [source.name for source in sources]
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
