"""The shape of what comes in."""

import json

from django import forms
from django.conf import settings
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from referrals.records import actions, kinds, passwords, refusals, uploads
from referrals.records.decoder import litter
from referrals.rules import upload_links
from referrals.vocabulary import BY_STAFF, ChecklistState, RecordType, StudyFlag, WayIn

NO_SPACE = "no_space"


def say_days(days):
    return lazy(lambda: ngettext("%d day", "%d days", days) % days, str)()


class FilesForm(forms.Form):
    """Files arrive in `request.FILES`; this carries what is wrong with them, and the summary's link."""

    files = forms.Field(label=_("Files"), required=False)
    way_in = forms.ChoiceField(
        label=_("How did it reach you?"), choices=[(each, WayIn(each).label) for each in BY_STAFF],
        widget=forms.RadioSelect,
    )  # fmt: skip

    def complain(self, sentences, field="files"):
        self.full_clean()
        self.errors.clear()
        for each in sentences:
            self.add_error(field, each)
        return self


class TypeForm(forms.Form):
    type = forms.ChoiceField(choices=RecordType)
    back = forms.ChoiceField(choices=[("list", "list")], required=False)


def types_to_name(for_patient):
    """(value, words) of what a file may be, for whoever names it; nobody need know."""
    words = {each: each.for_patient if for_patient else each.label for each in RecordType}
    return list((words | {RecordType.OTHER: _("Something else, or not sure")}).items())


class FlagForm(forms.Form):
    flag = forms.ChoiceField(choices=StudyFlag)
    back = forms.ChoiceField(
        choices=[(each, each) for each in ("records", "check", "staff", "read")], required=False
    )
    undo = forms.BooleanField(required=False)


class LinkForm(forms.Form):
    label = forms.CharField(
        label=_("Who is it for?"), max_length=120,
        help_text=_("A name that tells you later who this link was for, such as the hospital’s. They don’t see it."),
        error_messages={"required": _("Say who the link is for")},
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=_("How long does it work?"), coerce=int, initial=14, widget=forms.RadioSelect,
        choices=[(days, say_days(days)) for days in upload_links.DAYS],
        error_messages={"required": _("Choose how long the link works")},
    )  # fmt: skip


class NoteForm(forms.Form):
    """What somebody told on the phone, written down."""

    title = forms.CharField(
        label=_("What is it about?"), max_length=120, error_messages={"required": _("Say what it is about")}
    )
    text = forms.CharField(
        label=_("What did they say?"), max_length=20_000, widget=forms.Textarea,
        error_messages={"required": _("Write down what they said")},
    )  # fmt: skip
    type = forms.ChoiceField(
        label=_("Which kind of record is it?"), choices=RecordType, initial=RecordType.OTHER, required=False
    )

    def clean_type(self):
        return self.cleaned_data["type"] or RecordType.OTHER


class ChecklistForm(forms.Form):
    type = forms.ChoiceField(choices=RecordType)
    state = forms.ChoiceField(choices=[(each, ChecklistState(each).for_patient) for each in actions.TO_SAY])


class PasswordForm(forms.Form):
    """Blanks at either end may belong to it."""

    password = forms.CharField(max_length=passwords.LONGEST, strip=False)


def complaint(problem, name, limits):
    """Why one file was not kept, and a way on."""
    if problem == uploads.TOO_LARGE:
        words = say("%(name)s is larger than %(size)s. Save it in parts or at a lower quality, or call us.")
    elif problem == uploads.EMPTY:
        words = say(
            "%(name)s is empty. Open it on your device to see if it is the right file, and add it again."
        )
    elif problem == NO_SPACE:
        words = say(
            "There is no room for %(name)s: a request holds %(room)s and %(count)s files. Call us for more."
        )
    else:
        words = say(
            "We couldn’t save %(name)s just now. Your other files are here. Try again in a few minutes."
        )
    return words % {"name": isolated(name), **limits}


def how_it_came():
    return say("Choose how the files reached you")


def isolated(name):
    """“name”, so that a name in another direction leaves the sentence around it alone."""
    return f"“\u2068{name}\u2069”"


def same_file(name, record):
    if name == record.name:
        return say("%(name)s was here before. We keep it once.") % {"name": isolated(name)}
    return say("%(name)s is the same file as %(other)s. We keep it once.") % {
        "name": isolated(name),
        "other": isolated(record.name),
    }


def limits():
    """Told before anything is chosen."""
    return {
        "size": kinds.limit_in_words(settings.MAX_FILE_BYTES),
        "room": kinds.limit_in_words(settings.MAX_CASE_BYTES),
        "count": number_format(settings.MAX_CASE_FILES, force_grouping=True),
    }


def litter_rules():
    """What the browser leaves out of a folder, so that it need not travel."""
    return json.dumps(litter.RULES)


def taken():
    return refusals.taken()
