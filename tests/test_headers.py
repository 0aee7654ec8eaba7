"""What every answer tells the browser: graded on all routes as an observatory would (S16, S17)."""

import gzip
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.build import make_case
from tests.referrals.records import samples
from tests.test_doors import OF_A_CASE, OF_NONE, Scene, ask, clients, people, url_of_none  # noqa: F401 fixtures

MUST = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOOSE = re.compile(r"unsafe-|\*|\bdata:|https?:|\bblob:")


def flaws(answer):
    """What an observatory would take points for."""
    for name, value in MUST.items():
        if answer.get(name) != value:
            yield f"{name} is {answer.get(name)!r}"
    if answer.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        yield f"Referrer-Policy is {answer.get('Referrer-Policy')!r}"
    policy = answer.get("Content-Security-Policy", "")
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";") if rule.strip()}
    for directive in ("default-src", "base-uri", "form-action", "frame-ancestors", "object-src"):
        if directive not in rules and not ("sandbox" in rules and rules.get("default-src") == ["'none'"]):
            yield f"the policy says nothing of {directive}"
    for directive, sources in rules.items():
        if LOOSE.search(" ".join(sources)) and directive in (
            "default-src",
            "script-src",
            "object-src",
            "base-uri",
        ):
            yield f"{directive} allows {sources}"
    if rules.get("default-src") not in (["'self'"], ["'none'"]):
        yield f"default-src is {rules.get('default-src')}"
    if "camera=()" not in answer.get("Permissions-Policy", ""):
        yield "no Permissions-Policy"
    for cookie in answer.cookies.values():
        if not (cookie["httponly"] and cookie["samesite"]):
            yield f"the cookie {cookie.key} is open"
    for told in ("Server", "X-Powered-By"):
        if told in answer:
            yield f"{told} tells of the insides"


def test_the_grader_can_fail(rf):
    from django.http import HttpResponse

    bad = HttpResponse(
        headers={"Content-Security-Policy": "default-src 'self' 'unsafe-inline'", "Server": "x"}
    )
    bad.set_cookie("open", "1")
    assert len(list(flaws(bad))) >= 8


@pytest.mark.django_db
def test_s17_every_route_is_graded_without_a_flaw(people, clients):  # noqa: F811
    scene = Scene(people["ana"], "reading", people["tess"], people["vega"])
    urls = [scene.url(name) for name in OF_A_CASE] + [url_of_none(name, people) for name in OF_NONE]
    found = {}
    for url in [*urls, "/nowhere/", "/accounts/login/", "/accounts/signup/", "/admin/"]:
        for who in ("ana", "tess", "vega", "visitor"):
            for method in ("GET", "POST"):
                if wrong := list(flaws(ask(clients[who], method, url))):
                    found[f"{method} {url} as {who}"] = wrong
    assert not found, "\n".join(f"{where}: {what}" for where, what in list(found.items())[:20])


@pytest.mark.django_db
def test_s16_the_session_cookie_is_for_this_site_alone(ana):
    client = Client()
    client.post("/accounts/login/", {"login": ana.email, "password": "a-long-enough-password"})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
    assert not cookie["domain"]


@pytest.mark.django_db
def test_s18_nothing_is_kept_after_signing_out(ana):
    client = Client()
    client.force_login(ana)
    page = client.get("/cases/")
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    client.post("/accounts/logout/")
    assert client.get("/cases/").status_code == 302


@pytest.mark.django_db
def test_s21_a_fault_shows_a_number_and_nothing_of_the_insides(ana, tess, monkeypatch):
    """Raised in each layer of a page: its query, its door, its template."""
    from referrals.home import patient
    from referrals.rules import access

    client = Client(raise_request_exception=False)
    client.force_login(ana)
    secret = "SECRET /srv/path select * from"

    def broken(*args, **kwargs):
        raise ValueError(secret)

    for module, name in ((access, "is_known"), (patient, "render")):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, broken)
            answer = client.get("/cases/")
        assert answer.status_code == 500, name
        assert "SECRET" not in answer.text and "Traceback" not in answer.text and "Django" not in answer.text
        assert re.search(r"[0-9a-f]{12}", answer.text), "no number to quote"
        assert "no-store" in answer["Cache-Control"]


def test_pages_travel_packed_and_files_as_they_are(ana, settings, tmp_path, client):
    settings.RECORDS_DIR = str(tmp_path / "records")
    client.force_login(ana)
    case = make_case(ana)
    record = samples.ready(case, samples.pdf(), pages=1)
    packed = {"HTTP_ACCEPT_ENCODING": "gzip"}
    page = client.get(f"/records/{case.reference}/", **packed)
    assert page["Content-Encoding"] == "gzip" and "Accept-Encoding" in page["Vary"]
    plain = client.get(f"/records/{case.reference}/")
    assert len(page.content) < len(plain.content) / 2 and "Content-Encoding" not in plain
    assert record.name in gzip.decompress(page.content).decode()
    for address in (
        reverse("records:download", args=[case.reference, record.key]),
        reverse("viewer:picture", args=[case.reference, record.key, 1, "normal"]),
    ):
        answer = client.get(address, **packed)
        assert answer.status_code == 200 and "Content-Encoding" not in answer
