"""What the environment says: read with types, once, and refused where it would be unsafe.

Three modes. `DEMO=1` is `make demo`: on this machine, over plain http, with made-up people.
`TESTING=1` is the test suite. Neither is production, which starts only when all is in order.
"""

import base64
import binascii
import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

BASE_DIR = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 50
NO_SCANNER = "none"
KNOWN_SECRETS = ("change-me", "changeme", "django-insecure", "secret-key", "your-secret", "not-a-secret")


class Refused(ImproperlyConfigured):
    """The portal doesn't start like this: one sentence for each reason."""


class Mode:
    """How the portal runs. Everything that depends on it asks here."""

    def __init__(self, env: Env):
        self.demo = env.bool("DEMO", default=False)
        self.testing = env.bool("TESTING", default=False)
        self.production = not (self.demo or self.testing)

    def __str__(self) -> str:
        return "demo" if self.demo else "testing" if self.testing else "production"


def refusals(env: Env) -> list[str]:
    """Why production doesn't start: a sentence for each reason, naming the variable."""
    reasons = [
        weak_secret(env.str("SECRET_KEY", default="")),
        weak_ring(env.str("RECORD_KEYS", default="")),
        env.bool("DEBUG", default=False) and "DEBUG is on: it shows the insides of the portal to everyone.",
        not env.str("DATABASE_URL", default="") and "DATABASE_URL is missing: where PostgreSQL is.",
        not env.str("REDIS_URL", default="") and "REDIS_URL is missing: where Redis or Valkey is.",
        wrong_address(env.str("PUBLIC_URL", default="")),
        open_mail(env),
        no_scanner(env),
    ]
    reasons += [
        f"{name} is off: cookies would travel over plain http."
        for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
        if not env.bool(name, default=True)
    ]
    return [reason for reason in reasons if reason]


def weak_secret(secret: str) -> str | None:
    if not secret:
        return "SECRET_KEY is missing: make one with `openssl rand -base64 60`."
    if any(known in secret.lower() for known in KNOWN_SECRETS):
        return "SECRET_KEY is an example that everybody knows: make one with `openssl rand -base64 60`."
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 10:
        return f"SECRET_KEY is too weak: {SHORTEST_SECRET} random characters or more."
    return None


MAKE_A_KEY = 'make one with `echo "a:$(openssl rand -base64 32)"`.'


def weak_ring(text: str) -> str | None:
    if not text:
        return f"RECORD_KEYS is missing: {MAKE_A_KEY}"
    try:
        keys = record_keys(text)
    except ValueError as why:
        return f"RECORD_KEYS is malformed: {why}; {MAKE_A_KEY}"
    # 32 random bytes are all but never so uniform.
    if any(len(set(key)) < 16 or key.isascii() for key in keys.values()):
        return f"RECORD_KEYS is too weak: a key is 32 random bytes; {MAKE_A_KEY}"
    return None


def record_keys(text: str) -> dict[str, bytes]:
    """`id:base64key,…`: the ring that wraps the keys of files, in order. Errors never hold a key."""
    keys: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _colon, encoded = entry.partition(":")
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", name) or not encoded:
            raise ValueError("each key is written as id:base64")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"the key “{name}” is not base64") from None
        if len(key) != 32:
            raise ValueError(f"the key “{name}” is not 32 bytes long")
        if name in keys or key in keys.values():
            raise ValueError(f"the key “{name}” is there twice")
        keys[name] = key
    return keys


def record_store(text: str) -> dict[str, str]:
    """`s3://key:secret@host/bucket/prefix?region=…`: an S3-compatible store for records; empty: this machine's disk.

    Without key and secret the client looks for the machine's own role.
    """
    if not text:
        return {}
    parts = urlsplit(text)
    bucket, _slash, prefix = parts.path.strip("/").partition("/")
    if parts.scheme not in ("s3", "s3+http") or not parts.hostname or not bucket:
        raise Refused("RECORDS_STORE must look like s3://key:secret@host/bucket?region=name.")
    if find_spec("obstore") is None:
        raise Refused("RECORDS_STORE needs the package obstore: install requirements-s3.txt.")
    host = parts.netloc.rpartition("@")[2]
    return {
        "endpoint": f"{'https' if parts.scheme == 's3' else 'http'}://{host}",
        "bucket": bucket,
        "prefix": prefix,
        "access_key_id": unquote(parts.username or ""),
        "secret_access_key": unquote(parts.password or ""),
        "region": (parse_qs(parts.query).get("region") or ["us-east-1"])[0],
    }


def wrong_address(address: str) -> str | None:
    if not address:
        return "PUBLIC_URL is missing: the address people type, such as https://opinions.example.org."
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        return "PUBLIC_URL must begin with https://: health data and cookies never travel over plain http."
    return None


def open_mail(env: Env) -> str | None:
    if env.str("EMAIL_PROVIDER", default=""):
        return None
    address = env.str("EMAIL_URL", default="")
    if not address:
        return "EMAIL_URL is missing: the mail server, such as smtp+tls://user:password@mail.example.org:587."
    if urlsplit(address).scheme not in ("smtp+tls", "smtp+ssl", "smtps"):
        return "EMAIL_URL must be smtp+tls:// or smtp+ssl://: mail never leaves without TLS."
    return None


def no_scanner(env: Env) -> str | None:
    address = env.str("CLAMD_URL", default="")
    if not address:
        return (
            "CLAMD_URL is missing: the virus scanner, such as tcp://clamav:3310. "
            "CLAMD_URL=none says that files shall go unscanned; each record then says so."
        )
    if address != NO_SCANNER and not scanner_is_named(address):
        return "CLAMD_URL must be tcp://host:port or unix:///path/of/socket, or none."
    return None


def scanner_is_named(address: str) -> bool:
    parts = urlsplit(address)
    return bool((parts.scheme == "tcp" and parts.hostname) or (parts.scheme == "unix" and parts.path))


def scanner(env: Env) -> str:
    """Where clamd is; '' where files go unscanned."""
    address = env.str("CLAMD_URL", default="")
    if address in ("", NO_SCANNER):
        return ""
    if not scanner_is_named(address):
        raise Refused("CLAMD_URL must be tcp://host:port or unix:///path/of/socket, or none.")
    return address


def refuse_if_unsafe(env: Env) -> None:
    if Mode(env).production and (reasons := refusals(env)):
        raise Refused("\n".join(reasons))


def socket_and_number(address: str) -> tuple[str, str] | None:
    """The path and the database's number of a Redis address on a Unix socket, however it is spelled."""
    parts = urlsplit(address)
    if parts.scheme not in ("unix", "redis+socket"):
        return None
    options = parse_qs(parts.query)
    return parts.path, (options.get("db") or options.get("virtual_host") or ["0"])[0]


def broker_address(address: str) -> str:
    """REDIS_URL as kombu (Celery's transport) spells it."""
    if found := socket_and_number(address):
        return f"redis+socket://{found[0]}?{urlencode({'virtual_host': found[1]})}"
    return with_redis_scheme(address)


def cache_address(address: str) -> str:
    """REDIS_URL as redis-py (the cache's client) spells it."""
    if found := socket_and_number(address):
        return f"unix://{found[0]}?{urlencode({'db': found[1]})}"
    return with_redis_scheme(address)


def with_redis_scheme(address: str) -> str:
    """Valkey speaks Redis's protocol, and neither client knows its name."""
    for ours, theirs in (("valkey://", "redis://"), ("valkeys://", "rediss://")):
        if address.startswith(ours):
            return theirs + address.removeprefix(ours)
    return address


def database(env: Env) -> dict:
    """DATABASE_URL for Django; a socket's directory given as ?host= becomes the host."""
    found = env.db("DATABASE_URL", default="postgres://portal@/portal")
    options = found.setdefault("OPTIONS", {})
    if "host" in options:
        found["HOST"] = options.pop("host")
    options.setdefault("connect_timeout", 5)
    return found | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def home(env: Env) -> Path:
    """Where the portal keeps what isn't in the database."""
    return Path(env.str("PORTAL_HOME", default=str(BASE_DIR / "var"))).absolute()


def read() -> Env:
    """The process's environment, with a .env file below it: a clinic's own, which tests and `make demo` leave alone."""
    env = Env()
    if not Mode(env).demo and not Mode(env).testing and (BASE_DIR / ".env").exists():
        env.read_env(str(BASE_DIR / ".env"))
    return env
