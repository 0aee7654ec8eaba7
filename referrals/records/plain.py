"""Files that come in one form: without a script, or many small ones of a disc in one go.

Ordinary sizes only: what breaks off comes again from its beginning. Each is hashed while it arrives, so the
same file twice is known at once.
"""

import io
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from referrals import storage
from referrals.records import actions, forms, uploads
from referrals.records.room import room_of
from referrals.vocabulary import WayIn

ENVELOPE = 1024**2  # what a form weighs besides its files
BATCH = 4 * 1024**2  # a script sends so many bytes of small files in one form


@dataclass
class Taken:
    """What became of the files of one form."""

    added: int = 0
    notes: list = field(default_factory=list)
    complaints: list = field(default_factory=list)
    told: list = field(default_factory=list)  # for a script, one for each file: {} or {"note"} or {"error"}

    def complain(self, sentence):
        self.complaints.append(sentence)
        self.told.append({"error": sentence})

    def note(self, sentence):
        self.notes.append(sentence)
        self.told.append({"note": sentence})


@contextmanager
def receiving(request):
    """This request's files go straight into the storage; what becomes nobody's is thrown away."""
    handler = uploads.receive_into_storage(request)
    try:
        yield handler
    finally:
        handler.release()


def take(arrived, *, case, now, by=None, link=None, way_in=WayIn.PORTAL, item=None):
    """Make records of them. Raises PermissionDenied or StepNotPossible."""
    whole = [each for each in arrived if not each.problem]
    added = iter(
        actions.add_several(
            case=case, by=by, link=link, now=now, item=item, way_in=way_in,
            came=[actions.Came(each.stored, each.name, each.folder) for each in whole],
        )
        if whole
        else ()
    )  # fmt: skip
    taken = Taken()
    for each in arrived:
        _judge(each, None if each.problem else next(added), taken, is_known=link is None)
    return taken


def _judge(arrival, added, taken, *, is_known):
    """A link's sender isn't told that a file was here before: that would tell what the case holds."""
    if arrival.problem or added.record is None:
        taken.complain(forms.complaint(arrival.problem or forms.NO_SPACE, arrival.name, forms.limits()))
        return
    arrival.taken = added.is_new
    if added.is_new or not is_known:
        taken.added += 1
        taken.told.append({})
    else:
        taken.note(forms.same_file(arrival.name, added.record))


def too_much_at_once(request, case):
    """Said before the bytes travel, as far as the browser tells their number."""
    try:
        coming = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        coming = 0
    if coming > room_of(case).size + ENVELOPE:
        return forms.complaint(forms.NO_SPACE, _("these files"), forms.limits())
    return ""


def too_many():
    count = settings.DATA_UPLOAD_MAX_NUMBER_FILES
    words = _("Nothing was added: you chose more than %(count)s files. Add up to %(count)s at a time.")
    return words % {"count": count}


def write_down(*, case, title, text, type, by, now):
    """What was told on the phone, as a text file."""
    stored = storage.put(io.BytesIO(f"{title}\n\n{text}\n".encode()))
    try:
        return actions.add(
            case=case, stored=stored, name=f"{title}.txt", by=by, now=now, type=type, way_in=WayIn.TOLD
        )
    except BaseException:
        storage.delete(stored.key)
        raise
