"""Who opened what of a case, as its patient and its staff read it: the same look within one sitting is one line."""

from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Window
from django.utils.translation import gettext as _

from referrals.models import AuditEvent
from referrals.rules import access, audit
from referrals.rules.reading import SITTING
from referrals.vocabulary import Act, Role

FEW, PAGE = 3, 50
ICONS = {Act.DOWNLOAD: "download", Act.CARRY_PACK: "download", Act.PRINT_OPINION: "printer"}


@dataclass(frozen=True)
class Look:
    event: Any  # the last of them
    first_at: Any
    times: int = 1


def sittings(events):
    """Looks, newest first, of events in that order: one after the other, by one person, at one thing."""
    looks = []
    for event in events:
        last = looks[-1] if looks else None
        if last and _act(event) == _act(last.event) and last.first_at - event.at < SITTING:
            looks[-1] = replace(last, first_at=event.at, times=last.times + 1)
        else:
            looks.append(Look(event, event.at))
    return looks


def _act(event):
    is_draft = event.detail.get("draft") if isinstance(event.detail, dict) else None
    return event.act, event.person_id, event.person_name, event.roles, event.subject_key, is_draft


def _events(case):
    found = AuditEvent.objects.filter(case_reference=case.reference, act__in=audit.LOOKING)
    return found.order_by("-at", "-pk")


def _names(case):
    return {str(key): name for key, name in case.records.values_list("key", "name")}


# --- for staff --------------------------------------------------------------------------------------


def for_staff(case, *, until=None):
    """A page of lines, newest first, and the moment where the next one begins ('' at the end)."""
    events, more = _events(case), ""
    if until:
        events = events.filter(at__lte=until)
    rows = list(events[: PAGE + 1])
    if len(rows) > PAGE:
        # What happened in one moment stays on one page, so that a moment is enough to go on from.
        edge = rows[-1].at
        rows, more = [row for row in rows if row.at > edge] or rows[:PAGE], edge.isoformat()
    names = _names(case)
    return [_staffs_line(look, names) for look in sittings(rows)], more


def _staffs_line(look, names):
    return {
        "who": look.event.person_name or _("The system"),
        "what": Act(look.event.act).label,
        "name": names.get(look.event.subject_key, ""),
        "at": look.event.at,
        "times": look.times,
        "first_at": look.first_at,
    }


# --- for the patient --------------------------------------------------------------------------------


def newest(case, records):
    """(the last few lines of others, how many openings there are)"""
    others = _events(case).exclude(person_id=case.patient_id)
    events = list(others.annotate(total=Window(Count("pk")))[:PAGE])
    names = {str(record.key): record.name for record in records}
    lines = [_patients_line(look, names, case) for look in sittings(events)[:FEW]]
    return lines, events[0].total if events else 0


def page_for_patient(case, *, number):
    """Every opening, newest first, the patient's own among them."""
    page, names = Paginator(_events(case), PAGE).get_page(number), _names(case)
    return {"case": case, "page": page, "log": [_patients_line(look, names, case) for look in sittings(page)]}


def _patients_line(look, names, case):
    event = look.event
    return {
        "who": _("You") if event.person_id == case.patient_id else _who(event),
        "what": _what(event, names),
        "icon": ICONS.get(event.act, "eye"),
        "at": event.at,
        "times": look.times,
        "first_at": look.first_at,
    }


def _who(event):
    if not event.person_name:
        return _("The system")
    roles = set(event.roles.split(","))
    if roles & {role.value for role in access.STAFF}:
        return _("%(name)s, care team") % {"name": event.person_name}
    if Role.SPECIALIST.value in roles:
        return _("%(name)s, specialist") % {"name": event.person_name}
    return event.person_name


def _what(event, names):
    name = names.get(event.subject_key, "")
    if event.act == Act.OPEN_RECORD:
        return _("Opened %(name)s") % {"name": name} if name else _("Opened a record")
    if event.act == Act.DOWNLOAD:
        return _("Downloaded %(name)s") % {"name": name} if name else _("Downloaded a record")
    if event.act == Act.OPEN_OPINION and event.detail.get("draft"):
        return _("Opened what the specialist has written so far")
    return {
        Act.OPEN_CASE: _("Opened your request"),
        Act.CARRY_PACK: _("Downloaded all records as a pack"),
        Act.OPEN_LETTER: _("Opened a letter about your records"),
        Act.OPEN_OPINION: _("Opened the opinion"),
        Act.PRINT_OPINION: _("Printed the opinion"),
    }[event.act]
