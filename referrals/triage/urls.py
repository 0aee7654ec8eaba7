from django.urls import path

from referrals.triage import views
from referrals.triage.act_views import asking, handling, judging, records

app_name = "triage"
CASE = "cases/<str:reference>/"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path(f"{CASE}claim/", views.claim, name="claim"),
    path(f"{CASE}assign/", handling.Assign.as_view(), name="assign"),
    path(f"{CASE}urgency/", handling.Urgency.as_view(), name="urgency"),
    path(f"{CASE}specialty/", handling.Specialty.as_view(), name="specialty"),
    path(f"{CASE}note/", handling.Note.as_view(), name="note"),
    path(f"{CASE}ask/", asking.Ask.as_view(), name="ask"),
    path(f"{CASE}asked/<uuid:key>/", asking.Answer.as_view(), name="answer"),
    path(f"{CASE}asked/<uuid:key>/take-back/", asking.TakeRequestBack.as_view(), name="take_back"),
    path(f"{CASE}without/<slug:type>/", asking.Waive.as_view(), name="waive"),
    path(f"{CASE}without/<slug:type>/want/", views.want, name="want"),
    path(f"{CASE}accept/", judging.Accept.as_view(), name="accept"),
    path(f"{CASE}record/<slug:type>/", records.Line.as_view(), name="line"),
    path(f"{CASE}accept-pending/", records.AcceptPending.as_view(), name="accept_pending"),
    path(f"{CASE}complete/", records.Complete.as_view(), name="complete"),
    path(f"{CASE}begin-without/", records.GoWithout.as_view(), name="go_without"),
    path(f"{CASE}begin-without/phone/", records.ConsentByPhone.as_view(), name="consent_by_phone"),
    path(f"{CASE}decline/", judging.Decline.as_view(), name="decline"),
    path(f"{CASE}match/", views.match, name="match"),
    path(f"{CASE}offers/<uuid:key>/recall/", views.recall, name="recall"),
    path(f"{CASE}reassign/", judging.Reassign.as_view(), name="reassign"),
    path(f"{CASE}void/", judging.Void.as_view(), name="void"),
]
