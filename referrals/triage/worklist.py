"""The list of requests: filters, sorting, and pages found by key. Bounded counts, all in one statement."""

import datetime as dt
import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Trim
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from referrals.models import (
    Case,
    CaseQuestion,
    ChecklistItem,
    GoWithout,
    InfoRequest,
    Membership,
    Person,
    Record,
    RecordReading,
    RecordSource,
    Referral,
    Specialty,
)
from referrals.rules import access, clocks
from referrals.triage.shelves import VIEWS
from referrals.vocabulary import (
    BY_STAFF,
    LIVE_REFERRAL,
    ChecklistState,
    FileKind,
    InfoRequestStatus,
    ReferralStatus,
)

PAGE = 25
MOST_COUNTED = 1000  # what is more is told as "1,000+"
WORDS_SEARCHED = 6
REFERENCE = re.compile(r"^(SO)?([0-9A-Z]{4})([0-9A-Z]{4})$")

# code: words, field, whether the largest comes first
SORTS = {
    "decision": (_("soonest decision first"), "decide_order", False),
    "waiting": (_("longest waiting first"), "submitted_at", False),
    "due": (_("next due first"), "due_at", False),
    "ended": (_("last ended first"), "ended_at", True),
}


@dataclass(frozen=True)
class Asked:
    """What is asked of the list: read from the address by `forms.FilterForm`."""

    view: str = "all"
    sort: str = "decision"
    words: str = ""
    specialty: str = ""
    stage: str = ""
    owner: str = ""
    after: str = ""
    before: str = ""


def choices_for(person):
    """What the filters offer: (specialties, owners)."""
    owners = Person.objects.filter(
        memberships__clinic__in=access.clinics_as(person, *access.STAFF),
        memberships__role__in=sorted(access.STAFF),
        memberships__ended_at__isnull=True,
        is_active=True,
    ).distinct()
    return list(Specialty.objects.all()), list(owners.order_by("name", "pk"))


def worklist(person, asked, *, now):
    """One page of the list: rows, whether there is more on either side, and how many each view holds."""
    sort = "ended" if asked.view == "ended" else asked.sort if asked.sort != "ended" else "decision"
    _words, field, is_descending = SORTS[sort]
    wanted = _filtered(person, asked, now)
    rows, has_before, has_after = _page(_with_facts(wanted, now), asked, field, is_descending)
    counts = _counts({code: _viewed(person, view, now) for code, view in VIEWS.items()} | {"here": wanted})
    return {
        "cases": rows,
        "before": _cursor(rows[0], field) if has_before and rows else "",
        "after": _cursor(rows[-1], field) if has_after and rows else "",
        "counts": counts,
        "sort": sort,
    }


def _viewed(person, view, now, stage=""):
    """The cases of a view; of one stage, on whichever shelf it is.

    The clinic is named apart from the door, so that an index can begin with it.
    """
    clinics = access.clinics_as(person, *access.STAFF)
    shelf = Q(status=stage) if stage else view.shelf
    return access.staffed_cases(person).filter(
        shelf, view.condition(person, timezone.localdate(now), now), clinic_id__in=clinics
    )


def _filtered(person, asked, now):
    cases = _viewed(person, VIEWS[asked.view], now, asked.stage)
    if (found := _numbered(person, asked.words)) is not None:
        return found
    if asked.specialty:
        cases = cases.filter(specialty__code=asked.specialty)
    if asked.owner:
        cases = (
            cases.filter(claimed_by__isnull=True)
            if asked.owner == "nobody"
            else cases.filter(claimed_by__key=asked.owner)
        )
    for word in re.findall(r"[^\W_]+", asked.words)[:WORDS_SEARCHED]:
        cases = cases.filter(_says(word))
    return cases


def _numbered(person, words):
    """The case of a whole number as people say it, with or without its dashes; None for anything else.

    Eight letters may be a name as well: then they are a number where a case bears it.
    """
    parts = REFERENCE.match(re.sub(r"[\s-]", "", words).upper())
    if not parts:
        return None
    found = access.staffed_cases(person).filter(reference=f"SO-{parts[2]}-{parts[3]}")
    return found if parts[1] or re.search(r"\d", words) or found.exists() else None


def _says(word):
    """Where a word, or the beginning of one, stands in a name, a question or the number."""
    query = SearchQuery(f"{word}:*", config="simple", search_type="raw")
    names = Person.objects.annotate(said=SearchVector("name", config="simple")).filter(said=query)
    questions = CaseQuestion.objects.annotate(said=SearchVector("text", config="simple")).filter(said=query)
    about = Case.objects.annotate(said=SearchVector("subject_name", config="simple")).filter(said=query)
    found = about.values("pk").union(
        questions.values("case_id"),
        Case.objects.filter(patient__in=names.values("pk")).values("pk"),
        Case.objects.filter(reference__startswith=f"SO-{word.upper()}").values("pk"),
    )
    return Q(pk__in=found)


def _with_facts(cases, now):
    """What a row says beyond the case itself, found for the rows of the page alone."""
    checklist = ChecklistItem.objects.filter(case=OuterRef("pk")).exclude(state=ChecklistState.WAIVED)
    live = Referral.objects.filter(case=OuterRef("pk"), status__in=sorted(LIVE_REFERRAL))
    run_out = Referral.objects.filter(case=OuterRef("pk"), status=ReferralStatus.EXPIRED)
    asked = InfoRequest.objects.filter(case=OuterRef("pk"), status=InfoRequestStatus.OPEN)
    reader = Trim(Concat("specialist__specialist_profile__title", Value(" "), "specialist__name"))
    return cases.select_related("patient", "claimed_by", "specialty").annotate(
        question=Subquery(
            CaseQuestion.objects.filter(case=OuterRef("pk")).order_by("position", "pk").values("text")[:1]
        ),
        records_wanted=_count(checklist),
        records_here=_count(checklist.filter(state=ChecklistState.HAVE)),
        reader=Subquery(live.annotate(reader=reader).values("reader")[:1]),
        asked_of=Subquery(asked.values("asked_of")[:1]),
        offers_run_out=_count(run_out),
        records_new=_count(_new_records()),
        files_stuck=_count(Record.objects.for_staff(now=now).filter(case=OuterRef("pk"))),
        **chase_facts(),
    )


def _new_records():
    """What came after the request was sent, not by the care team's hands, and nobody of the team has opened."""
    team = Membership.objects.current().of_role(*access.STAFF).filter(clinic=OuterRef("record__case__clinic"))
    opened = RecordReading.objects.filter(record=OuterRef("pk"), person__in=team.values("person"))
    came = Record.objects.ready().filter(case=OuterRef("pk"), added_at__gt=OuterRef("submitted_at"))
    return came.exclude(way_in__in=BY_STAFF).exclude(kind=FileKind.ARCHIVE).exclude(Exists(opened))


def chase_facts():
    """Of whom a case still waits for records: the one to chase first, since when, and how many there are.

    Before that, whom the care team has still to ask.
    """
    waiting = RecordSource.objects.waiting().filter(case=OuterRef("pk"))
    first = waiting.order_by("chase_on", "pk")
    to_send = RecordSource.objects.to_send().filter(case=OuterRef("pk")).order_by("added_at", "pk")
    return {
        "send_name": Subquery(to_send.values("name")[:1]),
        "send_status": Subquery(to_send.values("status")[:1]),
        "chase_name": Subquery(first.values("name")[:1]),
        "chase_on": Subquery(first.values("chase_on")[:1]),
        "chase_since": Subquery(first.values("requested_on")[:1]),
        "sources_waiting": _count(waiting),
        "consent": Subquery(
            GoWithout.objects.filter(case=OuterRef("pk")).order_by("-asked_at", "-pk").values("status")[:1]
        ),
    }


def _count(rows):
    return Coalesce(Subquery(rows.order_by().values("case").annotate(n=Count("pk")).values("n")), 0)


def _page(cases, asked, field, is_descending):
    """Rows after (or before) a cursor; one more is asked for, to know whether there are more."""
    cursor, is_back = (asked.before, True) if asked.before else (asked.after, False)
    is_falling = is_descending != is_back
    if place := _read(cursor, field):
        cases = cases.filter(_beyond(field, *place, is_falling=is_falling))
    order = [F(field).desc(), "-pk"] if is_falling else [F(field).asc(), "pk"]
    rows = list(cases.order_by(*order)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if is_back:
        return rows[::-1], more, True
    return rows, bool(place), more


def _beyond(field, value, reference, *, is_falling):
    """Past the named row. The first condition is there for the index, the others for rows of equal value."""
    way = "lt" if is_falling else "gt"
    here = Case.objects.filter(reference=reference).values("pk")[:1]
    return Q(**{f"{field}__{way}e": value}) & (
        Q(**{f"{field}__{way}": value}) | Q(**{field: value, f"pk__{way}": Subquery(here)})
    )


def _cursor(case, field):
    return f"{getattr(case, field).isoformat()}~{case.reference}"


def _read(cursor, field):
    """(value, reference) of a cursor, or None for what isn't one."""
    value, _tilde, reference = cursor.partition("~")
    read = _day if field == "decide_order" else clocks.moment_of
    moment = read(value)
    return moment and (moment, reference)


def _day(text):
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _counts(querysets):
    """How many rows each holds, in one statement; nothing is counted beyond MOST_COUNTED + 1."""
    selects, params = [], []
    for rows in querysets.values():
        try:
            sql, given = rows.order_by().values("pk")[: MOST_COUNTED + 1].query.sql_with_params()
        except EmptyResultSet:
            sql, given = "SELECT 1 WHERE false", ()
        selects.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 our own statements
        params.extend(given)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(selects), params)
        return dict(zip(querysets, cursor.fetchone(), strict=True))
