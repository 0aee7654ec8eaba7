"""What every page knows: the clinic, the way around, the theme, and whether this is a demo."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from portal.navigation import navigation_of
from portal.theme import theme_of


def page(request):
    return {
        "clinic": SimpleLazyObject(lambda: clinic_of(request)),
        "navigation": SimpleLazyObject(lambda: navigation_of(request)),
        "theme": theme_of(request),
        "DEMO": settings.DEMO,
    }


def clinic_of(request):
    """The clinic, asked for once a request."""
    if not hasattr(request, "_clinic"):
        from referrals.models import Clinic

        request._clinic = Clinic.objects.order_by("pk").first() or NoClinic()
    return request._clinic


class NoClinic:
    """Before the clinic is set up the pages still say whose they are."""

    name = _("The clinic")
    phone = ""
    phone_hours = ""
    zone = "UTC"

    def __bool__(self):
        return False
