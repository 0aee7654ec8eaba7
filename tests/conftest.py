"""What every test may use. The servers come first: settings read their addresses."""

# ruff: noqa: E402
from tests import servers

servers.start()

import django

django.setup()
