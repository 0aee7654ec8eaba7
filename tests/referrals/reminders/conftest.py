"""Mail in these tests goes through a real SMTP server."""

import pytest

from tests.smtp import Catcher


@pytest.fixture
def catcher(settings):
    found = Catcher().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", found.port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield found
    found.free.set()
    found.stop()
