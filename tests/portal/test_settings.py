"""S25 and what belongs to it: production starts only when all is in order, and says what isn't."""

import base64
import hashlib
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from environ import Env

from portal import environment
from tests.lint import PRODUCTION

KEY = hashlib.sha256(b"a key for tests").digest()


def ring(**keys):
    return ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in keys.items())


REFUSED = [
    ("SECRET_KEY", None, "SECRET_KEY is missing"),
    ("SECRET_KEY", "change-me-" * 10, "SECRET_KEY is an example"),
    (
        "SECRET_KEY",
        "django-insecure-Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4",
        "SECRET_KEY is an example",
    ),
    ("SECRET_KEY", "short", "SECRET_KEY is too weak"),
    ("SECRET_KEY", "ab" * 40, "SECRET_KEY is too weak"),
    ("RECORD_KEYS", None, "RECORD_KEYS is missing"),
    ("RECORD_KEYS", "a" * 44, "RECORD_KEYS is malformed: each key is written as id:base64"),
    ("RECORD_KEYS", "a:not base64", "RECORD_KEYS is malformed: the key “a” is not base64"),
    ("RECORD_KEYS", ring(a=bytes(range(31))), "RECORD_KEYS is malformed: the key “a” is not 32 bytes long"),
    (
        "RECORD_KEYS",
        f"{ring(a=KEY)},{ring(a=KEY[::-1])}",
        "RECORD_KEYS is malformed: the key “a” is there twice",
    ),
    ("RECORD_KEYS", ring(a=KEY, b=KEY), "RECORD_KEYS is malformed: the key “b” is there twice"),
    ("RECORD_KEYS", ring(a=bytes(32)), "RECORD_KEYS is too weak"),
    ("RECORD_KEYS", ring(a=KEY, b=b"change-me-" * 3 + b"!!"), "RECORD_KEYS is too weak"),
    ("RECORD_KEYS", ring(a=b"abcdefghijklmnopqrstuvwxyz012345"), "RECORD_KEYS is too weak"),
    ("DEBUG", "1", "DEBUG is on"),
    ("DATABASE_URL", None, "DATABASE_URL is missing"),
    ("REDIS_URL", None, "REDIS_URL is missing"),
    ("PUBLIC_URL", None, "PUBLIC_URL is missing"),
    ("PUBLIC_URL", "http://opinions.example.org", "PUBLIC_URL must begin with https://"),
    ("EMAIL_URL", None, "EMAIL_URL is missing"),
    ("CLAMD_URL", None, "CLAMD_URL is missing"),
    ("CLAMD_URL", "localhost:3310", "CLAMD_URL must be tcp://host:port"),
    ("CLAMD_URL", "unix://", "CLAMD_URL must be tcp://host:port"),
    ("EMAIL_URL", "smtp://mail.example.org:25", "EMAIL_URL must be smtp+tls:// or smtp+ssl://"),
    ("EMAIL_URL", "consolemail://", "EMAIL_URL must be smtp+tls:// or smtp+ssl://"),
    ("SESSION_COOKIE_SECURE", "0", "SESSION_COOKIE_SECURE is off"),
    ("CSRF_COOKIE_SECURE", "false", "CSRF_COOKIE_SECURE is off"),
]


@pytest.fixture
def production(monkeypatch):
    for name in ("TESTING", "DEMO"):
        monkeypatch.delenv(name, raising=False)
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)


def run(code_or_command, **changes):
    kept = {k: v for k, v in os.environ.items() if k not in ("TESTING", "DEMO", "RECORDS_DIR")}
    env = {k: v for k, v in (kept | PRODUCTION | changes).items() if v is not None}
    command = (
        code_or_command if isinstance(code_or_command, list) else [sys.executable, "-c", code_or_command]
    )
    return subprocess.run(
        command, env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=180
    )


@pytest.mark.parametrize(("mode", "provider"), [("", "postmark"), ("DEMO", None), ("TESTING", None)])
def test_a_clinics_own_settings_are_no_demos(mode, provider, production, monkeypatch, tmp_path):
    """A demo that read them would send its mail through the clinic's provider."""
    (tmp_path / ".env").write_text("EMAIL_PROVIDER=postmark\n")
    monkeypatch.setattr(environment, "BASE_DIR", tmp_path)
    monkeypatch.setattr(Env, "ENVIRON", dict(os.environ) | ({mode: "1"} if mode else {}))
    assert environment.read().str("EMAIL_PROVIDER", default=None) == provider


@pytest.mark.parametrize(
    ("given", "host"), [("", "127.0.0.1"), (None, "127.0.0.1"), ("smtp://catcher:1025", "catcher")]
)
def test_a_demo_starts_whether_its_mail_server_is_named_left_empty_or_left_out(given, host):
    code = "from portal import settings; print(settings.EMAIL_HOST)"
    done = run(code, DEMO="1", EMAIL_URL=given)
    assert done.returncode == 0 and done.stdout.strip() == host, done.stderr


@pytest.mark.parametrize(("name", "value", "sentence"), REFUSED)
def test_s25_production_refuses_in_one_sentence(production, monkeypatch, name, value, sentence):
    monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    (reason,) = environment.refusals(Env())
    assert reason.startswith(sentence)
    with pytest.raises(environment.Refused, match=name):
        environment.refuse_if_unsafe(Env())


def test_s25_production_in_order_is_not_refused(production):
    assert environment.refusals(Env()) == []
    environment.refuse_if_unsafe(Env())


@pytest.mark.parametrize("mode", ["DEMO", "TESTING"])
def test_demo_and_tests_are_not_production(production, monkeypatch, mode):
    monkeypatch.setenv(mode, "1")
    monkeypatch.delenv("SECRET_KEY")
    environment.refuse_if_unsafe(Env())


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "manage.py", "check"],
        [sys.executable, "manage.py", "migrate"],
        [sys.executable, "-m", "gunicorn", "--config", "python:portal.gunicorn"],
        [sys.executable, "-m", "celery", "--app", "portal", "worker"],
    ],
    ids=["check", "migrate", "gunicorn", "celery"],
)
def test_s25_nothing_starts_with_a_weak_secret(command):
    done = run(command, SECRET_KEY="short")
    assert done.returncode != 0
    assert "SECRET_KEY is too weak" in done.stderr + done.stdout


def test_s25_a_refused_ring_is_never_in_the_words_about_it(production, monkeypatch):
    monkeypatch.setenv("RECORD_KEYS", "SECRETPART")
    assert "SECRETPART" not in str(environment.refusals(Env()))
    monkeypatch.setenv("RECORD_KEYS", "a:SECRETPART,b:SECRETPART")
    assert "SECRETPART" not in str(environment.refusals(Env()))


def test_ring_keeps_its_order():
    assert environment.record_keys(f" {ring(b=KEY)} , {ring(a=KEY[::-1])},") == {"b": KEY, "a": KEY[::-1]}
    assert list(environment.record_keys(ring(b=KEY, a=KEY[::-1]))) == ["b", "a"]


def test_s25_the_reason_stands_alone():
    done = run([sys.executable, "manage.py", "check"], SECRET_KEY=None)
    assert done.stderr.strip() == "SECRET_KEY is missing: make one with `openssl rand -base64 60`."


def test_s16_cookies_of_production_are_bound_to_the_host():
    asked = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY"
    asked += " CSRF_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE SESSION_COOKIE_PATH SESSION_COOKIE_DOMAIN"
    asked += " SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS DEBUG EMAIL_USE_TLS"
    code = "import json; from portal import settings as s; "
    code += f"print(json.dumps([getattr(s, name, None) for name in {asked.split()}]))"
    done = run(code)
    assert json.loads(done.stdout) == [
        "__Host-session",
        "__Host-csrf",
        True,
        True,
        None,
        True,
        None,
        None,
        None,
        True,
        63072000,
        False,
        True,
    ]  # fmt: skip  None is Django's own: HttpOnly, Lax, "/", no domain


def test_s16_cookies_of_tests_have_plain_names():
    assert (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME) == ("sessionid", "csrftoken")


@pytest.mark.parametrize(
    ("given", "broker", "cache"),
    [
        ("unix:///run/v.sock?db=3", "redis+socket:///run/v.sock?virtual_host=3", "unix:///run/v.sock?db=3"),
        ("redis+socket:///run/v.sock?virtual_host=3", "redis+socket:///run/v.sock?virtual_host=3", "unix:///run/v.sock?db=3"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock?virtual_host=0", "unix:///run/v.sock?db=0"),
        ("redis://:p@cache:6379/1", "redis://:p@cache:6379/1", "redis://:p@cache:6379/1"),
        ("valkey://cache/1", "redis://cache/1", "redis://cache/1"),
        ("valkeys://cache/1", "rediss://cache/1", "rediss://cache/1"),
    ],
)  # fmt: skip
def test_one_redis_url_is_spelled_for_both_clients(given, broker, cache):
    assert environment.broker_address(given) == broker
    assert environment.cache_address(given) == cache


def test_redis_url_of_these_tests_reaches_the_same_server_through_both_clients():
    import redis
    from kombu import Connection

    redis.from_url(environment.cache_address(settings.REDIS_URL)).set("both", "yes")
    with Connection(environment.broker_address(settings.REDIS_URL)) as line:
        assert line.default_channel.client.get("both") == b"yes"


def test_s10_passwords_have_eight_characters_and_are_not_common():
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    for refused in ("seven77", "password1", "12345678"):
        with pytest.raises(ValidationError):
            validate_password(refused)
    for taken in ("ÿ" * 8, "correct horse battery staple " * 3, " \t kettle "):
        validate_password(taken)


def test_passwords_are_hashed_with_argon2():
    from django.contrib.auth.hashers import make_password

    assert make_password("anything").startswith("argon2$argon2id$")
    assert "tests" in settings.PASSWORD_HASHERS[0]
    done = run("from portal import settings as s; print(s.PASSWORD_HASHERS)")
    assert done.stdout.strip() == "['django.contrib.auth.hashers.Argon2PasswordHasher']"


def test_s09_a_fresh_install_holds_no_accounts(db):
    from referrals.models import Person

    assert Person.objects.count() == 0
