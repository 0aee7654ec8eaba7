"""What the demo's mail catcher caught. In demo mode only: see portal/urls.py."""

import datetime
from email import message_from_binary_file, policy
from email.utils import parsedate_to_datetime

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

DIRECTORY = settings.PORTAL_HOME / "mail"
NEWEST = 200
# A mail brings its styles in its text; nothing else of it runs, and a link opens in the whole window.
SANDBOX = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}


class Mail:
    def __init__(self, file):
        self.key = file.stem
        with open(file, "rb") as content:
            self.message = message_from_binary_file(content, policy=policy.default)

    def __getattr__(self, header):
        return str(self.message.get(header.replace("_", "-"), ""))

    @property
    def sent_at(self):
        """A date in a mail without a zone (`-0000`) is in UTC."""
        sent = parsedate_to_datetime(self.date) if self.date else None
        return sent.replace(tzinfo=datetime.UTC) if sent and sent.tzinfo is None else sent

    def part(self, kind):
        part = self.message.get_body((kind,))
        return part.get_content() if part else ""

    @property
    def headers(self):
        return [(name, str(value)) for name, value in self.message.items()]


def find(key):
    try:
        return Mail(DIRECTORY / f"{key}.eml")
    except OSError:  # nothing there, or no name that a file could have
        raise Http404 from None


@login_not_required
@never_cache
@require_safe
def mails(request):
    files = sorted(DIRECTORY.glob("[0-9]*.eml"), reverse=True)
    return render(
        request, "demo/mails.html", {"mails": [Mail(f) for f in files[:NEWEST]], "count": len(files)}
    )


@login_not_required
@never_cache
@require_safe
def mail(request, key):
    found = find(key)
    return render(
        request,
        "demo/mail.html",
        {"mail": found, "text": found.part("plain"), "has_html": bool(found.part("html"))},
    )


@login_not_required
@never_cache
@xframe_options_sameorigin
@csp_replace(SANDBOX)
@require_safe
def html(request, key):
    return HttpResponse('<base target="_top">' + find(key).part("html"))
