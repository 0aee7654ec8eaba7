"""Who there is: the clinic, the person, and what a person does at a clinic."""

import datetime
import uuid
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Role

MONDAY_TO_FRIDAY = [0, 1, 2, 3, 4]


def known_zone(name):
    """Refuses a zone that the clocks could not read."""
    if name and name not in available_timezones():
        raise ValidationError(_("There is no such time zone. Write it like America/Chicago."))


def monday_to_friday():
    return list(MONDAY_TO_FRIDAY)


class Clinic(models.Model):
    """A house that gives second opinions. Its zone and hours are the calendar of all its clocks."""

    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_hours = models.CharField(_("when somebody answers"), max_length=120, blank=True)
    emergency_number = models.CharField(_("emergency number"), max_length=20, blank=True)
    price_note = models.CharField(_("what an opinion costs, in a sentence"), max_length=200, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[known_zone])
    working_days = ArrayField(models.PositiveSmallIntegerField(), default=monday_to_friday)
    opens_at = models.TimeField(_("opens"), default=datetime.time(9))
    closes_at = models.TimeField(_("closes"), default=datetime.time(17))
    draft_days = models.PositiveSmallIntegerField(_("days a silent draft is kept"), default=30)

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="clinic_closes_after_opening"
            ),
            models.CheckConstraint(condition=~Q(working_days=[]), name="clinic_has_working_days"),
            models.CheckConstraint(
                condition=Q(working_days__contained_by=list(range(7))), name="clinic_works_on_days_there_are"
            ),
        ]

    def __str__(self):
        return self.name


class PersonManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        person = self.model(email=self.normalise(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    @staticmethod
    def normalise(email):
        return (email or "").strip().lower()

    def get_by_natural_key(self, email):
        return self.get(email=self.normalise(email))


class Person(AbstractBaseUser, PermissionsMixin):
    """Anybody with an account. `is_staff` opens Django's admin (people and content) and nothing else."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # how forms name a person
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[known_zone])
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [GinIndex(SearchVector("name", config="simple"), name="person_by_name")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower"),
        ]

    def __str__(self):
        return self.shown_name

    def get_full_name(self):
        return self.shown_name

    @property
    def shown_name(self):
        return self.name or self.email

    @cached_property
    def memberships_now(self):
        """The memberships that hold today, read once per request."""
        return list(self.memberships.current().select_related("clinic").order_by("pk"))


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True, person__is_active=True)

    def of_role(self, *roles):
        return self.filter(role__in=roles)


class Membership(models.Model):
    """What a person does at a clinic, from when to when. A person may have several."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    since = models.DateTimeField(_("since"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "clinic", "role"],
                condition=Q(ended_at__isnull=True),
                name="membership_once_while_current",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self):
        return f"{self.person}: {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet):
    def open(self, *, now):
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)


class Invitation(models.Model):
    """A way in for those who work here. Only the hash of its token is kept."""

    NUMBER_LENGTH = 16

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    specialty = models.ForeignKey(
        "referrals.Specialty", models.PROTECT, null=True, blank=True, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("invited_at")), name="invitation_expires_after_it_was_sent"
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.SPECIALIST) | Q(specialty__isnull=False),
                name="invitation_of_a_specialist_names_the_field",
            ),
        ]

    def __str__(self):
        return f"{self.email}: {self.get_role_display()}"

    @property
    def number(self):
        """How pages name it: the beginning of its hash, which says nothing of the token."""
        return self.token_hash[: self.NUMBER_LENGTH]


class Specialty(models.Model):
    """A field of medicine that the clinic's specialists read."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    covers = models.CharField(_("what it looks after, in plain words"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("specialty")
        verbose_name_plural = _("specialties")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class SpecialistProfile(models.Model):
    """What patients and triage know of a specialist: field, practice, licence, room for cases."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="specialist_profile")
    specialty = models.ForeignKey(Specialty, models.PROTECT, related_name="specialists")
    title = models.CharField(_("title"), max_length=40, blank=True, default="Dr.")
    focus = models.CharField(_("what they see most"), max_length=200, blank=True)
    training = models.TextField(_("training"), blank=True)
    licence = models.CharField(_("license"), max_length=120, blank=True)
    practice = models.CharField(_("practice or hospital"), max_length=200, blank=True)
    past_practices = models.TextField(_("earlier practices, one a line"), blank=True)
    most_cases = models.PositiveSmallIntegerField(_("most open cases"), default=5)
    taking_cases = models.BooleanField(_("takes new cases"), default=True)

    class Meta:
        verbose_name = _("specialist’s profile")
        verbose_name_plural = _("specialists’ profiles")

    def __str__(self):
        return f"{self.title} {self.person.shown_name}".strip()
