"""What the pages of this room show."""

from zoneinfo import ZoneInfo

from django.db.models import F, Q, prefetch_related_objects
from django.urls import reverse
from django.utils import dateformat
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from referrals.models import Reminder, ReminderPreference
from referrals.reminders import checks, words
from referrals.rules import access, catalogue, clocks, occasions
from referrals.vocabulary import (
    WAITING,
    WORKING,
    CaseStatus,
    InfoRequestStatus,
    ReferralStatus,
    ReminderStatus,
    Role,
    SourceStatus,
)

PAGE = 50
LIVE = (ReminderStatus.PLANNED, ReminderStatus.SENDING)
WHY_DROPPED = {
    checks.SUPERSEDED: gettext_lazy("A later one went instead"),
    checks.STOPPED: gettext_lazy("They stopped this kind"),
    checks.SKIPPED: gettext_lazy("Skipped by the care team"),
    checks.GONE: gettext_lazy("The account is closed"),
    checks.NO_LONGER_THEIRS: gettext_lazy("No longer theirs to see"),
}


# --- a person's own wishes ------------------------------------------------------------------------


def kinds_of(person, *, now):
    """The kinds of reminder a person may get, whether each is stopped or put off, and the next one."""
    wishes = {wish.rule: wish for wish in ReminderPreference.objects.filter(person=person)}
    planned = Reminder.objects.filter(recipient=person, status=ReminderStatus.PLANNED)
    due = dict(planned.order_by("rule", "-due_at").values_list("rule", "due_at"))
    return [_kind(rule, wishes.get(rule), due.get(rule), now) for rule in _rules_for(person)]


def _rules_for(person):
    """Patients are people without a role; those who work here are reminded of their own work."""
    roles = access.roles_of(person)
    if not roles:
        return [rule for rule in words.KINDS if catalogue.RULES[rule].is_for_patients]
    own = ["D3"] if Role.SPECIALIST in roles else []
    for_staff = [rule for rule in words.KINDS if catalogue.RULES[rule].is_for_staff]
    return own + (for_staff if roles & access.STAFF else [])


def _kind(rule, wish, due_at, now):
    is_stopped = bool(wish and wish.stopped_at)
    snoozed = wish.snoozed_until if wish and wish.snoozed_until and wish.snoozed_until > now else None
    return {
        "rule": rule,
        "words": words.KINDS[rule],
        "is_stopped": is_stopped,
        "snoozed_until": None if is_stopped else snoozed,
        "due_at": None if is_stopped else due_at,
    }


# --- the ledger of a case -------------------------------------------------------------------------


def ledger(case, *, now):
    """Planned reminders (the next one first) and what became of the others (the newest first)."""
    rows = list(Reminder.objects.filter(case=case).select_related("recipient").order_by("due_at", "pk"))
    prefetch_related_objects([case], "info_requests__items", "referrals", "sources", "specimens")
    for row in rows:
        row.case = case
    stopped = set(
        ReminderPreference.objects.filter(
            person_id__in={row.recipient_id for row in rows}, stopped_at__isnull=False
        ).values_list("person_id", "rule")
    )
    planned = [row for row in rows if row.status in LIVE]
    past = sorted(
        (row for row in rows if row.status not in LIVE and not _never_near(row)), key=_ended, reverse=True
    )
    return {
        "planned": [_line(row, stopped, now, is_next=n == 0) for n, row in enumerate(planned)],
        "past": [_line(row, stopped, now) for row in past],
        "reach": _how_to_reach(case),
    }


def _never_near(row):
    """Dropped long before it would have gone out, as most of a draft's are: a row that tells nobody anything."""
    dropped = row.status == ReminderStatus.DROPPED and row.why_dropped == catalogue.NOT_NEEDED
    return dropped and row.ended_at < row.due_at - clocks.DAY


def _ended(row):
    return (row.sent_at or row.ended_at or row.due_at, row.pk)


def _line(row, stopped, now, is_next=False):
    rule = catalogue.RULES[row.rule]
    return {
        "at": row.due_at if row.status in LIVE else _ended(row)[0],
        "what": f"“{words.words_for(row, now=now).subject}”",
        "to": _("E-mail to %(name)s. %(kind)s.") % {"name": row.recipient.shown_name, "kind": rule.label},
        "stops": capfirst(rule.stops),
        "status": row.status,
        "note": _note(row, stopped),
        "is_next": is_next and row.status == ReminderStatus.PLANNED,
        "skip_url": reverse("reminders:skip", args=[row.key]) if row.status == ReminderStatus.PLANNED else "",
    }


def _note(row, stopped=frozenset()):
    if row.status == ReminderStatus.DROPPED:
        return WHY_DROPPED.get(row.why_dropped, "")
    if row.status == ReminderStatus.FAILED:
        return _("%(tried)s. Check the address, or call.") % {"tried": _tried(row)}
    if row.status not in LIVE:
        return ""
    notes = [_where_they_live(row)]
    if row.last_error:
        notes.append(_tried(row))
    if (row.recipient_id, row.rule) in stopped and not catalogue.RULES[row.rule].tells_news(row.step):
        notes.append(_("They stopped this kind: it will not go out"))
    return ". ".join(note for note in notes if note)


def _tried(row):
    words = ngettext("Tried once: %(error)s", "Tried %(tries)d times: %(error)s", row.attempts)
    return words % {"tries": row.attempts, "error": row.last_error}


def _where_they_live(row):
    """The same moment on the recipient's clock, where that differs from the clinic's."""
    zone = occasions.zone_of(row.recipient, row.case.clinic)
    local = row.due_at.astimezone(zone)
    if local.utcoffset() == row.due_at.astimezone(ZoneInfo(row.case.clinic.zone)).utcoffset():
        return ""
    return _("%(time)s where they are") % {"time": dateformat.format(local, "D H:i")}


def _how_to_reach(case):
    zone = occasions.zone_of(case.patient, case.clinic)
    return {
        "name": case.patient.shown_name,
        "email": case.patient.email,
        "phone": case.patient.phone,
        "zone": str(zone).replace("_", " "),
    }


# --- all reminders of the clinic ------------------------------------------------------------------

FAILED, NEXT, TO_CALL = "failed", "next", "call"
TABS = (FAILED, TO_CALL, NEXT)


def overview(person, *, tab, after):
    """One page of a tab, the counts of all, and where the next page begins."""
    seen = access.visible_reminders(person).filter(
        case__clinic_id__in=access.clinics_as(person, *access.STAFF)
    )
    tabs = {FAILED: _failed(seen), TO_CALL: _to_call(seen), NEXT: seen.filter(status__in=LIVE)}
    rows = tabs[tab].annotate(at=F("due_at") if tab == NEXT else F("ended_at"))
    if after:
        at, pk = after
        rows = rows.filter(Q(at__gt=at) | Q(at=at, pk__gt=pk))
    rows = list(
        rows.select_related("case__clinic", "case__patient", "recipient").order_by("at", "pk")[: PAGE + 1]
    )
    lines = [
        {"row": row, "at": row.at, "kind": catalogue.RULES[row.rule].label, "note": _note(row)}
        for row in rows[:PAGE]
    ]
    more = (rows[PAGE - 1].at, rows[PAGE - 1].pk) if len(rows) > PAGE else None
    return {"lines": lines, "counts": {name: found.count() for name, found in tabs.items()}, "more": more}


def _failed(seen):
    return seen.filter(status=ReminderStatus.FAILED, ended_at__isnull=False)


def _to_call(seen):
    """The last step went out, and what it asked for is still open: a person takes over."""

    def sent(rule):
        return Q(rule=rule, step__in=catalogue.RULES[rule].last, status=ReminderStatus.SENT)

    unanswered = sent("P9") & Q(
        case__info_requests__status=InfoRequestStatus.OPEN, case__info_requests__asked_at__lte=F("sent_at")
    )
    unread = sent("P14") & Q(case__status=CaseStatus.DELIVERED, case__opened_at__isnull=True)
    unsigned = sent("D3") & Q(
        case__status=CaseStatus.IN_REVIEW, case__referrals__status=ReferralStatus.IN_REVIEW,
        case__referrals__specialist_id=F("recipient_id"),
    )  # fmt: skip
    no_form = sent("P7") & Q(case__sources__status=SourceStatus.AUTHORISATION_NEEDED)
    silent = (sent("P8") | sent("S5")) & Q(
        case__status__in=sorted(WORKING), case__sources__status__in=sorted(WAITING)
    )
    to_call = Reminder.objects.filter(unanswered | unread | unsigned | no_form | silent)
    return seen.filter(pk__in=to_call.values("pk"))
