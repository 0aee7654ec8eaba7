"""Keeps a result of "Is it time?" and finds it again in the session. Only a random key is in the session."""

import uuid
from dataclasses import dataclass

from django.dispatch import Signal

from content.models import SelfCheck
from content.rulebook import CURRENT, RULEBOOKS

SESSION_KEY = "self_check"
KEPT_DAYS = 30  # the pages say so

answered = Signal()  # sent with `session` and `result`; the roof listens, this house knows nobody


@dataclass(frozen=True)
class SelfCheckResult:
    """What the portal may carry over to a draft: the situation's code ("" if none fitted), the end, the key."""

    key: uuid.UUID
    situation: str
    end: str


def keep(session, answers, *, now):
    """Reads the rules and stores answers and reasons; the session remembers the key."""
    reasons = CURRENT.applied(answers)
    row = SelfCheck.objects.create(
        answers=answers,
        situation=answers["situation"],
        end=CURRENT.verdict(reasons).end,
        reasons=reasons,
        rules_version=CURRENT.version,
        answered_at=now,
    )
    session[SESSION_KEY] = str(row.key)
    answered.send(sender=SelfCheck, session=session, result=_as_result(row))
    return row


def row_of(request):
    try:
        key = uuid.UUID(request.session.get(SESSION_KEY, ""))
    except ValueError:
        return None
    return SelfCheck.objects.filter(key=key).first()


def result_of(request):
    """The result this visitor got, or None."""
    row = row_of(request)
    return row and _as_result(row)


def _as_result(row):
    return SelfCheckResult(key=row.key, situation=row.situation, end=row.end)


def verdict_of(row):
    """The reasons as they were given, in the words of the rules of that day."""
    return RULEBOOKS[row.rules_version].verdict(set(row.reasons))


def forget(*, before):
    gone, _ = SelfCheck.objects.older_than(before).delete()
    return gone
