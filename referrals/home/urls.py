from django.urls import path

from referrals.home import patient, views

app_name = "home"
urlpatterns = [
    path("home/", views.mine, name="mine"),
    path("cases/", patient.requests, name="requests"),
    path("cases/<str:reference>/", patient.case, name="case"),
    path("cases/<str:reference>/opened/", patient.access_log, name="access_log"),
    path("home/reading/", views.quality, name="quality"),
]
