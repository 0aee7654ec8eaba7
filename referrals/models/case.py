"""The case: what a patient asks, and each step it took."""

import datetime as dt
import secrets
import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Case as Choose
from django.db.models import F, Q, When
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import (
    ENDED,
    WORKING,
    Advice,
    Authority,
    CaseStatus,
    Cover,
    Emergency,
    PlaceStatus,
    Sex,
    Situation,
    Subject,
    Urgency,
    Wish,
)

PERSON = settings.AUTH_USER_MODEL
# No 0 O 1 I L U: read aloud on the phone without doubt.
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LAST_OF_ALL = dt.date(9999, 12, 31)  # where lists put those who need not decide by a date
# By when whoever holds the ball should have acted: the clock that runs in each state.
DUE_BY = {
    CaseStatus.SUBMITTED: F("acknowledge_due_at"),
    CaseStatus.TRIAGE: F("triage_due_at"),
    CaseStatus.INFO_NEEDED: F("answer_due_at"),
    CaseStatus.RECORDS_PENDING: F("records_due_at"),
    CaseStatus.ROUTING: Coalesce(F("offer_due_at"), F("route_due_at")),
    CaseStatus.IN_REVIEW: F("review_due_at"),
    CaseStatus.CLARIFICATION: F("answer_due_at"),
}
ON_THE_LIST = Q(status__in=sorted(WORKING))


def new_reference():
    """`SO-7K3M-92QX`: what people say on the phone; 30**8 of them, unique in the database."""
    word = "".join(secrets.choice(REFERENCE_LETTERS) for _n in range(8))
    return f"SO-{word[:4]}-{word[4:]}"


class CaseQuerySet(models.QuerySet):
    def drafts(self):
        return self.filter(status=CaseStatus.DRAFT)

    def working(self):
        """Sent, and neither delivered nor ended: what staff have on their list."""
        return self.filter(status__in=WORKING)

    def open(self):
        return self.exclude(status__in=ENDED)

    def silent_since(self, moment):
        return self.drafts().filter(edited_at__lte=moment)


class Case(models.Model):
    """What a patient asks (FHIR ServiceRequest with its coordinating Task).

    `status` is set by `rules.workflow.take` alone. Moments end in `_at` (UTC), days in `_on`.
    """

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    clinic = models.ForeignKey("referrals.Clinic", models.PROTECT, related_name="cases")
    patient = models.ForeignKey(PERSON, models.PROTECT, related_name="cases")
    status = models.CharField(max_length=20, choices=CaseStatus, default=CaseStatus.DRAFT)
    situation = models.CharField(max_length=20, choices=Situation, blank=True)
    self_check_key = models.UUIDField(null=True, blank=True)

    # who it is about
    subject = models.CharField(max_length=10, choices=Subject, default=Subject.SELF)
    subject_name = models.CharField(max_length=200, blank=True)
    subject_born_on = models.DateField(null=True, blank=True)
    subject_sex = models.CharField(max_length=10, choices=Sex, blank=True)
    authority = models.CharField(max_length=20, choices=Authority, blank=True)
    located_in = models.CharField(max_length=120, blank=True)

    # what happened, in the patient's words; which of them are asked depends on the situation
    wish = models.CharField(max_length=20, choices=Wish, blank=True)
    story = models.TextField(blank=True)
    symptoms_since = models.CharField(max_length=200, blank=True)
    tried = models.TextField(blank=True)
    was_normal = models.TextField(blank=True)
    matters_most = models.TextField(blank=True)
    trust_reason = models.TextField(blank=True)  # clinic staff only; never for specialists, files, opinions
    decide_by_on = models.DateField(null=True, blank=True)  # K0
    no_decision_date = models.BooleanField(default=False)
    may_contact_first_doctor = models.BooleanField(default=False)
    cover = models.CharField(max_length=20, choices=Cover, blank=True)
    cover_note = models.CharField(max_length=200, blank=True)

    # typed and not yet right, so that it is there again next time: {wizard step: {input: text}}
    unfinished = models.JSONField(default=dict, blank=True)

    # before sending
    emergency = models.CharField(max_length=10, choices=Emergency, blank=True)
    disclaimer_version = models.CharField(max_length=20, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)

    # triage
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.ROUTINE)
    urgency_reason = models.CharField(max_length=300, blank=True)
    urgency_set_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="claimed_cases"
    )
    specialty = models.ForeignKey(
        "referrals.Specialty", models.PROTECT, null=True, blank=True, related_name="+"
    )
    clinic_note = models.TextField(blank=True)  # staff only

    # moments and clocks
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)  # KA starts
    claimed_at = models.DateTimeField(null=True, blank=True)  # K1 stops
    accepted_at = models.DateTimeField(null=True, blank=True)  # K2 stops
    complete_at = models.DateTimeField(null=True, blank=True)  # the last needed record is here: KB starts
    delivered_at = models.DateTimeField(null=True, blank=True)  # K6, KA, KB stop
    opened_at = models.DateTimeField(null=True, blank=True)  # the patient opened the opinion
    ended_at = models.DateTimeField(null=True, blank=True)
    keep_longer_until_on = models.DateField(null=True, blank=True)  # the patient asked to keep the records
    acknowledge_due_at = models.DateTimeField(null=True, blank=True)  # K1
    triage_due_at = models.DateTimeField(null=True, blank=True)  # K2
    answer_due_at = models.DateTimeField(null=True, blank=True)  # K4
    records_due_at = models.DateTimeField(null=True, blank=True)  # K3: the next source should have answered
    route_due_at = models.DateTimeField(null=True, blank=True)  # S3: offered by then
    offer_due_at = models.DateTimeField(null=True, blank=True)  # K5 of the offer that is out
    review_due_at = models.DateTimeField(null=True, blank=True)  # K6
    paused_at = models.DateTimeField(null=True, blank=True)  # K2 or K6 stands still since

    # kept by the database from the fields above, for lists; read them from a row freshly fetched
    due_at = models.GeneratedField(
        expression=Coalesce(
            Choose(*(When(status=status, then=due) for status, due in DUE_BY.items())), F("submitted_at")
        ),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    decide_order = models.GeneratedField(
        expression=Coalesce(F("decide_by_on"), models.Value(LAST_OF_ALL)),
        output_field=models.DateField(),
        db_persist=True,
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(
                fields=["clinic", "decide_order", "id"], condition=ON_THE_LIST, name="case_by_decision"
            ),
            models.Index(fields=["clinic", "due_at", "id"], condition=ON_THE_LIST, name="case_by_due"),
            models.Index(fields=["clinic", "submitted_at", "id"], condition=ON_THE_LIST, name="case_by_sent"),
            models.Index(
                fields=["clinic", "decide_order", "id"],
                condition=ON_THE_LIST & Q(claimed_by__isnull=True),
                name="case_of_nobody",
            ),
            models.Index(
                fields=["claimed_by", "decide_order", "id"], condition=ON_THE_LIST, name="case_of_owner"
            ),
            models.Index(fields=["clinic", "status", "decide_order", "id"], name="case_by_stage"),
            models.Index(
                fields=["clinic", "decide_order", "id"],
                condition=Q(status=CaseStatus.ROUTING, offer_due_at__isnull=False),
                name="case_with_offer_out",
            ),
            models.Index(
                fields=["clinic", "-ended_at", "-id"],
                condition=Q(ended_at__isnull=False, submitted_at__isnull=False),
                name="case_by_end",
            ),
            GinIndex(SearchVector("subject_name", config="simple"), name="case_by_name"),
            models.Index(fields=["patient", "-created_at"], name="case_of_patient"),
            models.Index(fields=["status", "edited_at"], name="case_silent_drafts"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="case_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=[CaseStatus.DRAFT, CaseStatus.LAPSED, CaseStatus.ENTERED_IN_ERROR])
                | Q(status=CaseStatus.WITHDRAWN)
                | Q(submitted_at__isnull=False),
                name="case_sent_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | (~Q(emergency="") & ~Q(disclaimer_version="") & Q(consented_at__isnull=False)),
                name="case_sent_with_consent",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(subject=Subject.SELF) | ~Q(authority=""),
                name="case_of_a_child_has_authority",
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=[
                        CaseStatus.RECORDS_PENDING,
                        CaseStatus.ROUTING,
                        CaseStatus.IN_REVIEW,
                        CaseStatus.CLARIFICATION,
                    ]
                )
                | Q(urgency_set_at__isnull=False),
                name="case_accepted_has_urgency",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.DELIVERED) | Q(delivered_at__isnull=False),
                name="case_delivered_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(accepted_at__gte=F("submitted_at")),
                name="case_accepted_after_it_was_sent",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_ended(self):
        return self.status in ENDED

    @cached_property
    def is_held(self):
        """A legal hold is on it: nothing of it is deleted."""
        return self.legal_holds.filter(lifted_at__isnull=True).exists()

    @property
    def is_child(self):
        return self.subject == Subject.CHILD

    @property
    def about(self):
        """The name of the person the case is about."""
        return self.subject_name or self.patient.shown_name


class FirstOpinion(models.Model):
    """What the first doctor said, as data, so that the second can be set beside it."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="first_opinion")
    doctor_name = models.CharField(max_length=200, blank=True)
    practice = models.CharField(max_length=200, blank=True)
    given_on = models.DateField(null=True, blank=True)
    diagnosis = models.TextField(blank=True)
    no_diagnosis = models.BooleanField(default=False)
    advice = models.CharField(max_length=20, choices=Advice, blank=True)
    plan = models.TextField(blank=True)
    starts_on = models.DateField(null=True, blank=True)
    look_again_on = models.DateField(null=True, blank=True)  # told to wait: when somebody looks again

    class Meta:
        verbose_name = _("first opinion")
        constraints = [
            models.CheckConstraint(
                condition=Q(advice="") | Q(advice__in=Advice.values), name="first_opinion_advice_known"
            )
        ]


class HeldPlace(models.Model):
    """An appointment held elsewhere meanwhile: when it is, and until when it can be cancelled."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="held_places")
    where = models.CharField(max_length=200)
    held_on = models.DateField()
    cancel_by_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=PlaceStatus, default=PlaceStatus.HELD)

    class Meta:
        verbose_name = _("held place")
        ordering = ["held_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cancel_by_on__isnull=True) | Q(cancel_by_on__lte=F("held_on")),
                name="held_place_cancelled_before_it_is",
            )
        ]


class CaseQuestion(models.Model):
    """One question of the patient; the opinion answers each."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("question")
        ordering = ["position", "pk"]
        indexes = [GinIndex(SearchVector("text", config="simple"), name="question_by_words")]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="question_position_once"),
            models.CheckConstraint(condition=~Q(text=""), name="question_says_something"),
        ]


class AvoidedName(models.Model):
    """A doctor or a hospital the case is not to go to."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="avoided_names")
    name = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("name to avoid")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="avoided_name_once")]


class StatusChange(models.Model):
    """One step of a case or a referral, never altered: who, from, to, why, what the patient reads."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="status_changes")
    referral = models.ForeignKey(
        "referrals.Referral", models.PROTECT, null=True, blank=True, related_name="status_changes"
    )
    act = models.CharField(max_length=30)
    from_status = models.CharField(max_length=20)
    to_status = models.CharField(max_length=20)
    by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+"
    )  # nobody: the system
    at = models.DateTimeField()
    reason = models.CharField(max_length=30, blank=True)
    sentence = models.TextField(blank=True)  # what the patient reads
    note = models.TextField(blank=True)  # what staff read
    clocks = models.JSONField(default=dict, blank=True)  # field -> [before, after], ISO 8601

    class Meta:
        verbose_name = _("step")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["case", "at", "id"], name="step_of_case")]
        triggers = [pgtrigger.Protect(name="step_is_final", operation=pgtrigger.Update | pgtrigger.Delete)]
