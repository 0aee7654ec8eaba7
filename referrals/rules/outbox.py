"""Mail that is no reminder: written down in the act's own transaction, sent by a worker."""

from functools import cache

import css_inline
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from referrals.models import OutgoingMail
from referrals.rules.nudges import nudge

DELIVER = "referrals.reminders.tasks.deliver_mail"


def post(*, to, subject, text, html="", now):
    """Keep a mail until it has gone out; a worker is nudged to send it at once."""
    mail = OutgoingMail.objects.create(
        to=to, subject=" ".join(subject.split())[:200], text=text, html=html, due_at=now
    )
    nudge(DELIVER)
    return mail


def dressed(template, context):
    """A mail's HTML with its styles written into the tags, as mail programs want it."""
    html = render_to_string(template, context)
    return css_inline.inline(html, extra_css=_styles(), keep_style_tags=False, load_remote_stylesheets=False)


@cache
def _styles():
    with open(finders.find("portal/css/email.css"), encoding="utf-8") as file:
        return file.read()
