"""What there is to read, and the answers somebody gave to "Is it time?"."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from content.links import with_addresses


class ArticleQuerySet(models.QuerySet):
    def in_reading_order(self):
        return self.exclude(part=Article.Part.ABOUT).order_by("order", "pk")


class Article(models.Model):
    """One page, as loaded from a file. `html` is cleaned when it is loaded, never at reading."""

    class Part(models.TextChoices):
        WHY = "why", _("Is it time?")
        HOW = "how", _("How to ask")
        ABOUT = "about", _("About this service")

    slug = models.SlugField(unique=True)
    part = models.CharField(max_length=5, choices=Part.choices)
    order = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=120)
    short_title = models.CharField(max_length=60)
    lead = models.CharField(max_length=300)
    html = models.TextField()
    version = models.CharField(max_length=64, help_text=_("SHA-256 of the file it was loaded from"))
    reviewed_on = models.DateField()

    objects = ArticleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], name="article_order_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(part__in=["why", "how", "about"]), name="article_part_known"),
            models.CheckConstraint(
                condition=Q(step__isnull=True) | Q(part="how"), name="article_step_is_how"
            ),
        ]

    def __str__(self):
        return self.slug

    @property
    def body(self):
        return mark_safe(with_addresses(self.html))  # noqa: S308 cleaned at load, in content/markdown.py


class Passage(models.Model):
    """A few sentences, shown beside the task they belong to."""

    slug = models.SlugField(unique=True, max_length=80)
    title = models.CharField(max_length=120)
    html = models.TextField()
    version = models.CharField(max_length=64, help_text=_("SHA-256 of the file it was loaded from"))

    def __str__(self):
        return self.slug

    @property
    def body(self):
        return mark_safe(with_addresses(self.html))  # noqa: S308 cleaned at load, in content/markdown.py


class SelfCheckQuerySet(models.QuerySet):
    def older_than(self, moment):
        return self.filter(answered_at__lt=moment)


class SelfCheck(models.Model):
    """Answers to "Is it time?" by somebody without an account: codes only, never words of their own."""

    class End(models.TextChoices):
        CARE_NOW = "care_now", _("Do not wait: get care now")
        GOOD_IDEA = "good_idea", _("A second opinion looks worth it")
        NOT_NEEDED = "not_needed", _("You may not need one now")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    answers = models.JSONField()
    situation = models.CharField(max_length=12, blank=True)
    end = models.CharField(max_length=10, choices=End.choices)
    reasons = models.JSONField(help_text=_("Codes of the rules that applied"))
    rules_version = models.CharField(max_length=12)
    answered_at = models.DateTimeField()

    objects = SelfCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end__in=["care_now", "good_idea", "not_needed"]), name="self_check_end_known"
            ),
        ]
        indexes = [models.Index(fields=["answered_at"], name="self_check_answered")]

    def __str__(self):
        return self.end
