"""Links in mails that need no sign-in: what they allow is one thing for one person, and signed."""

from django.core import signing
from django.urls import reverse

from referrals.models import Reminder

SALT = "referrals.reminders.wishes"
LASTS = 60 * 24 * 60 * 60  # seconds


def link(reminder, act):
    """The path of a link that lets its holder `later` or `stop` the kind of this reminder, and nothing else."""
    token = signing.dumps([act, reminder.key.hex], salt=SALT)
    return reverse(f"reminders:{act}", args=[token])


def reminder_of(token, act):
    """The reminder a link was made for; None where it is not ours, for another act, or too old."""
    try:
        meant, key = signing.loads(token, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if meant != act:
        return None
    return Reminder.objects.filter(key=key).select_related("case__clinic", "recipient").first()
