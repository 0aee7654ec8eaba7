from django.urls import path

from referrals.sources import more_views, paper_views, views

app_name = "sources"
CASE = "<str:reference>/"
SOURCE = f"{CASE}<uuid:key>/"
urlpatterns = [
    path(CASE, views.List.as_view(), name="list"),
    path(f"{CASE}add/", views.Add.as_view(), name="add"),
    path(f"{CASE}letters/<uuid:key>/", paper_views.Download.as_view(), name="letter"),
    path(f"{CASE}without/", more_views.Consent.as_view(), name="consent"),
    path(f"{CASE}slides/", more_views.Specimens.as_view(), name="specimens"),
    path(f"{CASE}slides/add/", more_views.AddSpecimen.as_view(), name="specimen_add"),
    path(f"{CASE}slides/<uuid:key>/<slug:act>/", more_views.MoveSpecimen.as_view(), name="specimen_move"),
    path(SOURCE, views.One.as_view(), name="source"),
    path(f"{SOURCE}edit/", views.Edit.as_view(), name="edit"),
    path(f"{SOURCE}remove/", views.Remove.as_view(), name="remove"),
    path(f"{SOURCE}route/", views.Route.as_view(), name="route"),
    path(f"{SOURCE}contact/", views.Contact.as_view(), name="contact"),
    path(f"{SOURCE}sign/", paper_views.Sign.as_view(), name="sign"),
    path(f"{SOURCE}revoke/", paper_views.Revoke.as_view(), name="revoke"),
    path(f"{SOURCE}letter/<slug:kind>/", paper_views.Write.as_view(), name="write"),
    path(f"{SOURCE}do/<slug:act>/", views.Step.as_view(), name="step"),
]
