from django.apps import AppConfig

from portal import celery  # noqa: F401  shared tasks find their application, wherever Django is set up


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        """Importing them connects them: all the signals that the portal listens to."""
        from portal import carry_over  # noqa: F401
        from portal.accounts import receivers  # noqa: F401
