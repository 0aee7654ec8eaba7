"""Coming and going, written to the audit log. Connected by the app's start; nothing else listens to signals."""

from allauth.account import signals as allauth
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.utils import timezone

from referrals.rules import audit
from referrals.vocabulary import Act


def _note(act, person, **more):
    audit.record(
        act,
        by=person,
        now=timezone.now(),
        subject_kind="person",
        subject_key=person.pk if person else "",
        **more,
    )


@receiver(auth.user_logged_in)
def signed_in(sender, request, user, **kwargs):
    _note(Act.SIGN_IN, user)


@receiver(auth.user_logged_out)
def signed_out(sender, request, user, **kwargs):
    if user is not None:
        _note(Act.SIGN_OUT, user)


@receiver(auth.user_login_failed)
def failed_to_sign_in(sender, credentials, request=None, **kwargs):
    """Without the address that was tried: it may be a password typed into the wrong box."""
    _note(Act.SIGN_IN_FAILED, None)


@receiver(allauth.user_signed_up)
def signed_up(sender, request, user, **kwargs):
    _note(Act.SIGN_UP, user)


@receiver(allauth.email_confirmed)
def proved_their_address(sender, request, email_address, **kwargs):
    """Whoever first proves an address by a code from its mail may not be who chose the password: it ends."""
    if not getattr(request, "typed_the_password", False):
        person = email_address.user
        person.set_unusable_password()
        person.save(update_fields=["password"])
        _note(Act.PASSWORD_CHANGED, person)


@receiver([allauth.password_changed, allauth.password_set, allauth.password_reset])
def changed_password(sender, request, user, **kwargs):
    _note(Act.PASSWORD_CHANGED, user)
