from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        from portal import carry_over  # noqa: F401 its receiver listens from now on
