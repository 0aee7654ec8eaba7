"""What patients and staff do about those who hold records."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from referrals.models import Case, Record, RecordSource, SourceContact
from referrals.rules import access, clocks, sources
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import NOT_ASKED, WAITING, Act, ContactKind, SourceRoute, SourceStatus

MOST_SOURCES = 30
SIGNED_FOR = ("name", "types", "about_when", "sensitivity")  # what a signed form says of a source


def why_no_more(case, by):
    """What stands against naming one more; '' where nothing does."""
    is_staffs = case.submitted_at is not None and access.is_staff_for(by, case)
    if not access.is_patient_of(by, case) and not is_staffs:
        return _("Only the person who asks and the care team can do this.")
    return sources.why_closed(case)


@transaction.atomic
def add(*, case, by, now, **fields):
    """Name somebody who holds records."""
    held = _locked(case)
    if not access.is_patient_of(by, held) and not access.is_staff_for(by, held):
        raise PermissionDenied(_("Only the person who asks and the care team can do this."))
    if objection := why_no_more(held, by):
        raise StepNotPossible(objection)
    if same := held.sources.filter(added_by=by, added_at__gt=now - clocks.SECOND_CLICK, **fields).first():
        return same
    if held.sources.count() >= MOST_SOURCES:
        raise StepNotPossible(_("This request names as many places as it can. Change one of them instead."))
    source = RecordSource.objects.create(case=held, added_by=by, added_at=now, **fields)
    sources.note(source, by=by, now=now, detail={"act": "add"})
    sources.touch(held, now=now)
    return source


@transaction.atomic
def edit(*, source, by, now, **fields):
    """Change what is known of a source. What a signed form names stays as long as that form holds."""
    sources.lock(source)
    _mine(source, by)
    is_other = any(fields.get(name, getattr(source, name)) != getattr(source, name) for name in SIGNED_FOR)
    if is_other and sources.holding(source):
        raise StepNotPossible(
            _(
                "A signed form names this place and what it is to send. Take the signature back to change that."
            )
        )
    RecordSource.objects.filter(pk=source.pk).update(**fields)
    sources.note(source, by=by, now=now, detail={"act": "edit", "fields": sorted(fields)})
    source.refresh_from_db()
    return source


@transaction.atomic
def remove(*, source, by, now):
    """Take a source off the list that nobody has asked and nobody signed for."""
    sources.lock(source)
    _mine(source, by)
    if source.status not in NOT_ASKED or source.authorisations.exists() or source.letters.exists():
        raise StepNotPossible(_("This place was asked already. Say that it isn’t needed instead."))
    case = source.case
    sources.note(source, by=by, now=now, detail={"act": "remove"})
    source.delete()
    sources.touch(case, now=now)


def choose_route(*, source, route, by, now):
    """On which ground it is asked for: a form puts it up for signing, the other two need none."""
    if route == SourceRoute.TREATMENT and not sources.is_staffs(by, source):
        raise PermissionDenied(_("The care team decides if one doctor may ask another."))
    if route == SourceRoute.AUTHORISATION:
        return sources.move("need_form", source=source, by=by, now=now, route=route, routed_at=now)
    return sources.move("own_way", source=source, by=by, now=now, route=route, routed_at=None)


def request(*, source, by, now, on=None):
    """It was asked for on a day: 30 calendar days run, and the first call is due on the fifth."""
    on = on or sources.today_of(source.case, now)
    return sources.move(
        "request", source=source, by=by, now=now, requested_on=on, due_on=clocks.source_due(on),
        chase_on=clocks.next_chase(on, on),
        extra_days=None, extension_reason="", extended_on=None, ended_at=None,
    )  # fmt: skip


def ask_again(*, source, by, now, on=None):
    """What came could not be read: the same is asked for anew, and the days count from then."""
    on = on or sources.today_of(source.case, now)
    return sources.move(
        "ask_again", source=source, by=by, now=now, requested_on=on, due_on=clocks.source_due(on),
        chase_on=clocks.next_chase(on, on), extra_days=None, extension_reason="", extended_on=None, ended_at=None,
    )  # fmt: skip


@transaction.atomic
def extend(*, source, days, reason, on, by, now):
    """Their one extension, of at most 30 days, with the reason and the day of their letter."""
    sources.lock(source)
    sources.require("extend", source, by=by)
    due = clocks.extended_due(clocks.source_due(source.requested_on), days)
    sources.move(
        "extend", source=source, by=by, now=now, extra_days=days, extension_reason=reason, extended_on=on,
        due_on=due, chase_on=_next_call(source, now),
    )  # fmt: skip
    said = ngettext("%(days)d day longer: %(why)s", "%(days)d days longer: %(why)s", days)
    text = said % {"days": days, "why": reason}
    SourceContact.objects.create(source=source, at=now, by=by, kind=ContactKind.THEY_WROTE, text=text)
    return source


@transaction.atomic
def came(*, source, by, now, is_all, records=()):
    """All or part of it is here; `records` are the files that came from there."""
    act = "receive" if is_all else "partly"
    changes = {"ended_at": now} if is_all else {"chase_on": _next_call(source, now)}
    sources.move(act, source=source, by=by, now=now, **changes)
    if records:
        Record.objects.filter(case=source.case, pk__in=[record.pk for record in records]).update(
            source=source
        )
    return source


def acknowledge(*, source, by, now):
    """They were spoken to: the next call is due on the next day of the ladder."""
    chase_on = _next_call(source, now)
    return sources.move("acknowledge", source=source, by=by, now=now, chase_on=chase_on)


def _next_call(source, now):
    """None for a source that nobody asked."""
    today = sources.today_of(source.case, now)
    return source.requested_on and clocks.next_chase(source.requested_on, today)


def unreadable(*, source, why, by, now):
    return _say_why("unreadable", source, why, by, now, ended_at=None)


def unavailable(*, source, why, by, now):
    return _say_why("unavailable", source, why, by, now, ended_at=now)


def waive(*, source, why, by, now):
    return _say_why("waive", source, why, by, now, ended_at=now)


@transaction.atomic
def _say_why(act, source, why, by, now, **changes):
    """The reason stands with the source while it holds, and stays among what was said."""
    sources.move(act, source=source, by=by, now=now, why=why, **changes)
    said = f"{SourceStatus(source.status).label}: {why}"
    SourceContact.objects.create(source=source, at=now, by=by, kind=ContactKind.NOTE, text=said)
    return source


def take_back(*, source, by, now):
    """What was given up is asked for after all: from the beginning, with its route kept where no form is owed."""
    route = "" if source.route == SourceRoute.AUTHORISATION else source.route
    return sources.move("take_back", source=source, by=by, now=now, ended_at=None, route=route)


@transaction.atomic
def note_contact(*, source, kind, text, by, now):
    """Write down a call or a letter; the next one is due on the next day of the ladder."""
    sources.lock(source)
    _mine(source, by)
    if same := source.contacts.filter(by=by, kind=kind, text=text, at__gt=now - clocks.SECOND_CLICK).first():
        return same
    contact = SourceContact.objects.create(source=source, at=now, by=by, kind=kind, text=text)
    if source.status in WAITING:
        chase_on = _next_call(source, now)
        RecordSource.objects.filter(pk=source.pk).update(chase_on=chase_on)
        source.chase_on = chase_on
    sources.note(source, by=by, now=now, detail={"kind": str(kind)}, act=Act.CONTACT)
    return contact


def _mine(source, by):
    if not sources.is_ours(by, source):
        raise PermissionDenied(_("Only the person who asks and the care team can do this."))
    if closed := sources.why_closed(source.case):
        raise StepNotPossible(closed)


def _locked(case):
    return Case.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=case.pk)
