"""S21: what goes wrong is said in words, with a number, and shows nothing of the insides."""

import io
import json
import logging
import re

import django
import pytest
from django.template import loader

from portal import errors
from tests.portal.faulty_urls import SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.faulty_urls")]
SENTENCES = {403: "Only the coordinator can do this.", 409: "This request has been claimed by somebody else."}


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
def test_s21_error_page_has_words_and_a_number_and_no_insides(visitor, status):
    page = visitor.get(f"/{status}/?secret={SECRET}")
    text = page.content.decode()
    assert page.status_code == status
    assert "<h1" in text
    assert SENTENCES.get(status, "") in text
    for inside in (
        SECRET,
        "Traceback",
        "ValueError",
        "/work",
        "site-packages",
        django.get_version(),
        "?secret",
    ):
        assert inside not in text
    assert "no-store" in page["Cache-Control"]
    assert page["Content-Security-Policy"]
    if status == 500:
        assert re.search(r"\b[0-9a-f]{12}\b", text)


def test_s21_unknown_page_is_answered_in_words(visitor, ana):
    visitor.force_login(ana)
    page = visitor.get("/there/is/nothing/")
    assert page.status_code == 404
    assert "<h1" in page.content.decode()


def test_s21_fault_in_the_error_page_itself_still_gives_a_page(visitor, monkeypatch):
    def broken(*_):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(loader, "select_template", broken)
    page = visitor.get("/500/")
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.content.decode()
    assert SECRET not in page.content.decode()


def test_form_open_for_too_long_is_answered_in_words(ana):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    page = client.post("/theme/", {"theme": "dark"})
    assert page.status_code == 403
    assert "This page was open for too long" in page.content.decode()


@pytest.fixture
def log():
    """What the product's handler writes, as its lines."""
    level = logging.getLogger("portal").level
    handlers = [h for h in logging.getLogger().handlers if type(h.formatter).__name__ == "ProcessorFormatter"]
    handler = handlers[0]
    written, before = io.StringIO(), handler.stream
    handler.setStream(written)
    logging.getLogger("portal").setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    handler.setStream(before)
    logging.getLogger("portal").setLevel(level)


def test_s23_log_of_a_request_holds_its_route_and_number_and_no_text(visitor, log):
    page = visitor.get(f"/404/?q={SECRET}", headers={"X-Request-Id": SECRET, "Cookie": "sessionid=marker"})
    assert page.status_code == 404
    (line,) = [line for line in log() if line["event"] == "request"]
    assert line["route"] == "404/"
    assert line["status"] == 404
    assert re.fullmatch("[0-9a-f]{12}", line["request_id"])
    assert "marker" not in json.dumps(log()).lower()


def test_s23_log_of_an_error_holds_its_kind_and_place_and_not_its_words(visitor, log):
    visitor.get("/500/")
    found = [line for line in log() if "error" in line]
    assert found[0]["error"] == "ValueError"
    assert any("faulty_urls.py" in place for place in found[0]["places"])
    assert SECRET not in json.dumps(log())


def test_s23_log_of_a_library_holds_its_template_and_not_its_values(log):
    logging.getLogger("some.library").error("Could not read %s", SECRET, extra={"patient": SECRET})
    (line,) = log()
    assert line["event"] == "Could not read %s"
    assert SECRET not in json.dumps(line)


@pytest.mark.parametrize("host", [SECRET, f"{SECRET}.example", f'a"b\\{SECRET}'])
def test_s23_log_of_a_host_that_is_not_ours_quotes_nothing_of_it(visitor, log, host):
    assert visitor.get("/404/", headers={"Host": host}).status_code == 400
    assert any(line["logger"] == "django.security.DisallowedHost" for line in log())
    assert SECRET.lower() not in json.dumps(log()).lower()


def test_number_on_the_page_is_the_number_in_the_log(visitor, log):
    text = visitor.get("/500/").content.decode()
    (line,) = [line for line in log() if line["event"] == "request"]
    assert line["request_id"] in text


def test_bare_page_escapes(db):
    assert "<script>" not in errors.bare("<script>", "<script>", "<script>")
