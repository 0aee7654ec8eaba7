from django.urls import path

from referrals.home import staff, views

app_name = "home"
urlpatterns = [
    path("home/", views.mine, name="mine"),
    path("home/reading/", views.quality, name="quality"),
    path("triage/cases/<str:reference>/", staff.overview, name="staff_case"),
    path("triage/cases/<str:reference>/records/", staff.records, name="staff_records"),
    path("triage/cases/<str:reference>/opened/", staff.log, name="staff_log"),
    path("triage/cases/<str:reference>/history/", staff.history, name="staff_history"),
]
