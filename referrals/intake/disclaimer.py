"""The notice a patient agrees to. Its versions are kept: a case says which one it was sent with."""

from django.utils.translation import gettext_lazy as _

CURRENT = "2026-11"
VERSIONS = {
    "2026-11": (
        _("A second opinion is a view from a distance. The specialist reads your records and does not examine you."),
        _("It does not replace your own doctor. Don’t start, stop or change a treatment because of it without "
          "talking to a doctor who treats you."),
        _("The specialist can only judge what is in the records. What is missing or old may change the answer."),
        _("This is not for emergencies. If you may be in danger, call your local emergency number."),
        _("One specialist and the clinic’s care team read your request and your records for this opinion. Each "
          "opening is noted, and you can see who it was."),
        _("You can take your request back at any time until the opinion is signed. What was written and opened until "
          "then stays on file, as the law asks of a clinic."),
    ),
}  # fmt: skip


def words(version=CURRENT):
    return VERSIONS.get(version, ())
