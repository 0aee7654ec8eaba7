"""Who opened what, as people read it: the same look again within one sitting is one line."""

from dataclasses import dataclass, replace
from typing import Any

from referrals.rules.reading import SITTING


@dataclass(frozen=True)
class Look:
    event: Any  # the last of them
    first_at: Any
    times: int = 1


def sittings(events):
    """Looks, newest first, of events in that order: one after the other, by one person, at one thing."""
    looks = []
    for event in events:
        last = looks[-1] if looks else None
        if last and _what(event) == _what(last.event) and last.first_at - event.at < SITTING:
            looks[-1] = replace(last, first_at=event.at, times=last.times + 1)
        else:
            looks.append(Look(event, event.at))
    return looks


def _what(event):
    is_draft = event.detail.get("draft") if isinstance(event.detail, dict) else None
    return event.act, event.person_id, event.person_name, event.roles, event.subject_key, is_draft
