"""The shape of what comes in."""

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from referrals.records import actions, passwords, refusals, uploads
from referrals.vocabulary import ChecklistState, RecordType, StudyFlag

NO_SPACE = "no_space"


class FilesForm(forms.Form):
    """Files arrive in `request.FILES`; this carries what is wrong with them, and the summary's link."""

    files = forms.Field(label=_("Files"), required=False)

    def complain(self, sentences):
        self.full_clean()
        for each in sentences:
            self.add_error("files", each)
        return self


class TypeForm(forms.Form):
    type = forms.ChoiceField(
        label=_("What is it?"), choices=[(each, each.for_patient) for each in RecordType]
    )


class FlagForm(forms.Form):
    flag = forms.ChoiceField(choices=StudyFlag)
    back = forms.ChoiceField(
        choices=[(each, each) for each in ("records", "check", "staff", "read")], required=False
    )


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


def taken():
    return refusals.taken()
