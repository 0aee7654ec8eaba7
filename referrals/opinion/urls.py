from django.urls import path

from referrals.opinion import views

app_name = "opinion"
urlpatterns = [
    path("<str:reference>/", views.Write.as_view(), name="edit"),
    path("<str:reference>/preview/", views.preview, name="preview"),
    path("<str:reference>/sign/", views.Sign.as_view(), name="sign"),
    path("<str:reference>/signed/", views.signed, name="signed"),
    path("<str:reference>/drafts/<uuid:key>/", views.draft, name="draft"),
]
