"""Signs of life of the parts that no person sees."""

from django.db import models


class Heartbeat(models.Model):
    """When a worker last did something it was told to by beat."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "heartbeat"
