"""What the lead does, and what an invited person does: one function an act."""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from referrals.models import Clinic, Invitation, Membership, Person, SpecialistProfile
from referrals.rules import audit, outbox
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act, Role

VALID_FOR = dt.timedelta(days=7)


def hashed(token):
    """Only this is kept of an invitation's token: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(*, clinic, email, name, role, specialty=None, by, now):
    """Write an invitation and post its mail. An open one for the same address and role is replaced.

    Returns (invitation, link); the link holds the only copy of the token. `by` is None from the command line.
    """
    email = Person.objects.normalise(email)
    Invitation.objects.open(now=now).filter(clinic=clinic, email=email, role=role).update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        clinic=clinic, email=email, name=name, role=role, specialty=specialty, token_hash=hashed(token),
        invited_by=by, invited_at=now, expires_at=now + VALID_FOR,
    )  # fmt: skip
    link = settings.PUBLIC_URL + reverse("oversight:join", args=[token])
    _post_invitation(invitation, link, now)
    audit.record(
        Act.INVITE, by=by, now=now, clinic_id=clinic.pk, subject_kind="invitation", subject_key=invitation.pk,
        detail={"role": role},
    )  # fmt: skip
    return invitation, link


def _post_invitation(invitation, link, now):
    clinic = invitation.clinic
    words = {"clinic": clinic.name, "role": invitation.get_role_display()}
    text = _(
        "Hello,\n\n%(clinic)s invites you to its second opinions, as: %(role)s. The link works once, for 7 days."
    )
    notice = {"clinic": clinic, "text": text % words, "link": link, "label": _("Accept the invitation")}
    outbox.post(
        to=invitation.email,
        subject=_("%(clinic)s invites you") % words,
        text=render_to_string("mail/notice.txt", notice),
        html=outbox.dressed("mail/notice.html", notice),
        now=now,
    )


@transaction.atomic
def withdraw_invitation(*, invitation, by, now):
    """The link stops working at once."""
    ended = Invitation.objects.open(now=now).filter(pk=invitation.pk).update(withdrawn_at=now)
    if not ended:
        raise StepNotPossible(_("This invitation is no longer open."))
    audit.record(
        Act.INVITE, by=by, now=now, clinic_id=invitation.clinic_id, subject_kind="invitation",
        subject_key=invitation.pk, detail={"withdrawn": True},
    )  # fmt: skip


@transaction.atomic
def join(*, invitation, person=None, name="", password="", now):
    """Accept an invitation: as the person signed in with that address, or by opening an account.

    Raises StepNotPossible when it was used, withdrawn or has run out.
    """
    taken = Invitation.objects.open(now=now).filter(pk=invitation.pk).update(accepted_at=now)
    if not taken:
        raise StepNotPossible(_("This invitation was used already, or its time is over."))
    if person is None:
        person = _open_account(invitation.email, name, password)
    Membership.objects.get_or_create(
        person=person, clinic=invitation.clinic, role=invitation.role, ended_at=None, defaults={"since": now}
    )
    if invitation.role == Role.SPECIALIST:
        SpecialistProfile.objects.get_or_create(person=person, defaults={"specialty": invitation.specialty})
    person.__dict__.pop("memberships_now", None)
    audit.record(
        Act.JOIN, by=person, now=now, clinic_id=invitation.clinic_id, subject_kind="invitation",
        subject_key=invitation.pk, detail={"role": invitation.role},
    )  # fmt: skip
    return person


def _open_account(email, name, password):
    """The link came by mail, so the address is theirs: it counts as verified."""
    try:
        with transaction.atomic():
            person = Person.objects.create_user(email, password, name=name)
    except IntegrityError:
        raise StepNotPossible(
            _("There is an account with this address. Sign in first, then open the link again.")
        ) from None
    person.emailaddress_set.create(email=email, verified=True, primary=True)
    return person


@transaction.atomic
def end_membership(*, membership, by, now):
    """From the next request on, what this role opened is closed."""
    if membership.role == Role.LEAD and membership.person_id == by.pk:
        raise StepNotPossible(_("You can’t end your own lead. Ask another lead to do it."))
    _need_a_lead_after(membership)
    ended = Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=now)
    if not ended:
        raise StepNotPossible(_("This was ended already."))
    audit.record(
        Act.END_MEMBERSHIP, by=by, now=now, clinic_id=membership.clinic_id, subject_kind="membership",
        subject_key=membership.pk, detail={"role": membership.role},
    )  # fmt: skip


def _need_a_lead_after(membership):
    """Two leads who end each other at once: the second one stays."""
    Clinic.objects.select_for_update().get(pk=membership.clinic_id)
    leads = Membership.objects.current().of_role(Role.LEAD).filter(clinic_id=membership.clinic_id)
    if membership.role == Role.LEAD and not leads.exclude(pk=membership.pk).exists():
        raise StepNotPossible(_("Somebody must lead the clinic. Name another lead first."))


@transaction.atomic
def save_profile(*, form, by, now):
    """What is known of a specialist; the practice decides on independence, so the change is written down."""
    profile = form.save()
    audit.record(
        Act.EDIT, by=by, now=now, subject_kind="specialist_profile", subject_key=profile.pk,
        detail={"fields": sorted(form.changed_data)},
    )  # fmt: skip
    return profile
