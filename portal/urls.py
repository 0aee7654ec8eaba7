"""Every address of the portal begins here."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from content.views import home
from portal.accounts.details import details
from portal.components import components
from portal.health import health
from portal.theme import ChooseTheme

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # one way to sign in, with its limits

urlpatterns = [
    path("", home, name="home"),
    path("", include("content.urls")),
    path("health/", health, name="health"),
    path("theme/", ChooseTheme.as_view(), name="theme"),
    path("demo/components/", components, name="components"),
    path("accounts/details/", details, name="account_details"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("referrals.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("portal.demo.urls")))

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.not_allowed"
handler404 = "portal.errors.not_found"
handler429 = "portal.errors.too_often"  # asked for by allauth
handler500 = "portal.errors.broken"
