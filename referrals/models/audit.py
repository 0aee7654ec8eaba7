"""Who did or saw what. Rows are added and never altered; they outlive what they speak of."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Act


class AuditEvent(models.Model):
    """One act (FHIR AuditEvent). No foreign keys; `detail` holds codes and keys, never health data."""

    at = models.DateTimeField()
    act = models.CharField(max_length=30, choices=Act)
    person_id = models.BigIntegerField(null=True, blank=True)  # nobody: the system, or not signed in
    person_name = models.CharField(max_length=200, blank=True)
    roles = models.CharField(max_length=120, blank=True)
    clinic_id = models.BigIntegerField(null=True, blank=True)
    case_reference = models.CharField(max_length=12, blank=True)
    subject_kind = models.CharField(max_length=30, blank=True)  # case, record, opinion, person …
    subject_key = models.CharField(max_length=60, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("audit event")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["case_reference", "-at", "-id"], name="audit_of_case"),
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="audit_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
