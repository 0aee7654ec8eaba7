"""The addresses of all rooms."""

from django.urls import include, path

urlpatterns = [
    path("", include("referrals.home.urls")),
    path("ask/", include("referrals.intake.urls")),
    path("oversight/", include("referrals.oversight.urls")),
    path("reminders/", include("referrals.reminders.urls")),
]
