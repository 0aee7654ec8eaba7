from django.urls import path

from referrals.home import patient, staff, views

app_name = "home"
urlpatterns = [
    path("home/", views.mine, name="mine"),
    path("cases/", patient.requests, name="requests"),
    path("cases/<str:reference>/", patient.case, name="case"),
    path("cases/<str:reference>/opened/", patient.access_log, name="access_log"),
    path("home/reading/", views.quality, name="quality"),
    path("triage/cases/<str:reference>/", staff.overview, name="staff_case"),
    path("triage/cases/<str:reference>/records/", staff.records, name="staff_records"),
    path("triage/cases/<str:reference>/opened/", staff.log, name="staff_log"),
    path("triage/cases/<str:reference>/history/", staff.history, name="staff_history"),
]
