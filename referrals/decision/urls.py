from django.urls import path

from referrals.decision import views

app_name = "decision"
urlpatterns = [path("<str:reference>/", views.OpinionPage.as_view(), name="opinion")]
