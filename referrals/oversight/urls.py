from django.urls import path

from referrals.oversight import views

app_name = "oversight"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/invitations/<slug:number>/", views.withdraw_invitation, name="withdraw_invitation"),
    path("people/<uuid:key>/roles/<slug:role>/end/", views.end_membership, name="end_membership"),
    path("people/<uuid:key>/profile/", views.specialist, name="specialist"),
    path("join/<str:token>/", views.join, name="join"),
]
