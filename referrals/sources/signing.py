"""The form by which a patient lets somebody send records (45 CFR 164.508(c)): its elements, signing, taking back."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.models import Authorisation, AuthorisationPart, Letter, SourceContact
from referrals.rules import access, audit, chasing, clocks, sources
from referrals.rules.workflow import StepNotPossible
from referrals.sources import letters
from referrals.vocabulary import (
    Act,
    AuthorisationElement,
    AuthorisationStatus,
    ContactKind,
    LetterKind,
    LetterStatus,
    RecordType,
    Sensitivity,
    SourceStatus,
)

E = AuthorisationElement
DAYS_AFTER_DELIVERY = 90
TITLE = gettext_lazy("Permission to send my health records")
# What each element lacks when it can't be written, in a sentence that mends it.
LACKS = {
    E.DESCRIPTION: gettext_lazy(
        "what is to be sent, and whose it is: the kinds of records, the name and the date of birth"
    ),
    E.DISCLOSER: gettext_lazy("who is to send it: the name of the place"),
    E.RECIPIENT: gettext_lazy("who is to get it: the clinic’s name"),
    E.PURPOSE: gettext_lazy("what it is for"),
    E.EXPIRY: gettext_lazy("until when it holds: a day to come, or days after the opinion"),
    E.REVOCATION: gettext_lazy("how to take it back: a way to reach the clinic"),
    E.CONDITIONING: gettext_lazy("that nothing depends on it"),
    E.REDISCLOSURE: gettext_lazy("what may happen afterwards"),
    E.SENSITIVE: gettext_lazy("which records are guarded more closely"),
    E.AUTHORITY: gettext_lazy("the right to sign for the child"),
    E.SIGNATURE: gettext_lazy("the signature"),
}
ALWAYS = (
    E.DESCRIPTION, E.DISCLOSER, E.RECIPIENT, E.PURPOSE, E.EXPIRY, E.REVOCATION, E.CONDITIONING, E.REDISCLOSURE,
)  # fmt: skip


class ElementMissing(StepNotPossible):
    """The law asks for something that is not there yet."""


class TextHasChanged(Exception):
    """Something the form says was changed since it was on the screen."""


@dataclass(frozen=True)
class Ends:
    """Until when a form holds: a day, or so many days after the opinion."""

    on: dt.date | None = None
    days: int | None = DAYS_AFTER_DELIVERY


def wanted(source):
    """The elements that this form must have."""
    more = [E.SENSITIVE] if source.sensitivity else []
    return (*ALWAYS, *more, *([E.AUTHORITY] if source.case.is_child else []))


def elements(source, ends, *, today):
    """{element: its words}, '' where they can't be written."""
    case, clinic = source.case, source.case.clinic
    return {
        E.DESCRIPTION: _description(source),
        E.DISCLOSER: ", ".join(part for part in (source.name.strip(), _one_line(source.address)) if part)
        if source.name.strip() else "",
        E.RECIPIENT: clinic.name and _("%(clinic)s, its care team, and the specialist who writes my second opinion.")
        % {"clinic": clinic.name},
        E.PURPOSE: _("A second medical opinion, which I asked for myself."),
        E.EXPIRY: _expiry(ends, clinic, today),
        E.REVOCATION: clinic.name and _(
            "I can take this back at any time, in writing: on my page with “Take my signature back”, or by a letter "
            "to %(clinic)s%(phone)s. What was sent before that stays sent."
        ) % {"clinic": clinic.name, "phone": f" ({clinic.phone})" if clinic.phone else ""},
        E.CONDITIONING: _(
            "My care, what I pay and my insurance don’t depend on this. I don’t have to sign. If I don’t, I can ask "
            "for my records myself."
        ),
        E.REDISCLOSURE: _redisclosure(source),
        E.SENSITIVE: _sensitive(source),
        E.AUTHORITY: _authority(case) if case.is_child else "",
    }  # fmt: skip


def _description(source):
    case = source.case
    kinds = [str(RecordType(each).for_patient) for each in source.types if each in RecordType.values]
    if not (kinds and case.about.strip() and case.subject_born_on):
        return ""
    words = {"name": case.about, "born": _day(case.subject_born_on), "kinds": "; ".join(kinds)}
    said = _("Of %(name)s, born %(born)s: %(kinds)s.") % words
    return said + (
        f" {_('From about: %(when)s.') % {'when': source.about_when}}" if source.about_when else ""
    )


def _expiry(ends, clinic, today):
    if ends.on:
        return _("Until %(day)s.") % {"day": _day(ends.on)} if ends.on > today else ""
    if not ends.days or not clinic.name:
        return ""
    return _("Until %(days)d days after I get my second opinion from %(clinic)s.") % {
        "days": ends.days, "clinic": clinic.name,
    }  # fmt: skip


def _redisclosure(source):
    if source.sensitivity == Sensitivity.PART_2:
        return _(
            "Whoever gets these records may use them for treatment, payment and health care work, and pass them on as "
            "the law allows. They may not be used against me in court without my consent or a court order."
        )
    return _(
        "Whoever gets these records may pass them on. Federal privacy law may then no longer guard them."
    )


def _sensitive(source):
    if not source.sensitivity:
        return ""
    return _("This covers records about: %(what)s.") % {"what": Sensitivity(source.sensitivity).for_patient}


def _authority(case):
    if not case.authority:
        return ""
    return _("I sign for %(name)s. %(authority)s.") % {
        "name": case.about, "authority": case.get_authority_display(),
    }  # fmt: skip


def _one_line(text):
    return ", ".join(line.strip() for line in text.splitlines() if line.strip())


def _day(value):
    return dateformat.format(value, "j F Y")


def lacking(source, ends, *, today):
    """The sentence that says which element is missing; '' where the form is whole."""
    made = elements(source, ends, today=today)
    gone = [element for element in wanted(source) if not str(made[element]).strip()]
    if not gone:
        return ""
    return _("The form can’t be made yet. It has to say %(what)s.") % {
        "what": "; ".join(str(LACKS[e]) for e in gone)
    }


def text_of(source, ends, *, today):
    """Exactly what is shown and signed."""
    if sentence := lacking(source, ends, today=today):
        raise ElementMissing(sentence)
    made = elements(source, ends, today=today)
    parts = [f"{E(element).label}\n{made[element]}" for element in wanted(source)]
    return "\n\n".join([str(TITLE), *parts, statement(source)])


def statement(source):
    return _(
        "I have read this. I agree that %(name)s sends these records. I get a copy of this form at once."
    ) % {"name": source.name}


def sum_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def sign(*, source, ends, name, seen, address, by, now):
    """The patient signs what they saw: `seen` is the sum of the text that was on their screen."""
    sources.lock(source)
    if not access.is_patient_of(by, source.case):
        raise PermissionDenied(_("Only the person who asks can sign this."))
    if closed := sources.why_closed(source.case):
        raise StepNotPossible(closed)
    if source.status != SourceStatus.AUTHORISATION_NEEDED:
        raise StepNotPossible(_("This form is signed already, or no longer needed."))
    today = sources.today_of(source.case, now)
    text = text_of(source, ends, today=today)
    if sum_of(text) != seen:
        raise TextHasChanged
    signed = Authorisation.objects.create(
        source=source, text=text, sha256=seen, signed_by=by, signed_name=name, signed_at=now, signed_from=address,
        expires_on=ends.on, days_after_delivery=None if ends.on else ends.days,
    )  # fmt: skip
    made = elements(source, ends, today=today)
    signature = _("Signed on screen by %(name)s on %(day)s.") % {"name": name, "day": _day(today)}
    rows = [*((element, made[element]) for element in wanted(source)), (E.SIGNATURE, signature)]
    AuthorisationPart.objects.bulk_create(
        [AuthorisationPart(authorisation=signed, element=element, text=words) for element, words in rows]
    )
    audit.record(
        Act.SIGN_AUTHORISATION, by=by, now=now, case=source.case, subject_kind="authorisation",
        subject_key=signed.key, detail={"sha256": seen},
    )  # fmt: skip
    sources.move("sign", source=source, by=by, now=now)
    letters.write(source=source, kind=LetterKind.AUTHORISATION, by=by, now=now, authorisation=signed)
    return signed


@transaction.atomic
def revoke(*, authorisation, by, now):
    """Take a signature back: what was to be sent on its strength stops, the place and the care team are told."""
    source = sources.lock(authorisation.source)
    if not access.is_patient_of(by, source.case):
        raise PermissionDenied(_("Only who signed this can take it back."))
    _end(authorisation, AuthorisationStatus.REVOKED, now)
    audit.record(
        Act.REVOKE_AUTHORISATION, by=by, now=now, case=source.case, subject_kind="authorisation",
        subject_key=authorisation.key,
    )  # fmt: skip
    was_sent = source.requested_on is not None
    SourceContact.objects.create(
        source=source, at=now, by=by, kind=ContactKind.NOTE, text=_("The signature was taken back."),
    )  # fmt: skip
    if sources.step_of("revoke", source.status) and not sources.why_closed(source.case):
        sources.move("revoke", source=source, by=by, now=now, routed_at=None)
    if was_sent:
        letters.write(source=source, kind=LetterKind.REVOCATION, by=by, now=now, authorisation=authorisation)
    return authorisation


def _end(authorisation, status, now):
    ended = Authorisation.objects.filter(pk=authorisation.pk, status=AuthorisationStatus.SIGNED).update(
        status=status, ended_at=now
    )
    if not ended:
        raise StepNotPossible(_("This form no longer holds."))
    Letter.objects.filter(
        authorisation=authorisation, status=LetterStatus.PLANNED, kind__in=letters.ON_ITS_STRENGTH
    ).update(status=LetterStatus.STOPPED)
    authorisation.refresh_from_db()


@transaction.atomic
def run_out(*, authorisation, now):
    """A form whose time is over no longer asks for anything; the source waits for a new one."""
    source = sources.lock(authorisation.source)
    _end(authorisation, AuthorisationStatus.EXPIRED, now)
    if sources.step_of("run_out", source.status) and not sources.why_closed(source.case):
        sources.move("run_out", source=source, by=None, now=now, routed_at=now)


def those_over(*, now):
    """Forms that hold and should not any more."""
    for each in Authorisation.objects.filter(status=AuthorisationStatus.SIGNED).select_related(
        "source__case__clinic"
    ):
        zone = clocks.clinic_hours(each.source.case.clinic).zone
        end = chasing.expires_on(each, each.source.case, zone)
        if end and end < clocks.today(now, zone):
            yield each
