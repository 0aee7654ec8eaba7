from django.urls import path

from referrals.reminders import views

app_name = "reminders"
urlpatterns = [
    path("", views.my_reminders, name="settings"),
    path("kinds/<slug:rule>/", views.change_kind, name="change"),
    path("later/<str:token>/", views.later, name="later"),
    path("stop/<str:token>/", views.stop, name="stop"),
    path("all/", views.all_reminders, name="list"),
    path("cases/<str:reference>/", views.case_ledger, name="case"),
    path("<uuid:key>/skip/", views.skip, name="skip"),
]
