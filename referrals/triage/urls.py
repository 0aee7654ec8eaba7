from django.urls import path

from referrals.triage import act_views, record_views, views

app_name = "triage"
CASE = "cases/<str:reference>/"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path(f"{CASE}claim/", views.claim, name="claim"),
    path(f"{CASE}assign/", act_views.Assign.as_view(), name="assign"),
    path(f"{CASE}urgency/", act_views.Urgency.as_view(), name="urgency"),
    path(f"{CASE}specialty/", act_views.Specialty.as_view(), name="specialty"),
    path(f"{CASE}note/", act_views.Note.as_view(), name="note"),
    path(f"{CASE}ask/", act_views.Ask.as_view(), name="ask"),
    path(f"{CASE}asked/<uuid:key>/", act_views.Answer.as_view(), name="answer"),
    path(f"{CASE}asked/<uuid:key>/take-back/", act_views.TakeRequestBack.as_view(), name="take_back"),
    path(f"{CASE}without/<slug:type>/", act_views.Waive.as_view(), name="waive"),
    path(f"{CASE}accept/", act_views.Accept.as_view(), name="accept"),
    path(f"{CASE}record/<slug:type>/", record_views.Line.as_view(), name="line"),
    path(f"{CASE}accept-pending/", record_views.AcceptPending.as_view(), name="accept_pending"),
    path(f"{CASE}complete/", record_views.Complete.as_view(), name="complete"),
    path(f"{CASE}begin-without/", record_views.GoWithout.as_view(), name="go_without"),
    path(f"{CASE}begin-without/phone/", record_views.ConsentByPhone.as_view(), name="consent_by_phone"),
    path(f"{CASE}decline/", act_views.Decline.as_view(), name="decline"),
    path(f"{CASE}match/", views.match, name="match"),
    path(f"{CASE}offers/<uuid:key>/recall/", views.recall, name="recall"),
    path(f"{CASE}reassign/", act_views.Reassign.as_view(), name="reassign"),
    path(f"{CASE}void/", act_views.Void.as_view(), name="void"),
]
