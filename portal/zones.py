"""Times are kept in UTC and shown in the reader's zone, else the clinic's."""

import datetime
import zoneinfo

from django.utils import timezone
from django.utils.functional import cached_property

from portal.context import clinic_of


class ReadersZone:
    """Middleware. A page that shows no time asks the database nothing for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        timezone.activate(LazyZone(request))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class LazyZone(datetime.tzinfo):
    """The zone of whoever reads this page, looked up at the first time that is shown."""

    def __init__(self, request):
        self.request = request

    @cached_property
    def zone(self):
        user = getattr(self.request, "user", None)
        name = getattr(user, "zone", "") if user and user.is_authenticated else ""
        return zone_named(name or clinic_of(self.request).zone)

    def utcoffset(self, when):
        return self.zone.utcoffset(when)

    def dst(self, when):
        return self.zone.dst(when)

    def tzname(self, when):
        return self.zone.tzname(when)

    def fromutc(self, when):
        return self.zone.fromutc(when.replace(tzinfo=self.zone))

    def __str__(self):
        return str(self.zone)


def zone_named(name):
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return datetime.UTC
