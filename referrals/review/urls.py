from django.urls import path

from referrals.review import views

app_name = "review"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("limit/", views.Limit.as_view(), name="limit"),
    path("offers/<uuid:key>/", views.offer, name="offer"),
    path("offers/<uuid:key>/take/", views.take_offer, name="take"),
    path("offers/<uuid:key>/decline/", views.decline_offer, name="decline"),
    path("<str:reference>/", views.room, name="room"),
    path("<str:reference>/ask/", views.Ask.as_view(), name="ask"),
    path("<str:reference>/go-on/", views.go_on, name="go_on"),
    path("<str:reference>/give-back/", views.GiveBack.as_view(), name="give_back"),
]
