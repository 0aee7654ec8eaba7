from django.urls import path

from referrals.viewer import study_views

app_name = "studies"
urlpatterns = [
    path("<str:reference>/<uuid:key>/study.json", study_views.study, name="study"),
    path("<str:reference>/<uuid:key>/frames/<uuid:instance>/<int:number>/", study_views.frame, name="frame"),
]
