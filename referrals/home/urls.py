from django.urls import path

from referrals.home import views

app_name = "home"
urlpatterns = [
    path("home/", views.mine, name="mine"),
    path("home/reading/", views.quality, name="quality"),
]
