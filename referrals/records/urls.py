from django.urls import path

from referrals.records import check_views, views

app_name = "records"
urlpatterns = [
    path("<str:reference>/", views.list_, name="list"),
    path("<str:reference>/add/", views.add, name="add"),
    path("<str:reference>/files/", views.files, name="files"),
    path("<str:reference>/checklist/", views.checklist, name="checklist"),
    path("<str:reference>/<uuid:key>/", views.read, name="read"),
    path("<str:reference>/<uuid:key>/type/", views.type_, name="type"),
    path("<str:reference>/<uuid:key>/flag/", check_views.flag, name="flag"),
    path("<str:reference>/<uuid:key>/remove/", views.remove, name="remove"),
    path("<str:reference>/<uuid:key>/password/", check_views.password, name="password"),
    path("<str:reference>/<uuid:key>/scan/", check_views.scan, name="scan"),
    path("<str:reference>/<uuid:key>/download/", views.download, name="download"),
]
