"""S16, S17, S18: what the browser is told, in tests and under production's settings behind gunicorn."""

import http.client
import os
import socket
import sys

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from tests.lint import PRODUCTION
from tests.processes import RealProcess

HOST = "opinions.example.org"
CSP = {
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}


@pytest.fixture(scope="module")
def production(process_environment):
    """The portal as production runs it, behind one proxy that speaks TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        kept = {k: v for k, v in process_environment.items() if k not in ("TESTING", "DEMO")}
        ours = {name: kept[name] for name in ("DATABASE_URL", "REDIS_URL")}
        env = kept | PRODUCTION | ours | {
            "GUNICORN_BIND": f"fd://{listening.fileno()}",
            "TRUSTED_PROXIES": "1",
            "WEB_WORKERS": "1",
            "STATIC_ROOT": f"{os.environ['PORTAL_HOME']}/static-production",
        }  # fmt: skip
        import subprocess

        collect = "import django; django.setup(); from portal.demo import prepare as p; "
        collect += "from django.conf import settings as s; p.collect_static(s.STATIC_ROOT)"
        from portal import fonts

        for name in fonts.missing():
            fonts.make(name)
        subprocess.run([sys.executable, "-c", collect], env=env, check=True, stdout=subprocess.DEVNULL)
        site = RealProcess(
            "production",
            [sys.executable, "-m", "gunicorn", "--config", "python:portal.gunicorn"],
            env,
            ready=lambda it: "Booting worker" in it.words(),
            pass_fds=[listening.fileno()],
        )
        site.port = listening.getsockname()[1]
        site.start()
        yield site
        site.stop()


def ask(site, path, proto="https", host=HOST):
    asking = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    asking.request(
        "GET", path, headers={"Host": host, "X-Forwarded-Proto": proto, "X-Forwarded-For": "192.0.2.7"}
    )
    answer = asking.getresponse()
    answer.read()
    return answer


def test_s16_cookies_in_production_are_bound_to_the_host(transactional_db, production):
    answer = ask(production, "/accounts/login/")
    assert answer.status == 200
    cookies = answer.headers.get_all("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie


def test_s17_headers_in_production(transactional_db, production):
    headers = ask(production, "/").headers
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    assert set(headers["Content-Security-Policy"].split("; ")) == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_production_sends_plain_http_to_https_and_knows_its_own_name_only(transactional_db, production):
    plain = ask(production, "/", proto="http")
    assert plain.status == 301
    assert plain.headers["Location"] == f"https://{HOST}/"
    assert ask(production, "/", host="evil.example").status == 400
    assert ask(production, "/demo/mail/").status in (302, 404)
    assert ask(production, "/demo/components/").status in (302, 404)


def test_health_in_production_is_asked_from_inside_without_tls(transactional_db, production):
    assert ask(production, "/health/?of=database", proto="http").status == 200


def every_plain_address():
    """The address of each named page that needs nothing to be known."""

    def walk(patterns, prefix=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                yield from walk(pattern.url_patterns, space)
            elif pattern.name:
                try:
                    yield reverse(prefix + pattern.name)
                except NoReverseMatch:
                    continue

    return sorted(set(walk(get_resolver().url_patterns)))


def test_s18_signed_in_people_get_nothing_that_is_stored(client, ana):
    client.force_login(ana)
    asked = [
        address
        for address in every_plain_address()
        if not address.startswith(("/admin/", "/accounts/logout"))
    ]
    assert len(asked) > 10
    for address in asked:
        page = client.get(address)
        assert "no-store" in page.get("Cache-Control", ""), address


def test_s17_every_page_has_the_strict_policy(client, ana):
    client.force_login(ana)
    for address in every_plain_address():
        page = client.get(address)
        assert set(page["Content-Security-Policy"].split("; ")) == CSP, address
        assert page["Cross-Origin-Resource-Policy"] == "same-origin"


def test_s18_a_visitor_who_told_us_something_gets_nothing_that_is_stored(client, db):
    session = client.session
    session["told"] = "something"
    session.save()
    assert "no-store" in client.get("/")["Cache-Control"]
