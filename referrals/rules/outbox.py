"""Mail that is no reminder: written down in the act's own transaction, sent by a worker."""

from functools import cache
from pathlib import Path

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
    return _inliner().inline(render_to_string(template, context))


@cache
def _inliner():
    css = Path(finders.find("portal/css/email.css")).read_text(encoding="utf-8")
    return css_inline.CSSInliner(extra_css=css, load_remote_stylesheets=False)
