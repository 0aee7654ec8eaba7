"""The opinion while it is written, and the versions that were signed."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Confidence, OpinionStatus, SafeToWait, Stance

PERSON = settings.AUTH_USER_MODEL


class Opinion(models.Model):
    """A specialist's structured opinion (FHIR DiagnosticReport, preliminary until signed).

    `edit` counts saves: a save that names an older count is refused, so nothing is overwritten unseen.
    """

    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="opinions")
    referral = models.OneToOneField("referrals.Referral", models.PROTECT, related_name="opinion")
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="opinions")
    status = models.CharField(max_length=10, choices=OpinionStatus, default=OpinionStatus.DRAFTING)
    edit = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)

    diagnosis_stance = models.CharField(max_length=10, choices=Stance, blank=True)
    diagnosis = models.TextField(blank=True)
    plan_stance = models.CharField(max_length=10, choices=Stance, blank=True)
    advice = models.TextField(blank=True)
    why = models.TextField(blank=True)
    alternatives = models.TextField(blank=True)
    confidence = models.CharField(max_length=10, choices=Confidence, blank=True)
    would_change = models.TextField(blank=True)  # what would make it surer or change it
    safe_to_wait = models.CharField(max_length=20, choices=SafeToWait, blank=True)
    safe_to_wait_note = models.TextField(blank=True)
    warning_signs = models.TextField(blank=True)  # one a line
    plain_words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("opinion")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=OpinionStatus.DRAFTING)
                | (
                    ~Q(diagnosis_stance="")
                    & ~Q(plan_stance="")
                    & ~Q(advice="")
                    & ~Q(safe_to_wait="")
                    & ~Q(plain_words="")
                ),
                name="opinion_signed_is_whole",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_opinion_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="signed"),
            )
        ]


class OpinionAnswer(models.Model):
    """The answer to one of the patient's questions."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="answers")
    question = models.ForeignKey("referrals.CaseQuestion", models.PROTECT, related_name="answers")
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("answer")
        ordering = ["question__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["opinion", "question"], name="answer_once")]


class OpinionVersion(models.Model):
    """What was signed, word for word, with the hash of its text. Never altered.

    `body` is the whole opinion as JSON (see `opinion.actions.sign`); `sha256` is of its canonical form.
    """

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    signed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("signed opinion")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["opinion", "number"], name="opinion_version_once")]
        triggers = [pgtrigger.Protect(name="version_is_final", operation=pgtrigger.Update | pgtrigger.Delete)]
