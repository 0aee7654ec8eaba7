"""What a row of a road says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _no_objection(_row, _now):
    return ""


def _no_clocks(_row, _now):
    return {}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One transition.

    `who(person, row)` says whether a person may (None is the system); `guard(row, now)` gives a sentence
    where it can't be done now, else ''; `clocks(row, now)` gives the fields that change with it. `reasons` is the
    enum a coded reason must come from; `told` that the patient is given a sentence. `codes` name it to
    others: FHIR ServiceRequest.status, Task.status, Task.businessStatus, IHE 360X transaction.
    """

    act: str
    label: Any
    sources: frozenset
    target: str | None  # None: the status stays
    who: Callable
    guard: Callable = _no_objection
    clocks: Callable = _no_clocks
    on_case: Callable = _no_clocks  # a referral's step: the clocks of its case that change with it
    reasons: type | None = None
    told: bool = False
    codes: tuple = ()


@dataclass(frozen=True)
class Road:
    """All steps of one kind of row."""

    name: str
    model: type
    steps: tuple

    def step(self, act, status):
        """The step an act means from a status, or None."""
        return next((step for step in self.steps if step.act == act and status in step.sources), None)

    def knows(self, act):
        return any(step.act == act for step in self.steps)

    def steps_from(self, status):
        return [step for step in self.steps if status in step.sources]
