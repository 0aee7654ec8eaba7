"""Our hold on a row while a step is done, and what may become of it."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q

from referrals import storage
from referrals.models import Case, Record
from referrals.models.record import WAITS_FOR_STAFF
from referrals.records import refusals
from referrals.rules import audit, catalogue, checklists
from referrals.rules.claims import unheld
from referrals.vocabulary import CHECKING, Act, RecordStatus

MOST_ATTEMPTS = 3  # at one step
STALE_AFTER = dt.timedelta(minutes=2)  # longer than between two renewals


class Lost(Exception):
    """The row is no longer ours: another worker has it, or it is gone. Nothing of ours is written."""


def free(now):
    """Files that nobody has in hand. Those that wait for a decision of staff aren't for us."""
    return Q(status__in=CHECKING) & unheld(now, STALE_AFTER) & ~Q(refusal__in=WAITS_FOR_STAFF)


def claim(key, clock):
    """The file in our hands, or None."""
    now = clock()
    if not Record.objects.filter(free(now), key=key).update(claimed_at=now, attempts=F("attempts") + 1):
        return None
    record = Record.objects.select_related("case__clinic", "case__patient").filter(key=key).first()
    return Work(record, clock, now) if record else None


class Work:
    """A file at one step, in our hands until `at` is None."""

    def __init__(self, record, clock, at):
        self.record, self.clock, self.at = record, clock, at

    @property
    def rows(self):
        return Record.objects.filter(pk=self.record.pk, status=self.record.status, claimed_at=self.at)

    def renew(self):
        """Whether it is still ours, and then for longer."""
        now = self.clock()
        held = bool(self.rows.update(claimed_at=now))
        self.at = now
        return held

    def keep(self, **changes):
        """Write what was found while the step goes on. In a transaction of the caller, where there is more to write."""
        now = self.clock()
        if not self.rows.update(claimed_at=now, **changes):
            raise Lost
        self._now(now, changes)

    def move(self, status, **changes):
        """The step is done: on to the next one, which we begin at once."""
        self.keep(status=status, attempts=1, refusal="", **changes)

    def hold(self, code, *, counts=False):
        """It waits for something of ours, said so on its row; looked at again once this claim is stale."""
        self.rows.update(refusal=code, **({} if counts else {"attempts": F("attempts") - 1}))
        self.at = None

    def give_back(self, *, counts=True):
        """Free for the next who looks."""
        changes = {} if counts else {"attempts": F("attempts") - 1}
        self.rows.update(claimed_at=None, **changes)
        self.at = None

    def take_case(self):
        """The case as it is now, held until all is written. Whoever plans its mails begins with this: two who plan at
        once, one of them without it, wait for each other."""
        cases = Case.objects.select_for_update(of=("self",)).select_related("clinic", "patient")
        case = cases.filter(pk=self.record.case_id).first()
        if case is None:
            raise Lost
        self.record.case = case

    @transaction.atomic
    def stop(self, status, code, detail=None, **changes):
        """The end of the way, or a stop on it. What is refused is not kept: nobody could open it.

        What is lost keeps its key: a disk that was not mounted, or a backup, may bring its bytes back.
        """
        self.take_case()
        now, record = self.clock(), self.record
        changes |= {"claimed_at": None, "checked_at": now, "attempts": 0}
        if not self.rows.update(status=status, refusal=code[:30], **changes):
            raise Lost
        self._now(None, {"status": status, "refusal": code, **changes})
        if status == RecordStatus.REFUSED and code != refusals.LOST:
            storage.delete(record.key)
        if status in checklists.GONE:
            checklists.went(record.case, record.type)
        told = {"status": status, "kind": record.kind, "refusal": code[:30]}
        self.tell(Act.RECORD_CHECKED, told | (detail or {}))

    @transaction.atomic
    def remove(self):
        """The row goes, with its bytes."""
        if not self.rows.delete()[0]:
            raise Lost
        self.at, key = None, self.record.key
        storage.delete(key)

    def tell(self, act, detail):
        record, now = self.record, self.clock()
        audit.record(
            act, by=None, now=now, case=record.case, subject_kind="record",
            subject_key=record.key, detail=detail,
        )  # fmt: skip
        catalogue.plan(record.case, now=now)

    def _now(self, at, changes):
        self.at = at
        for name, value in changes.items():
            setattr(self.record, name, value)
