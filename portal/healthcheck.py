"""Whether the web server of this container answers: python portal/healthcheck.py

Asked from inside, without TLS, under the portal's own name.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit

asking = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
name = urlsplit(os.environ.get("PUBLIC_URL", "")).netloc or "127.0.0.1"
try:
    asking.request("GET", "/health/?of=database&of=storage", headers={"Host": name})
    sys.exit(asking.getresponse().status != 200)
except OSError as why:
    sys.exit(str(why))
