"""Every address of the portal begins here."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
