"""Who somebody is."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person does at a clinic. A person without a membership is a patient."""

    COORDINATOR = "coordinator", _("Coordinator")
    TRIAGE_CLINICIAN = "triage_clinician", _("Triage clinician")
    SPECIALIST = "specialist", _("Specialist")
    QUALITY_READER = "quality_reader", _("Quality reader")
    LEAD = "lead", _("Lead")
