"""The addresses of all rooms."""

from django.urls import include, path

urlpatterns = [
    path("", include("referrals.home.urls")),
    path("oversight/", include("referrals.oversight.urls")),
    path("review/", include("referrals.review.urls")),
    path("opinion/", include("referrals.opinion.urls")),
    path("triage/", include("referrals.triage.urls")),
]
