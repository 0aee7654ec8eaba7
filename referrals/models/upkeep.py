"""Signs of life of the parts that no person sees."""

from django.db import models


class Heartbeat(models.Model):
    """When a worker, or beat, was last heard of."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "heartbeat"
