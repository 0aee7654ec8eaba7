"""What the pages of this floor show: one function a page."""

import datetime as dt

from django.db.models import Avg, Count, F, Q

from referrals.models import Case
from referrals.vocabulary import CaseStatus

DAYS_SHOWN = 90


def quality_page(*, clinics, now):
    """Numbers and the newest deliveries of the last 90 days, without names or anything clinical."""
    since = now - dt.timedelta(days=DAYS_SHOWN)
    asked = Case.objects.filter(clinic_id__in=clinics, submitted_at__gte=since)
    sent = asked.exclude(status=CaseStatus.ENTERED_IN_ERROR)
    delivered = sent.filter(delivered_at__isnull=False)
    numbers = delivered.aggregate(
        count=Count("pk"),
        late=Count("pk", filter=Q(delivered_at__gt=F("review_due_at"))),
        asked=Avg(F("delivered_at") - F("submitted_at")),
        complete=Avg(F("delivered_at") - F("complete_at")),
    )
    newest = delivered.select_related("specialty").order_by("-delivered_at", "-pk")[:25]
    return {"numbers": numbers, "sent": sent.count(), "newest": list(newest), "days": DAYS_SHOWN}
