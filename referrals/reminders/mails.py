"""A reminder as a mail: our frame around its words, styles inlined, plain text with the same words."""

from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from referrals.reminders import wishes, words
from referrals.reminders.words.way import way_of
from referrals.rules import catalogue
from referrals.rules.outbox import dressed


def mail_for(reminder, *, now):
    """The whole message. Its Message-ID is the row's key: sent again, it is the same mail."""
    clinic, rule = reminder.case.clinic, catalogue.RULES[reminder.rule]
    said = words.words_for(reminder, now=now)
    page = {
        "said": said,
        "clinic": clinic,
        "first_name": first_name(reminder.recipient),
        "button": absolute(said.path),
        "way": way_of(reminder),
        "is_for_patient": rule.is_for_patients,
        "settings_url": absolute(reverse("reminders:settings")),
    }
    headers = {"Message-ID": message_id(reminder.key), "Auto-Submitted": "auto-generated"}
    if rule.may_be_stopped:
        page["later_url"] = absolute(wishes.link(reminder, "later"))
        page["stop_url"] = stop = absolute(wishes.link(reminder, "stop"))
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return message(
        to=reminder.recipient.email,
        sender=sender_of(clinic),
        subject=said.subject,
        text=render_to_string(f"mail/{reminder.rule}.txt", page),
        html=dressed(f"mail/{reminder.rule}.html", page),
        headers=headers,
    )


def message(*, to, subject, text, html="", sender=None, headers=None):
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()), body=text, from_email=sender or settings.DEFAULT_FROM_EMAIL, to=[to],
        headers=headers or {},
    )  # fmt: skip
    if html:
        mail.attach_alternative(html, "text/html")
    return mail


def message_id(key):
    return f"<{key.hex}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def sender_of(clinic):
    """The clinic's name with the portal's address."""
    return formataddr((clinic.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def first_name(person):
    """What to say after Hello; nothing where a name does not look like one."""
    word = (person.name.split() or [""])[0]
    plain = word.replace("-", "").replace("’", "").replace("'", "")
    return word[:40] if plain.isalpha() else ""


def absolute(path):
    """A link on the portal's own address, never on what a request claims."""
    return f"{settings.PUBLIC_URL}{path}"
