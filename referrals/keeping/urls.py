from django.urls import path

from referrals.keeping import views

app_name = "keeping"
urlpatterns = [
    path("<str:reference>/", views.case, name="case"),
    path("<str:reference>/mine/", views.mine, name="mine"),
    path("<str:reference>/hold/", views.hold, name="hold"),
    path("<str:reference>/lift/", views.lift, name="lift"),
    path("<str:reference>/<uuid:key>/erase/", views.erase, name="erase"),
]
