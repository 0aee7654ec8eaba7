"""The saved views of the list of requests: what each holds, and what it says while it holds nothing."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.models import Record, RecordSource
from referrals.rules import completeness
from referrals.vocabulary import ENDED, WORKING, CaseStatus

SOON = dt.timedelta(days=14)
OPEN_FOR_STAFF = Q(status__in=sorted(WORKING))


@dataclass(frozen=True)
class View:
    """Its name, its condition (of the person, the day and the moment), what it says when empty, and where it looks."""

    label: Any
    condition: Any
    empty: Any
    shelf: Q = OPEN_FOR_STAFF


def _at(status, **more):
    return lambda _person, _today, _now: Q(status=status, **more)


VIEWS = {
    "all": View(_("All open"), lambda _p, _d, _n: Q(), _("When somebody asks, it shows up here.")),
    "mine": View(_("Mine"), lambda person, _d, _n: Q(claimed_by=person), _("What you take shows up here.")),
    "soon": View(
        _("Treatment within 14 days"),
        lambda _p, today, _n: Q(decide_order__lte=today + SOON),
        _("Nobody has to decide within 14 days."),
    ),
    "nobody": View(
        _("Nobody’s yet"),
        lambda _p, _d, _n: Q(claimed_by__isnull=True),
        _("Every open request has its owner."),
    ),
    "asked": View(
        _("Waiting for an answer"),
        lambda _p, _d, _n: Q(status__in=[CaseStatus.INFO_NEEDED, CaseStatus.CLARIFICATION]),
        _("Nothing is asked that waits for an answer."),
    ),
    "chase": View(
        _("Records to chase"),
        lambda _p, today, _n: (
            Q(pk__in=RecordSource.objects.waiting().filter(chase_on__lte=today).order_by().values("case"))
            | Q(
                pk__in=RecordSource.objects.to_send().order_by().values("case"),
                status__in=sorted(completeness.STILL_OPEN),
            )
        ),
        _("No place has to be asked or called today."),
    ),
    "files": View(
        _("Files that stopped"),
        lambda _p, _d, now: Q(pk__in=Record.objects.for_staff(now=now).order_by().values("case")),
        _(
            "Files show up here that are locked away, that the virus check can’t look into, or that can’t be read "
            "and were left for three days."
        ),
    ),
    "pending": View(
        _("Waiting for records"), _at(CaseStatus.RECORDS_PENDING), _("No accepted request waits for records.")
    ),
    "match": View(
        _("Ready to match"),
        _at(CaseStatus.ROUTING, offer_due_at__isnull=True),
        _("Accepted requests that are complete show up here until they are offered to a specialist."),
    ),
    "offers": View(
        _("Offers out"), _at(CaseStatus.ROUTING, offer_due_at__isnull=False), _("No offer waits for a reply.")
    ),
    "reading": View(_("Reading"), _at(CaseStatus.IN_REVIEW), _("No specialist is reading just now.")),
    "late": View(_("Late"), lambda _p, _d, now: Q(due_at__lt=now), _("Nothing is late.")),
    "delivered": View(
        _("Delivered"),
        _at(CaseStatus.DELIVERED),
        _("Signed opinions show up here until the patient decides."),
        Q(status=CaseStatus.DELIVERED),
    ),
    "ended": View(
        _("Ended"),
        lambda _p, _d, _n: Q(status__in=sorted(ENDED)),
        _("No request has ended yet."),
        Q(ended_at__isnull=False),
    ),
}
