"""The real servers that the tests run on: PostgreSQL and Valkey of their own, for one pytest run.

`start()` is called at the top of conftest.py, before any settings are read. With xdist the
controller starts the servers, and each worker has a database of its own on both.
"""

import atexit
import base64
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from portal.embedded.postgres import Postgres
from portal.embedded.valkey import Valkey


def start() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("=")[0] + f"={number}"
        os.environ["RECORDS_DIR"] = f"{os.environ['PORTAL_HOME']}/records-{worker}"
        return
    home = Path(tempfile.mkdtemp(prefix="second-opinion-test-"))
    home.chmod(0o711)
    (home / "static").mkdir()
    postgres, valkey = Postgres(home / "postgres", careless=True), Valkey(home / "valkey", careless=True)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for server in (postgres, valkey):
        server.start()
        atexit.register(server.stop)
    os.environ |= {
        "TESTING": "1",
        "PORTAL_HOME": str(home),
        "RECORDS_DIR": str(home / "records"),
        "DATABASE_URL": postgres.url,
        "REDIS_URL": valkey.url,
        "RECORD_KEYS": f"test:{base64.b64encode(secrets.token_bytes(32)).decode()}",
    }
    for name in ("DEMO", "DEBUG", "SECRET_KEY", "EMAIL_URL", "RECORDS_STORE", "CLAMD_URL"):
        os.environ.pop(name, None)
