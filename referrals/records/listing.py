"""The list of the page where files are added: what needs the person first, then what is on its way, then the rest.

A disc of a thousand files is one row: files that came with a folder are counted by the database, and only some
of their names are read. Studies, and files that need somebody, always have a row of their own.
"""

from dataclasses import dataclass, field

from django.db.models import Case as Choose
from django.db.models import Count, F, Func, IntegerField, Q, Sum, TextField, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.models import Upload
from referrals.records import actions, forms, queries, refusals
from referrals.rules import access, on_the_way
from referrals.vocabulary import CHECKING, STOPPED, ChecklistState, RecordStatus, RecordType, UploadStatus

FOLDED_FROM = 6  # files of one folder become one row
NAMES_SHOWN = 40  # of a folder that is opened
TWINS_SHOWN = 20
OWN_ROW = {RecordStatus.NEEDS_YOU, RecordStatus.QUARANTINED}
NEED = Choose(
    When(status=RecordStatus.NEEDS_YOU, then=Value(0)),
    When(status__in=sorted(STOPPED), then=Value(1)),
    When(status__in=sorted(CHECKING), then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


def _top():
    """The first folder of a path."""
    return Func(F("folder"), Value("/"), Value(1), function="split_part", output_field=TextField())


@dataclass
class Folder:
    """Files that came with one folder, as one row."""

    name: str
    files: int = 0
    size: int = 0
    checking: int = 0
    ready: int = 0
    left_out: int = 0
    reasons: list = field(default_factory=list)  # (how many, what is wrong)
    names: list = field(default_factory=list)

    @property
    def more(self):
        return self.files - len(self.names)


@dataclass(frozen=True)
class Going:
    """An upload that stopped before its end; its sender may go on."""

    upload: Upload
    percent: int

    @property
    def left(self):
        return self.upload.size - self.upload.offset


@dataclass
class Listing:
    rows: list  # queries.FileRow
    folders: list
    going: list
    twins: list  # sentences: files that were here before
    lines: list  # of the checklist
    unsorted: str  # what is on its way to none of them yet

    @property
    def stopped(self):
        """What needs the person: first."""
        return [row for row in self.rows if row.record.status in STOPPED]

    @property
    def others(self):
        return [row for row in self.rows if row.record.status not in STOPPED]

    @property
    def files(self):
        return len(self.rows) + sum(folder.files for folder in self.folders)

    @property
    def is_empty(self):
        return not self.files + len(self.going)

    @property
    def is_checking(self):
        return any(row.record.status in CHECKING for row in self.rows) or any(
            f.checking for f in self.folders
        )

    def count(self, statuses):
        return sum(row.record.status in statuses for row in self.rows)

    @property
    def summary(self):
        """“5 files: 2 ready, 1 being checked, 1 on its way, 1 needs you.”"""
        ready = self.count({RecordStatus.READY}) + sum(folder.ready for folder in self.folders)
        checking = self.count(CHECKING) + sum(folder.checking for folder in self.folders)
        left_out = sum(folder.left_out for folder in self.folders)
        locked_away = self.count({RecordStatus.QUARANTINED})
        needs, going = self.count(STOPPED) - locked_away, len(self.going)
        if self.is_empty:
            return _("No files yet.")
        parts = [
            (ready, ngettext("%d ready", "%d ready", ready)),
            (checking, ngettext("%d being checked", "%d being checked", checking)),
            (going, ngettext("%d on its way", "%d on their way", going)),
            (needs, ngettext("%d needs you", "%d need you", needs)),
            (locked_away, ngettext("%d locked away", "%d locked away", locked_away)),
            (left_out, ngettext("%d left out", "%d left out", left_out)),
        ]
        whole = ngettext("%d file", "%d files", self.files + going) % (self.files + going)
        return f"{whole}: {', '.join(words % number for number, words in parts if number)}."


def listing(case, person, *, now):
    folders = _folders(case)
    folded = Q(top__in=list(folders), study_uid="") & ~Q(status__in=sorted(OWN_ROW))
    records = case.records.annotate(top=_top(), need=NEED).select_related("added_by")
    records = records.exclude(folded) if folders else records
    senders = queries.senders_of(case)
    rows = [
        queries.file_row(record, case, person, senders)
        for record in records.order_by("need", "-added_at", "-pk").defer("text")
    ]
    ways = on_the_way.of_case(case, now=now)
    own = case.uploads.filter(by=person) if person else case.uploads.none()
    return Listing(
        rows,
        list(folders.values()),
        _going(own, now),
        _twins(own),
        _lines(case, person, bool(rows or folders), ways),
        on_the_way.unsorted(ways),
    )


# --- folders ------------------------------------------------------------------------------------------------


def _in_folders(case):
    found = case.records.filter(study_uid="").exclude(folder="").exclude(status__in=sorted(OWN_ROW))
    return found.annotate(top=_top())


def _folders(case):
    """{name: Folder} of those with so many files that one row is better."""
    found = {}
    counted = _in_folders(case).values("top", "status", "refusal").annotate(n=Count("pk"), bytes=Sum("size"))
    for row in counted.order_by("top", "status", "refusal"):
        folder = found.setdefault(row["top"], Folder(row["top"]))
        folder.files += row["n"]
        folder.size += row["bytes"]
        folder.checking += row["n"] * (row["status"] in CHECKING)
        folder.ready += row["n"] * (row["status"] == RecordStatus.READY)
        if row["status"] == RecordStatus.REFUSED:
            folder.left_out += row["n"]
            folder.reasons.append((row["n"], refusals.words_for(row["refusal"]).what))
    folded = {name: folder for name, folder in found.items() if folder.files >= FOLDED_FROM}
    _name_some(case, folded)
    return folded


def _name_some(case, folders):
    if not folders:
        return
    place = Window(RowNumber(), partition_by=[F("top")], order_by=[NEED, F("folder"), F("name"), F("pk")])
    some = (
        _in_folders(case).filter(top__in=list(folders)).annotate(place=place).filter(place__lte=NAMES_SHOWN)
    )
    for record in some.only("case", "key", "name", "folder", "status", "size").order_by("place"):
        folders[record.top].names.append(record)


# --- uploads ------------------------------------------------------------------------------------------------


def _going(uploads, now):
    open_now = uploads.open().filter(expires_at__gt=now).order_by("-touched_at", "-pk")
    return [Going(each, 100 * each.offset // each.size) for each in open_now]


def _twins(uploads):
    """What an upload in pieces turned out to be: a file that was here before. Its check has found that out."""
    done = uploads.filter(status=UploadStatus.DONE, record__study_uid="").exclude(record__key=F("file_key"))
    done = done.select_related("record").order_by("-touched_at", "-pk")[:TWINS_SHOWN]
    return [forms.same_file(each.name, each.record) for each in done]


# --- the checklist ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of the checklist, with what may be said of it now."""

    type: str
    title: str
    state: str
    note: str
    way: str  # what is on its way
    has: bool
    choices: list


def _lines(case, person, has_files, ways):
    found = case.records.ready().values("type").order_by("type")
    here = {
        row["type"]: row
        for row in found.annotate(
            n=Count("pk"),
            pages=Sum("page_count", filter=Q(study_uid="")),
            images=Sum("page_count", filter=~Q(study_uid="")),
        )
    }
    may_say = access.is_patient_of(person, case)
    lines = on_the_way.mark(list(case.checklist.all()), ways)
    return [_line(item, here.get(item.type), has_files, may_say) for item in lines]


def _line(item, here, has_files, may_say):
    state = ChecklistState(item.state)
    can_say = may_say and not here and not item.way and state != ChecklistState.WAIVED
    choices = [
        (each.value, _("It is in a file I added") if each == ChecklistState.HAVE else each.for_patient)
        for each in (actions.TO_SAY if can_say else ())
        if each != state and (each != ChecklistState.HAVE or has_files)
    ]
    title = RecordType(item.type).for_patient if may_say else RecordType(item.type).label
    has = state == ChecklistState.HAVE
    said = "" if item.way and not has else _said(state, here, may_say)
    return Line(item.type, title, state.value, said, item.way, has, choices)


def _said(state, here, for_patient):
    if here:
        pages, images = here["pages"] or 0, here["images"] or 0
        parts = [
            ngettext("%d page", "%d pages", pages) % pages if pages else "",
            ngettext("%d image", "%d images", images) % images if images else "",
        ]
        return ", ".join([_("Added"), *filter(None, parts)])
    if state == ChecklistState.HAVE:
        return _("In a file you added") if for_patient else _("In a file that was added")
    return str(state.for_patient if for_patient else state.label)
