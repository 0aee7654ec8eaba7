"""Where things are, in four lines: (state, words), state being done, now or "" for to come."""

from django.utils.translation import gettext as _

from referrals.vocabulary import CaseStatus


def way_of(reminder):
    """Empty for a case that has ended without an opinion, and for staff, who know."""
    if reminder.rule.startswith("S"):
        return []
    return _specialists_way(reminder) if reminder.rule.startswith("D") else _patients_way(reminder.case)


def _patients_way(case):
    place = {
        CaseStatus.DRAFT: 0,
        CaseStatus.SUBMITTED: 1,
        CaseStatus.TRIAGE: 1,
        CaseStatus.INFO_NEEDED: 1,
        CaseStatus.RECORDS_PENDING: 2,
        CaseStatus.ROUTING: 2,
        CaseStatus.IN_REVIEW: 2,
        CaseStatus.CLARIFICATION: 2,
        CaseStatus.DELIVERED: 3,
    }.get(case.status)
    if place is None:
        return []
    now = {
        CaseStatus.DRAFT: _("Request not sent yet"),
        CaseStatus.INFO_NEEDED: _("Our team reads it. Waiting for your answer"),
        CaseStatus.RECORDS_PENDING: _("We said yes. Waiting for your records"),
        CaseStatus.ROUTING: _("We are finding your specialist"),
        CaseStatus.CLARIFICATION: _("Your specialist reads it. Waiting for your answer"),
        CaseStatus.DELIVERED: _("Your opinion is ready"),
    }
    lines = (
        (_("Request sent"), _("Request not sent yet")),
        (_("Read by our team"), _("Our team reads it")),
        (_("Read by your specialist"), _("Your specialist reads it")),
        (_("You have the opinion"), _("You get the opinion")),
    )
    return _lines(lines, place, now.get(case.status))


def _specialists_way(reminder):
    lines = (
        (_("Offered to you"), _("Waiting for your reply")),
        (_("Taken by you"), _("You read and write")),
        (_("Signed"), _("You sign")),
        (_("Read by the patient"), _("The patient gets it")),
    )
    return _lines(lines, 0 if reminder.rule == "D1" else 1)


def _lines(lines, place, words_now=None):
    return [
        ("done", done) if n < place else ("now", words_now or ahead) if n == place else ("", ahead)
        for n, (done, ahead) in enumerate(lines)
    ]
