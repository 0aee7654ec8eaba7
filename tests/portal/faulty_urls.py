"""Pages that go wrong in each way, for test_errors.py."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.urls import include, path

from portal import urls
from referrals.rules.workflow import StepNotPossible

SECRET = "carcinoma of Mrs Marker"


def raises(error):
    @login_not_required
    def view(request):
        raise error

    return view


urlpatterns = [
    path("400/", raises(SuspiciousOperation(SECRET))),
    path("403/", raises(PermissionDenied("Only the coordinator can do this."))),
    path("404/", raises(Http404(SECRET))),
    path("409/", raises(StepNotPossible("This request has been claimed by somebody else."))),
    path("500/", raises(ValueError(SECRET))),
    path("", include(urls)),
]
for name in ("handler400", "handler403", "handler404", "handler500"):
    globals()[name] = getattr(urls, name)
