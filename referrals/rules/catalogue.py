"""Who is reminded of what, when, and what stops it: the rules as data, and `plan`, which keeps the ledger.

A rule looks at a case as it stands and names the occasions that are open (`occasions`). `plan` writes rows for
them and drops rows nobody needs any more; it runs in the transaction of each act and may be run again at any time.
The `reminders` room sends and shows; it holds no rule. (N1 and N2 are plain news: we have it, we can't help.)
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from referrals.models import Reminder
from referrals.rules import chasing, clocks, occasions
from referrals.rules.nudges import nudge
from referrals.vocabulary import ReminderStatus

NOT_NEEDED = "not_needed"
SEND_DUE = "referrals.reminders.tasks.send_due"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`occasions(case)` is empty once the rule's stop condition holds.

    What is news (a whole rule, or its first step) is never capped, stopped or put off; the rest reminds.
    `last` is the step after which a person takes over.
    """

    id: str
    label: Any  # what staff read in the ledger
    stops: Any  # "stops when …"
    occasions: Callable
    is_news: bool = False
    news: frozenset = frozenset()  # steps
    last: frozenset = frozenset()  # steps

    @property
    def is_for_patients(self):
        return self.id.startswith(("P", "N"))

    @property
    def is_for_staff(self):
        return self.id.startswith("S")

    @property
    def may_be_stopped(self):
        return not self.is_news

    def tells_news(self, step):
        return self.is_news or step in self.news


RULES = {
    rule.id: rule
    for rule in (
        Rule(id="P1", label=_("Draft unfinished"), stops=_("sent, or taken back"), occasions=occasions.draft_unfinished, last=frozenset({"kept-2d"})),
        Rule(id="P2", label=_("Decision date near, not sent"), stops=_("sent, or the date moved"), occasions=occasions.decision_near, last=frozenset({"2d"})),
        Rule(id="P3", label=_("Hold a place elsewhere"), stops=_("a place is held, or no thanks"), occasions=occasions.hold_a_place),
        Rule(id="P7", label=_("Form for records not signed"), stops=_("signed, or asked another way"), occasions=chasing.form_not_signed, last=frozenset({"5d"})),
        Rule(id="P8", label=_("Ask for the records again"), stops=_("it is here, or not needed"), occasions=chasing.ask_them_again, last=frozenset({"due"})),
        Rule(id="P9", label=_("We need something from the patient"), stops=_("answered, or not needed"), occasions=occasions.we_need_something, news=frozenset({"asked"}), last=frozenset({"7d", "48h"})),
        Rule(id="P10", label=_("A file stopped in its checks"), stops=_("opened, replaced or removed"), occasions=occasions.file_stopped, news=frozenset({"found"}), last=frozenset({"72h"})),
        Rule(id="P11", label=_("Form for records runs out"), stops=_("signed anew, or no longer needed"), occasions=chasing.form_runs_out),
        Rule(id="P14", label=_("Opinion ready"), stops=_("the patient opened it"), occasions=occasions.opinion_ready, is_news=True, last=frozenset({"3d"})),
        Rule(id="P22", label=_("Files are deleted soon"), stops=_("kept longer, or a legal hold"), occasions=occasions.files_end, is_news=True, last=frozenset({"7d"})),
        Rule(id="P25", label=_("Upload unfinished"), stops=_("all of it is here, or cancelled"), occasions=occasions.upload_unfinished, is_news=True),
        Rule(id="D1", label=_("Offer to answer"), stops=_("the specialist answered"), occasions=occasions.offer_waits, is_news=True),
        Rule(id="D3", label=_("Review due"), stops=_("signed, or waiting for an answer"), occasions=occasions.review_due, last=frozenset({"due"})),
        Rule(id="S5", label=_("Records to chase"), stops=_("it is here, or not needed"), occasions=chasing.source_silent, last=frozenset({"31d"})),
        Rule(id="S17", label=_("Slides to send back"), stops=_("sent back"), occasions=chasing.slides_here),
        Rule(id="S18", label=_("Signature taken back"), stops=_("once only"), occasions=chasing.signature_gone, is_news=True),
        Rule(id="N1", label=_("We have the request"), stops=_("once only"), occasions=occasions.received, is_news=True),
        Rule(id="N2", label=_("We can’t take the request"), stops=_("once only"), occasions=occasions.declined, is_news=True),
    )
}  # fmt: skip


def _due(occasion, due):
    return due if occasion.hours is None else clocks.next_open(due, occasion.hours)


def wanted(case):
    """All steps the rules ask for as the case stands: {(rule, occasion, step, recipient id): (due as ruled, due in hours)}."""
    return {
        (rule.id, occasion.key, step, occasion.recipient.pk): (due, _due(occasion, due))
        for rule in RULES.values()
        for occasion in rule.occasions(case)
        for step, due in occasion.moments
    }


def identity(reminder):
    return (reminder.rule, reminder.occasion, reminder.step, reminder.recipient_id)


@dataclass(frozen=True)
class Ask:
    """What a rule says of one step now: still asked for, in which hours, and which steps come after it."""

    hours: clocks.Hours | None
    later: tuple  # identities of its steps that are due after this one


def asked_for(reminder):
    """Looked up anew just before a reminder goes out; None where its rule no longer asks for it."""
    rule = RULES.get(reminder.rule)
    steps = [
        ((rule.id, occasion.key, step, occasion.recipient.pk), due, occasion.hours)
        for occasion in (rule.occasions(reminder.case) if rule else ())
        for step, due in occasion.moments
    ]
    own = identity(reminder)
    for name, due, hours in steps:
        if name == own:
            return Ask(
                hours, tuple(other for other, when, _hours in steps if when > due and other[3] == own[3])
            )
    return None


def plan(case, *, now):
    """Bring the ledger of a case in line with its rules. What is past when first planned is not written."""
    want = wanted(case)
    rows = {identity(row): row for row in Reminder.objects.filter(case=case)}
    new = {
        name: due
        for name, due in want.items()
        if name not in rows and due[0] >= now - dt.timedelta(minutes=1)
    }
    _carry_over(rows, want, new)
    Reminder.objects.bulk_create(
        [
            Reminder(
                case=case, rule=rule, occasion=occasion, step=step, recipient_id=recipient,
                ruled_at=due, due_at=due, planned_at=now,
            )
            for (rule, occasion, step, recipient), (_ruled, due) in new.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if any(due <= now for _ruled, due in new.values()):
        nudge(SEND_DUE)
    for name, row in rows.items():
        _bring_in_line(row, want.get(name), now)


def _carry_over(rows, want, new):
    """A planned step whose occasion has a new name (a date was moved) keeps its row."""
    planned = {
        (row.rule, row.step, row.recipient_id): row
        for name, row in rows.items()
        if row.status == ReminderStatus.PLANNED and name not in want
    }
    for name in list(new):
        rule, occasion, step, recipient = name
        if row := planned.get((rule, step, recipient)):
            due = new.pop(name)[1]
            rows.pop(identity(row))
            Reminder.objects.filter(pk=row.pk, status=ReminderStatus.PLANNED).update(
                occasion=occasion, ruled_at=due, due_at=due
            )


def _bring_in_line(row, want, now):
    planned = Reminder.objects.filter(pk=row.pk, status=ReminderStatus.PLANNED)
    if want is None:
        if row.status == ReminderStatus.PLANNED:
            planned.update(status=ReminderStatus.DROPPED, why_dropped=NOT_NEEDED, ended_at=now)
    elif row.status == ReminderStatus.DROPPED and row.why_dropped == NOT_NEEDED and want[1] > now:
        Reminder.objects.filter(pk=row.pk, status=ReminderStatus.DROPPED).update(
            status=ReminderStatus.PLANNED, why_dropped="", ended_at=None, ruled_at=want[1], due_at=want[1]
        )
    elif row.status == ReminderStatus.PLANNED and row.ruled_at != want[1]:
        planned.update(ruled_at=want[1], due_at=want[1])
