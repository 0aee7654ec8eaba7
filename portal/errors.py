"""Pages for what went wrong: plain words, a number to quote, and nothing of the insides."""

from django.http import HttpResponse
from django.template import loader
from django.utils.html import format_html
from django.utils.translation import gettext as _

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def page(request, status, title, sentence):
    """templates/errors/<status>.html, or templates/<status>.html; both get `sentence` and `number`."""
    number = getattr(request, "number", "")
    context = {"title": title, "sentence": sentence, "number": number, "status": status}
    try:
        template = loader.select_template([f"errors/{status}.html", f"{status}.html"])
        content = template.render(context, request)
    except Exception:  # the page about a fault must not need what is faulty
        if status < 500:
            raise
        content = bare(title, sentence, number)
    return HttpResponse(content, status=status, headers={"Cache-Control": "no-store, private"})


def bare(title, sentence, number):
    return format_html(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>{}</title>'
        "<main><h1>{}</h1><p>{}</p><p>{} <code>{}</code></p></main></html>",
        title, title, sentence, _("If you write to us, quote this number:"), number,
    )  # fmt: skip


def bad_request(request, exception=None):
    return page(
        request,
        400,
        _("We couldn’t read that"),
        _("What your browser sent was not complete. Go back and try once more."),
    )


def not_allowed(request, exception=None):
    """PermissionDenied("a sentence") says why; the sentence is shown."""
    sentence = str(exception or "") or _("This isn’t yours to do.")
    return page(request, 403, _("This isn’t yours to do"), sentence)


def stale_form(request, reason=""):
    return page(
        request, 403, _("This page was open for too long"),
        _("Go back, load the page again and send once more. Nothing was changed."),
    )  # fmt: skip


def not_found(request, exception=None):
    return page(
        request, 404, _("There is no such page"), _("Check the address, or start from your home page.")
    )


def not_possible(request, exception):
    """The sentence says why: somebody was faster, or something still stands against it."""
    sentence = str(exception) or _("Somebody was faster. Nothing of yours was changed.")
    return page(request, 409, _("This can’t be done now"), sentence)


def too_often(request, exception=None):
    return page(
        request, 429, _("That was tried too often"),
        _("To keep accounts safe we stop here for a while. Try again in an hour, or call us."),
    )  # fmt: skip


def broken(request):
    return page(
        request, 500, _("Something went wrong on our side"),
        _("What you did may not have been saved. Try again in a minute."),
    )  # fmt: skip
