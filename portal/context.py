"""What every template may ask."""

from django.conf import settings


def mode(request):
    return {"DEMO": settings.DEMO}
