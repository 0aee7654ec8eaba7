"""What the lead's pages show."""

from django.db.models import Prefetch
from django.db.models.functions import Left

from referrals.models import Invitation, Membership, Person
from referrals.rules import access
from referrals.vocabulary import Role


def led_clinics(person):
    """Ids of the clinics this person leads."""
    return access.clinics_as(person, Role.LEAD)


def people_page(person, *, now):
    """Everybody who works at the clinics this person leads, and the invitations that are still open."""
    clinics = led_clinics(person)
    current = Membership.objects.filter(clinic_id__in=clinics, ended_at__isnull=True).order_by("role", "pk")
    people = (
        access.visible_people(person)
        .select_related("specialist_profile__specialty")
        .prefetch_related(Prefetch("memberships", queryset=current, to_attr="roles_here"))
        .order_by("name", "pk")
    )
    open_invitations = (
        Invitation.objects.open(now=now).filter(clinic_id__in=clinics).order_by("-invited_at", "-pk")
    )
    return {
        "people": [one for one in people if one.roles_here],
        "invitations": list(open_invitations.select_related("specialty")),
    }


def memberships_led_by(person):
    return Membership.objects.filter(clinic_id__in=led_clinics(person)).select_related("person", "clinic")


def invitations_led_by(person, number):
    """The one that pages name by this number, whole."""
    named = Invitation.objects.annotate(named=Left("token_hash", Invitation.NUMBER_LENGTH)).filter(
        named=number
    )
    return named.filter(clinic_id__in=led_clinics(person))


def specialists_led_by(person):
    return (
        access.visible_people(person)
        .filter(
            specialist_profile__isnull=False,
            memberships__role=Role.SPECIALIST,
            memberships__clinic_id__in=led_clinics(person),
        )
        .select_related("specialist_profile")
        .distinct()
    )


def open_invitation(token_hash, *, now):
    """The invitation behind a link, or None when it was used, withdrawn or has run out."""
    return (
        Invitation.objects.open(now=now)
        .filter(token_hash=token_hash)
        .select_related("clinic", "specialty", "invited_by")
        .first()
    )


def has_account(email):
    return Person.objects.filter(email=email).exists()
