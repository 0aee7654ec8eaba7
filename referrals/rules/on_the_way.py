"""What is on its way to a line of the checklist: files that are being sent or checked. None of it counts as here."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, DateTimeField, Max, Sum, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.vocabulary import RecordType

SILENT_AFTER = dt.timedelta(hours=1)


@dataclass
class Way:
    """Of one kind of record."""

    sending: int = 0  # files
    percent: int = 0  # of their bytes that are here
    is_silent: bool = False
    checking: int = 0  # files

    @property
    def words(self):
        parts = []
        if self.sending:
            text = (
                _("Not all here yet, %(percent)d %%") if self.is_silent else _("On its way, %(percent)d %%")
            )
            parts.append(text % {"percent": self.percent})
        if self.checking:
            parts.append(_("Being checked"))
        return ". ".join(parts)


def of_case(case, *, now):
    """{kind of record: Way}, in one question to the database."""
    never = Value(None, DateTimeField())
    sent = case.uploads.open().order_by().values_list("type")
    sent = sent.annotate(n=Count("pk"), here=Sum("offset"), whole=Sum("size"), last=Max("touched_at"))
    checked = case.records.waiting_for_check().order_by().values_list("type")
    checked = checked.annotate(n=Count("pk"), here=Value(0), whole=Value(0), last=never)
    found = {}
    for type, count, here, whole, last in sent.union(checked, all=True):
        way = found.setdefault(type, Way())
        if whole:
            way.sending, way.percent = count, min(100 * int(here) // int(whole), 99)
            way.is_silent = last < now - SILENT_AFTER
        else:
            way.checking = count
    return found


def mark(lines, ways):
    """Each line says in words what is on its way to it (`way`; '' for nothing)."""
    for line in lines:
        line.way = ways[line.type].words if line.type in ways else ""
    return lines


def marked(case, *, now):
    """The checklist of a case, each line with what is on its way to it."""
    return mark(list(case.checklist.all()), of_case(case, now=now))


def unsorted(ways):
    """What nobody has said yet what it is, in a sentence."""
    way = ways.get(RecordType.OTHER, Way())
    count = way.sending + way.checking
    if not count:
        return ""
    words = ngettext("One more file is on its way.", "%(count)d more files are on their way.", count)
    return f"{words % {'count': count}} {_('Where it belongs shows once we have looked at it.')}"
