from django.urls import path

from referrals.viewer import views

app_name = "viewer"
urlpatterns = [
    path("<str:reference>/search/", views.search_page, name="search"),
    path("<str:reference>/pins/<uuid:key>/remove/", views.remove_pin, name="unpin"),
    path("<str:reference>/<uuid:key>/pages/<int:number>/<str:scale>/", views.picture, name="picture"),
    path("<str:reference>/<uuid:key>/pin/", views.make_pin, name="pin"),
    path("<str:reference>/<uuid:key>/turn/", views.turn, name="turn"),
    path("<str:reference>/<uuid:key>/date/", views.Date.as_view(), name="date"),
]
