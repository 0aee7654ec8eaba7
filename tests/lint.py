"""Style, floors, migrations and settings: python -m tests.lint"""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(60),
    "RECORD_KEYS": f"a:{base64.b64encode(secrets.token_bytes(32)).decode()}",
    "DATABASE_URL": "postgres://portal@/portal",
    "REDIS_URL": "redis://127.0.0.1/0",
    "EMAIL_URL": "smtp+tls://mail.example.org:587",
    "CLAMD_URL": "tcp://clamav:3310",
    "PUBLIC_URL": "https://opinions.example.org",
}
MANAGE = [sys.executable, "manage.py"]


def checks():
    yield "ruff", [BIN / "ruff", "check", "."], {}
    yield "ruff format", [BIN / "ruff", "format", "--check", "--quiet", "."], {}
    yield "import contracts", [BIN / "lint-imports", "--no-logo"], {"TESTING": "1"}
    yield "migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], {"TESTING": "1"}
    yield "settings of production", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION


def lint():
    """The names of the checks that failed."""
    failed = []
    kept = {name: value for name, value in os.environ.items() if name not in ("DEMO", "TESTING", *PRODUCTION)}
    for name, command, env in checks():
        done = subprocess.run(command, cwd=HERE, env=kept | env, capture_output=True, text=True)
        print(f"{'ok' if done.returncode == 0 else 'FAILED'}  {name}", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout[-6000:], done.stderr[-6000:], flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(bool(lint()))
