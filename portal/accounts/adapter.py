"""What allauth asks of us: where to go next, and how its mails leave."""

from allauth.account.adapter import DefaultAccountAdapter
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.context import clinic_of
from referrals.models import Person
from referrals.rules import outbox
from referrals.rules.access import roles_of


class Adapter(DefaultAccountAdapter):
    """Mails are written to the outbox in our own words and look; nothing is sent while a page waits."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This code doesn’t fit. Type the six digits of the newest mail"),
    }

    def send_mail(self, template_prefix, email, context):
        clinic = clinic_of(self.request)
        words = {**context, "email": email, "clinic": clinic, "request": self.request}
        text = render_to_string(f"{template_prefix}_message.txt", words).strip()
        subject = render_to_string(f"{template_prefix}_subject.txt", words)
        notice = {"clinic": clinic, "text": text, "code": words.get("code", "")}
        outbox.post(
            to=email,
            subject=subject,
            text=render_to_string("mail/notice.txt", notice),
            html=outbox.dressed("mail/notice.html", notice),
            now=timezone.now(),
        )

    def confirm_email(self, request, email_address):
        """The code came back to where the password was typed, so both are one person's."""
        request.typed_the_password = True
        return super().confirm_email(request, email_address)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Wrong passwords are counted for an address, by whichever name or port of ours it was tried."""
        return Person.objects.normalise(credentials.get("email", ""))

    def get_login_redirect_url(self, request):
        """A visitor who began before signing in goes on where they were; who works here goes to work."""
        began = request.session.get("ask_situation") and not roles_of(request.user)
        return resolve_url("intake:begin" if began else "home:mine")

    get_signup_redirect_url = get_login_redirect_url
