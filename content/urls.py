"""Public addresses."""

from django.urls import path

from content import views

app_name = "content"
urlpatterns = [
    path("read/", views.index, name="index"),
    path("read/<slug:slug>/", views.article, name="article"),
    path("about/<slug:slug>/", views.about, name="about"),
    path("is-it-time/", views.check, name="self_check"),
    path("is-it-time/result/", views.check_result, name="self_check_result"),
]
