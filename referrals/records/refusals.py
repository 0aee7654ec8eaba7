"""Why a file was not taken, and how to go on: a code is stored, its words are made when it is shown."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from referrals.models.record import BROKE_OFF, TOO_LARGE_TO_SCAN
from referrals.records import kinds

LOCKED = "locked"
UNREADABLE = "unreadable"
NAME_LIES = "name_lies"
NOT_TAKEN = "not_taken"
LOST = "lost"
DICOMDIR = "dicomdir"
# It needs somebody.
PASSWORD = "password"  # noqa: S105 a code
WRONG_PASSWORD = "wrong_password"  # noqa: S105 a code
# A virus.
VIRUS = "virus"
VIRUS_INSIDE = "virus_inside"
# It waits for something of ours.
SCANNER_AWAY = "scanner_away"
# Packed folders.
NO_ROOM_INSIDE = "no_room_inside"
TOO_LARGE_INSIDE = "too_large_inside"
NESTED_TOO_DEEP = "nested_too_deep"


@dataclass(frozen=True)
class Words:
    what: str  # what is wrong
    way_on: str  # what to do now
    icon: str = "circle-alert"
    for_staff: str = ""  # what staff do, where that is something else


TABLE = {
    LOCKED: Words(
        _("This file is locked with a password."),
        _("Save a copy without the password and add that, or call us."),
        "lock",
        _("Ask for a copy without the password."),
    ),
    UNREADABLE: Words(
        _("We could not read this file. It may be damaged or cut off."),
        _("Open it on your device. If it opens, save it again and add the new copy, or take a photo of it."),
        for_staff=_(
            "Ask whoever sent it for a new copy. If it opens on your device, save it again and add that."
        ),
    ),
    NAME_LIES: Words(
        _("The end of this file’s name does not fit what is inside."),
        _("Save it again from the program that made it, and add the new copy."),
        for_staff=_("Ask whoever sent it to save it again from the program that made it."),
    ),
    NOT_TAKEN: Words(
        _("We can’t take this kind of file."),
        _("Save it as a PDF, or take a photo of what it shows."),
    ),
    PASSWORD: Words(
        _("This file is locked with a password."),
        _("Type the password, and we open it here. We keep it safe, and nobody sees it."),
        "lock",
        _(
            "Type the password if you have it, or ask whoever sent the file. It is kept safe, and nobody sees it."
        ),
    ),
    WRONG_PASSWORD: Words(
        _("That password did not open the file."),
        _("Look at the small and large letters, and try again. Whoever sent you the file can tell you."),
        "lock",
        _("Look at the small and large letters, and try again, or ask whoever sent the file."),
    ),
    VIRUS: Words(
        _("We found a virus in this file. We locked it away: nobody can open it."),
        _("Nothing happened to your other files. Ask for a fresh copy where you got it, or call us."),
        "shield-alert",
        _("Nothing happened to the other files. Ask whoever sent it for a fresh copy, and remove this one."),
    ),
    VIRUS_INSIDE: Words(
        _(
            "We found a virus in a document that is inside this file. We locked the file away: nobody can open it."
        ),
        _("Nothing happened to your other files. Ask for a fresh copy where you got it, or call us."),
        "shield-alert",
        _("Nothing happened to the other files. Ask whoever sent it for a fresh copy, and remove this one."),
    ),
    SCANNER_AWAY: Words(
        _("This file waits for our virus check, which is not free just now."),
        _("There is nothing for you to do. We check it as soon as we can."),
        "clock",
        _("It goes on by itself once the virus check answers."),
    ),
    TOO_LARGE_TO_SCAN: Words(
        _("Our virus check can’t look into this file, as a rule because it is too large."),
        _("Once your request is with us, our staff decide how to go on. You need do nothing about it."),
        "clock",
        _("You decide: check it again once the virus check can, or take it without, marked “Not scanned”."),
    ),
    BROKE_OFF: Words(
        _("Our check of this file broke off more than once. The file is kept safe."),
        _("Once your request is with us, our staff decide how to go on. You need do nothing about it."),
        "clock",
        _(
            "Have it checked again. If that breaks off as well, ask for another copy, or tell whoever runs this portal."
        ),
    ),
    "archive": Words(
        _("This is a packed folder of a kind we can’t open."),
        _("Unpack it and add the files that are inside, or pack it as ZIP."),
    ),
    "archive_tricks": Words(
        _("This packed folder has links in it, or files that point outside of it. We don’t open those."),
        _("Unpack it and add the files that are inside."),
    ),
    "nothing_inside": Words(
        _("There is no record in this packed folder."),
        _("Look whether it is the right one, and add the files."),
    ),
    NO_ROOM_INSIDE: Words(
        _("There is no room for what is in this packed folder."),
        _("Unpack it and add the files that matter most, or call us for more room."),
        for_staff=_("Unpack it and add the files that matter most."),
    ),
    TOO_LARGE_INSIDE: Words(
        _("A file in this packed folder is larger than we can take."),
        _("Unpack it and add the others, or call us."),
        for_staff=_("Unpack it and add the others."),
    ),
    NESTED_TOO_DEEP: Words(
        _("This is a packed folder in a packed folder in a packed folder."),
        _("Unpack it and add the files that are inside."),
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
    "video": Words(
        _("We can’t take films or sound."),
        _("Take a photo of what matters, or call us."),
        for_staff=_("Ask for a photo of what matters."),
    ),
    "other_picture": Words(
        _("We can’t take this kind of picture."),
        _("Save it as JPEG or PNG, or take a screenshot, and add that."),
    ),
    DICOMDIR: Words(
        _("This is the table of contents of a CD, not a scan."), _("Add the scan files themselves.")
    ),
    "too_many_pixels": Words(
        _("This picture is too large to open safely."), _("Save it at a smaller size and add that.")
    ),
    "packed_too_tight": Words(
        _("This file unpacks to far more than it should."),
        _("If it is a packed folder, unpack it and add the files. If not, save it as a PDF and add that."),
    ),
    "empty_summary": Words(
        _("This health summary has nothing in it that we can show."),
        _("Ask the hospital’s portal for it once more, or save it as a PDF and add that."),
    ),
    "summary_too_large": Words(
        _("This health summary is too large to open safely."),
        _("Ask the hospital’s portal for a shorter time, or save it as a PDF and add that."),
    ),
    LOST: Words(
        _("This file got lost on our side. We are sorry."),
        _("Add it once more."),
        for_staff=_("Add it once more, or ask whoever sent it."),
    ),
}


def words_for(code, *, for_patient=True):
    """What is wrong and what to do; for what we don't take, what we do take."""
    words = TABLE.get(code, TABLE[UNREADABLE])
    if words.for_staff and not for_patient:
        return Words(words.what, words.for_staff, words.icon)
    if code in (NOT_TAKEN, NAME_LIES, "program"):
        return Words(words.what, f"{words.way_on} {taken()}", words.icon)
    return words


def taken():
    return say("We take %(kinds)s, up to %(size)s each.") % {
        "kinds": kinds.IN_WORDS,
        "size": kinds.limit_in_words(settings.MAX_FILE_BYTES),
    }
