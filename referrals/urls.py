"""The addresses of all rooms."""

from django.urls import include, path

urlpatterns = [
    path("", include("referrals.home.urls")),
    path("ask/", include("referrals.intake.urls")),
    path("records/", include("referrals.records.urls")),
    path("keeping/", include("referrals.keeping.urls")),
    path("oversight/", include("referrals.oversight.urls")),
    path("opinion/", include("referrals.opinion.urls")),
    path("sources/", include("referrals.sources.urls")),
    path("reminders/", include("referrals.reminders.urls")),
    path("review/", include("referrals.review.urls")),
    path("studies/", include("referrals.viewer.study_urls")),
    path("triage/", include("referrals.triage.urls")),
    path("viewer/", include("referrals.viewer.urls")),
    path("decision/", include("referrals.decision.urls")),
]
