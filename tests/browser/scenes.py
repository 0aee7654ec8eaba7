"""Cases at rest in every state, with real records, for looking at pages without walking there."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

from django.utils import timezone

from referrals import storage
from referrals.models import Record
from referrals.records import actions
from referrals.vocabulary import CHECKING, CaseStatus
from tests import build

STATES = {
    "draft": CaseStatus.DRAFT,
    "sent": CaseStatus.SUBMITTED,
    "triage": CaseStatus.TRIAGE,
    "asked": CaseStatus.INFO_NEEDED,
    "routing": CaseStatus.ROUTING,
    "reading": CaseStatus.IN_REVIEW,
    "clarifying": CaseStatus.CLARIFICATION,
    "delivered": CaseStatus.DELIVERED,
    "closed": CaseStatus.CLOSED,
    "declined": CaseStatus.DECLINED,
}


def add_record(case, file):
    with Path(file).open("rb") as stream:
        stored = storage.put(stream)
    added = actions.add(
        case=case, stored=stored, name=Path(file).name, by=case.patient, now=timezone.now(), type="letter"
    )
    return added.record


def wait_for_worker(page, records):
    """The site's worker finds them at its next beat."""
    for _look in range(120):
        if not Record.objects.filter(pk__in=[r.pk for r in records], status__in=CHECKING).exists():
            return
        page.wait_for_timeout(500)
    raise AssertionError("The worker does not check records")


def make(cast, patient, real_files):
    """`scene.reading` and so on; each has a patient of its own. `scene.offer` waits for an answer."""
    now = timezone.now()
    made = SimpleNamespace()
    for name, status in STATES.items():
        case = build.make_case(patient(), status, staff=cast.tess, specialist=cast.vega, now=now)
        setattr(made, name, case)
    for case in (made.draft, made.sent, made.reading):
        made.records = [
            add_record(case, file) for file in (real_files.letter, real_files.scan, real_files.note)
        ]
    offered = build.make_case(patient(), CaseStatus.ROUTING, staff=cast.tess, now=now)
    made.offer = build.make_offer(
        offered, cast.vega, by=cast.tess, now=now, expires_at=now + dt.timedelta(hours=20)
    )
    return made
