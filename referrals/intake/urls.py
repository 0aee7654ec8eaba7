from django.urls import path

from referrals.intake.views import answering, closing, entrance, wizard

app_name = "intake"
urlpatterns = [
    path("", entrance.start, name="start"),
    path("none-of-these/", entrance.none_fits, name="none_fits"),
    path("begin/", entrance.begin, name="begin"),
    path("<str:reference>/answer/", answering.answer, name="answer"),
    path("<str:reference>/withdraw/", closing.withdraw, name="withdraw"),
    path("<str:reference>/reopen/", closing.reopen, name="reopen"),
    path("<str:reference>/sent/", wizard.sent, name="sent"),
    path("<str:reference>/places/<uuid:key>/", closing.place, name="place"),
    path("<str:reference>/step/<slug:slug>/", wizard.step, name="step"),
]
