from django.apps import AppConfig

from portal import celery  # noqa: F401  shared tasks find their application, wherever Django is set up


class PortalConfig(AppConfig):
    name = "portal"
