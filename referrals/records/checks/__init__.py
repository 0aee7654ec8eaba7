"""What a worker does with a file that came in, and what the night does with all of them.

The row is the queue, and its status says how far the file has come. A worker claims it by a conditional
update (`claims`), takes it as many steps on as it can, renews its claim in between, and writes each step's
outcome only while the claim is still its own. A claim that grew stale (its worker died) is free again, and the
step begins anew: each may be repeated.

received → (`identifying`) identified → (`scanning`) scanned → (`drawing`, `unpacking`) rendered → (`finishing`)
ready. Or needs_you, refused, quarantined: then `refusal` says why, in a code. A code on a file that is still
on its way says what it waits for.
"""

from referrals.records.checks.night import compare_all
from referrals.records.checks.steps import check, in_turn, waiting

__all__ = ["check", "compare_all", "in_turn", "waiting"]
