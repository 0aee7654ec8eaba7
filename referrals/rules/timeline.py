"""The records of a case in the order of the days they speak of: one list for the patient, staff and the reader."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Prefetch
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.models import RecordReading
from referrals.vocabulary import RecordStatus, RecordType, WayIn

# By the day the record speaks of, newest first; what has no day comes after, as it came.
BY_DAY = (F("dated_on").desc(nulls_last=True), "-added_at", "-pk")
MONTH, KIND, SOURCE, NEW = "month", "kind", "source", "new"
GROUPS = {MONTH: gettext_lazy("By month"), KIND: gettext_lazy("By kind"), SOURCE: gettext_lazy("By source")}
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
ALWAYS = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Wish:
    """How somebody wants the list: grouped by what, and which records alone ('' for all)."""

    group: str = MONTH
    show: str = ""

    @property
    def query(self):
        """As an address carries it on."""
        return ("" if self.group == MONTH else f"&group={self.group}") + (
            f"&show={self.show}" if self.show else ""
        )


@dataclass(frozen=True)
class Choice:
    code: str
    words: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Timeline:
    groups: list  # of (title, records)
    choices: list  # which records can be asked for alone
    arrangements: list  # how they can be grouped
    wish: Wish
    count: int
    read_count: int
    new_count: int


def wish_of(parameters):
    """From an address; nonsense is the usual list."""
    group, show = parameters.get("group", ""), parameters.get("show", "")
    known = {NEW, *RecordType.values, *(f"by-{way}" for way in WayIn.values)}
    return Wish(group if group in GROUPS else MONTH, show if show in known else "")


def in_order(records, person):
    """The queryset, newest first, with what marks each as read."""
    mine = Prefetch("readings", RecordReading.objects.filter(person=person), to_attr="mine")
    return records.prefetch_related(mine).order_by(*BY_DAY)


def arrange(records, *, case, person, wish, since=None):
    """A Timeline of what `in_order` gave, each record marked `is_read`, `is_new`, `last_page`.

    New is what came after this person had begun (`since`, or their first opening where that was earlier), or
    what others added to their own request; until they open it.
    """
    records, is_own = list(records), case.patient_id == person.pk
    began = min([since or NEVER, *(record.mine[0].first_at for record in records if record.mine)])
    for record in records:
        record.is_read = bool(record.mine)
        record.last_page = record.mine[0].last_page if record.mine else 1
        is_waiting = not record.mine and record.added_by_id != person.pk
        record.is_new = is_waiting and record.added_at > (ALWAYS if is_own else began)
    shown = [record for record in records if is_wanted(record, wish.show)]
    return Timeline(
        groups=_grouped(shown, wish.group, is_own),
        choices=_choices(records, wish, is_own),
        arrangements=[Choice(code, str(words), 0, code == wish.group) for code, words in GROUPS.items()],
        wish=wish,
        count=len(records),
        read_count=sum(record.is_read for record in records),
        new_count=sum(record.is_new for record in records),
    )


def is_wanted(record, show):
    if not show:
        return True
    return record.is_new if show == NEW else show in (record.type, f"by-{record.way_in}")


def _grouped(records, group, is_own):
    groups = {}
    for record in records:
        groups.setdefault(_title(record, group, is_own), []).append(record)
    if group == MONTH:
        undated = groups.pop("", None)
        return [*groups.items(), *([(_("No date on it"), undated)] if undated else [])]
    return sorted(groups.items(), key=lambda each: each[0])


def _title(record, group, is_own):
    if group == KIND:
        return _words(RecordType(record.type), is_own)
    if group == SOURCE:
        return _words(WayIn(record.way_in), is_own)
    return dateformat.format(record.dated_on, _("F Y")) if record.dated_on else ""


def _choices(records, wish, is_own):
    """New ones, then each kind and each way in, where that would leave some out."""
    found = [(NEW, _("New"), sum(record.is_new for record in records))]
    for words, prefix, name in ((RecordType, "", "type"), (WayIn, "by-", "way_in")):
        there = {}
        for record in records:
            there[getattr(record, name)] = there.get(getattr(record, name), 0) + 1
        if len(there) > 1:
            found += [
                (f"{prefix}{code}", _words(words(code), is_own), n) for code, n in sorted(there.items())
            ]
    return [
        Choice(code, words, count, code == wish.show)
        for code, words, count in found
        if count or code == wish.show
    ]


def _words(member, is_own):
    return str(member.for_patient if is_own else member.label)


def is_openable(record):
    return record.status == RecordStatus.READY
