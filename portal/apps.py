from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        """Importing them connects them: all the signals that the portal listens to."""
        from portal import carry_over  # noqa: F401
        from portal.accounts import receivers  # noqa: F401
