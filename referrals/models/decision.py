"""What the patient decided; a change of mind is a further row."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Choice


class Decision(models.Model):
    """One choice after reading both opinions. The newest counts."""

    case = models.ForeignKey("referrals.Case", models.PROTECT, related_name="decisions")
    choice = models.CharField(max_length=10, choices=Choice)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision")
        ordering = ["at", "pk"]
        triggers = [
            pgtrigger.Protect(name="decision_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
