"""From "Is it time?" to a request: the two houses don't know each other, so the roof carries it over.

`referrals.intake` reads two session keys and knows no more: `ask_situation` (a code, chosen in advance and
free to change) and `self_check_key` (which answers came before, for the draft's row).
"""

from django.dispatch import receiver

from content.models import SelfCheck
from content.self_check import answered


@receiver(answered)
def carry_over(*, session, result, **_):
    session["self_check_key"] = str(result.key)
    if result.situation and result.end != SelfCheck.End.CARE_NOW:
        session["ask_situation"] = result.situation
    else:
        session.pop("ask_situation", None)
