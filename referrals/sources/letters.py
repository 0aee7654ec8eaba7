"""Which letter may be written when, and by whom; a letter is a row first, a worker makes its PDF."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from referrals.models import Letter
from referrals.rules import audit, sources
from referrals.rules.nudges import nudge
from referrals.rules.workflow import StepNotPossible
from referrals.sources.wording import WORDS, day, fax
from referrals.vocabulary import (
    WAITING,
    Act,
    LetterKind,
    SourceRoute,
)

MAKE = "referrals.sources.tasks.make_letter"
# Papers a person has made; the others follow from an act.
WRITABLE = (
    LetterKind.OWN_COPY,
    LetterKind.REQUEST,
    LetterKind.CHASE,
    LetterKind.FORMAL,
    LetterKind.EXTENSION,
)
# Papers that only go out while the form behind them holds.
ON_ITS_STRENGTH = (LetterKind.AUTHORISATION, LetterKind.REQUEST, LetterKind.CHASE, LetterKind.FORMAL)


def why_not(source, kind, *, by, now):
    """The sentence that stands against writing this letter; '' where nothing does."""
    if closed := sources.why_closed(source.case):
        return closed
    if gone := _lacks(source):
        return _("The letter can’t be made yet. It has to say %(what)s.") % {"what": "; ".join(gone)}
    return {
        LetterKind.OWN_COPY: _own_copy_stands,
        LetterKind.REQUEST: _request_stands,
        LetterKind.CHASE: _chase_stands,
        LetterKind.FORMAL: _formal_stands,
        LetterKind.EXTENSION: _extension_stands,
    }[kind](source, sources.today_of(source.case, now))


def may_write(source, kind, by):
    """Own copies are the patient's to ask for, with staff's help; all else is the clinic's paper."""
    if kind == LetterKind.REQUEST:
        return sources.is_staffs(by, source)
    if kind in (LetterKind.OWN_COPY, LetterKind.CHASE, LetterKind.FORMAL, LetterKind.EXTENSION):
        return sources.may_ask(by, source) or (not source.route and sources.is_ours(by, source))
    return False


def open_kinds(source, *, by, now):
    """The letters this person may have made now."""
    return [
        each for each in WRITABLE if may_write(source, each, by) and not why_not(source, each, by=by, now=now)
    ]


def _lacks(source):
    case = source.case
    return [
        words
        for is_there, words in (
            (source.name.strip(), _("who is to send it")),
            (case.about.strip(), _("whose records they are")),
            (case.subject_born_on, _("the date of birth")),
            (source.types, _("what is to be sent")),
            (case.clinic.name, _("who asks")),
        )
        if not is_there
    ]


def _own_copy_stands(source, _today):
    if source.route != SourceRoute.OWN_COPY:
        return _("These records are not asked for as the patient’s own copy.")
    return ""


def _request_stands(source, _today):
    if source.route == SourceRoute.TREATMENT:
        return ""
    if source.route == SourceRoute.AUTHORISATION:
        return "" if sources.holding(source) else _("Nobody signed the form for this yet")
    return _("The patient asks for these records. Choose another way first.")


def _waits(source):
    if source.status not in WAITING:
        return _("Nothing is asked for, or all of it is here.")
    if source.route == SourceRoute.AUTHORISATION and not sources.holding(source):
        return _("Nobody signed the form for this yet")
    return ""


def _chase_stands(source, _today):
    return _waits(source)


def _formal_stands(source, today):
    if objection := _waits(source):
        return objection
    if today <= source.due_on:
        return _("They have until %(day)s. Ask kindly until then.") % {"day": day(source.due_on)}
    return ""


def _extension_stands(source, _today):
    return "" if source.extra_days else _("They have not asked for more time.")


def draft(source, kind, *, now, authorisation=None):
    """The content of a letter as it would be written now."""
    title, blocks = WORDS[kind](source, authorisation)
    case = source.case
    own = source.route == SourceRoute.OWN_COPY and kind != LetterKind.AUTHORISATION
    return {
        "title": title,
        "lang": (get_language() or "en").split("-")[0],
        "sender": _patients_lines(case.patient) if own else _clinics_lines(case.clinic),
        "to": [line for line in (source.name, *source.address.splitlines(), fax(source)) if line.strip()],
        "day": day(sources.today_of(case, now)),
        "blocks": blocks,
    }


def _patients_lines(patient):
    """Whoever asks for their own copy: where to send it, and whom to call."""
    return [line for line in (patient.shown_name, patient.phone, patient.email) if line]


def _clinics_lines(clinic):
    return [line for line in (clinic.name, clinic.phone) if line]


def strength_of(source, kind):
    """The form behind a letter, where it needs one."""
    return sources.holding(source) if kind in ON_ITS_STRENGTH else None


def write(*, source, kind, by, now, authorisation=None):
    """Keep a letter; a worker makes its PDF. Written in the caller's transaction."""
    authorisation = authorisation or strength_of(source, kind)
    letter = Letter.objects.create(
        case=source.case, source=source, authorisation=authorisation, kind=kind, by=by, written_at=now,
        content=draft(source, kind, now=now, authorisation=authorisation),
    )  # fmt: skip
    note_written(letter, by, now)
    return letter


def ask_for(*, source, kind, by, now):
    """A person has a letter made."""
    if not may_write(source, kind, by):
        raise PermissionDenied(_("This letter is not yours to write."))
    if objection := why_not(source, kind, by=by, now=now):
        raise StepNotPossible(objection)
    return write(source=source, kind=kind, by=by, now=now)


def note_written(letter, by, now):
    audit.record(
        Act.WRITE_LETTER, by=by, now=now, case=letter.case, subject_kind="letter", subject_key=letter.key,
        detail={"kind": str(letter.kind)},
    )  # fmt: skip
    nudge(MAKE, key=str(letter.key))


def may_go_out(letter):
    """Not once the signature behind it is gone."""
    if letter.kind == LetterKind.AUTHORISATION or letter.authorisation is None:
        return True
    return letter.kind == LetterKind.REVOCATION or letter.authorisation.status == "signed"
