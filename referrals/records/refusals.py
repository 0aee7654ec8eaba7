"""Why a file was not taken, and how to go on: a code is stored, its words are made when it is shown."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from referrals.records import kinds

LOCKED = "locked"
UNREADABLE = "unreadable"
NAME_LIES = "name_lies"
NOT_TAKEN = "not_taken"
LOST = "lost"


@dataclass(frozen=True)
class Words:
    what: str  # what is wrong
    way_on: str  # what to do now
    icon: str = "circle-alert"


TABLE = {
    LOCKED: Words(
        _("This file is locked with a password."),
        _("Save a copy without the password and add that, or call us."),
        "lock",
    ),
    UNREADABLE: Words(
        _("We could not read this file. It may be damaged or cut off."),
        _("Open it on your device. If it opens, save it again and add the new copy, or take a photo of it."),
    ),
    NAME_LIES: Words(
        _("The end of this file’s name does not fit what is inside."),
        _("Save it again from the program that made it, and add the new copy."),
    ),
    NOT_TAKEN: Words(
        _("We can’t take this kind of file."),
        _("Save it as a PDF, or take a photo of what it shows."),
    ),
    "archive": Words(
        _("This is a packed folder (ZIP or similar)."), _("Unpack it and add the files that are inside.")
    ),
    "office": Words(_("This is a spreadsheet or a slide show."), _("Save it as a PDF and add that.")),
    "old_word": Words(
        _("This is an old Word file."), _("Open it in Word, save it as PDF or DOCX, and add that.")
    ),
    "macros": Words(
        _("This Word file has small programs in it (macros)."), _("Save it as a PDF and add that.")
    ),
    "web_page": Words(
        _("This is a web page, not a document."),
        _("Print it to a PDF file and add that, or take a screenshot."),
    ),
    "program": Words(
        _("This is a program, not a record."),
        _("On a CD with scans, look for the folder named DICOM or IMAGES and add the files in it."),
    ),
    "video": Words(_("We can’t take films or sound."), _("Take a photo of what matters, or call us.")),
    "other_picture": Words(
        _("We can’t take this kind of picture."),
        _("Save it as JPEG or PNG, or take a screenshot, and add that."),
    ),
    "dicomdir": Words(
        _("This is the table of contents of a CD, not a scan."), _("Add the scan files themselves.")
    ),
    "too_many_pixels": Words(
        _("This picture is too large to open safely."), _("Save it at a smaller size and add that.")
    ),
    "packed_too_tight": Words(
        _("This file unpacks to far more than it should."), _("Save it as a PDF and add that.")
    ),
    LOST: Words(_("This file got lost on our side. We are sorry."), _("Add it once more.")),
}


def words_for(code):
    """What is wrong and what to do; for what we don't take, what we do take."""
    words = TABLE.get(code, TABLE[UNREADABLE])
    if code in (NOT_TAKEN, NAME_LIES, "program"):
        return Words(words.what, f"{words.way_on} {taken()}", words.icon)
    return words


def taken():
    return say("We take %(kinds)s, up to %(size)s each.") % {
        "kinds": kinds.IN_WORDS,
        "size": kinds.limit_in_words(settings.MAX_FILE_BYTES),
    }
