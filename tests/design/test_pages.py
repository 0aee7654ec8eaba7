"""What stands around every page: landmarks, way around by role, theme, errors in words."""

import re
from pathlib import Path

import pytest
from django.contrib.messages import constants
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.test.html import parse_html
from django.urls import reverse

from content.loading import load
from portal import errors
from portal.components import components
from portal.fonts import FONTS
from portal.navigation import STAFF, navigation_of
from portal.static_files import HashedFiles
from portal.zones import LazyZone

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shown(settings, client, clinic):
    """The components page, where every part is, in a shell."""
    settings.DEMO = True

    def show(shell="", user=None):
        if user:
            client.force_login(user)
        return client.get(reverse("components"), {"for": shell}).content.decode()

    return show


SHELLS = ["patient", "staff", "reader"]


@pytest.mark.parametrize("shell", SHELLS)
def test_one_main_a_skip_link_and_a_language(shown, tess, shell):
    html = shown(shell, tess)
    assert html.count('<main id="main"') == 1
    assert '<a class="so-skip" href="#main">' in html
    assert re.search(r'<html lang="en', html)
    assert f'<body class="for-{shell}"' in html


@pytest.mark.parametrize("shell", SHELLS)
def test_nothing_inline_that_a_strict_policy_forbids(shown, tess, shell):
    html = shown(shell, tess)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\shx-on|js:", html)
    assert not re.search(r"<script(?![^>]* src=)", html)


@pytest.mark.parametrize("shell", SHELLS)
def test_ids_are_used_once(shown, tess, shell):
    ids = re.findall(r'\sid="([^"]+)"', shown(shell, tess))
    assert sorted({each for each in ids if ids.count(each) > 1}) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_every_reference_between_elements_has_its_end(shown, tess, shell):
    html = shown(shell, tess)
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    named = re.findall(r'\s(?:aria-labelledby|aria-describedby|for)="([^"]+)"', html)
    assert {each for names in named for each in names.split()} <= ids


@pytest.mark.parametrize(
    ("shell", "rooms"),
    [
        ("patient", ["patient", "print"]),
        ("staff", ["staff"]),
        ("reader", ["staff", "reading-room"]),
    ],
)
def test_styles_come_in_order_each_page_with_its_own_room(shown, shell, rooms):
    assert re.findall(r"portal/css/([\w-]+)\.css", shown(shell)) == [f"for-{shell}"]
    assert [name for name, _media in imported(f"for-{shell}.css")] == [
        f"{name}.css" for name in ("tokens", "base", "forms", "shell", "parts", *rooms)
    ]


CSS = ROOT / "portal/static/portal/css"


def imported(sheet):
    """[(name, media)] of all that a sheet takes in, in their order."""
    found = re.findall(r'@import "([\w-]+\.css)"( \w+)?', (CSS / sheet).read_text())
    return [part for name, media in found for part in imported(name) or [(name, media)]]


@pytest.mark.parametrize("shell", ["patient", "staff", "reader"])
def test_what_comes_with_every_page_is_one_sheet_and_one_script(collected, shell):
    sheet = collected(f"portal/css/for-{shell}.css")
    assert "@import" not in sheet
    for name, media in imported(f"for-{shell}.css"):
        text = re.sub(r'url\("[^"]*"\)', "", (CSS / name).read_text())
        assert (f"@media{media} {{\n{text}}}" if media else text) in re.sub(r'url\("[^"]*"\)', "", sheet)
    js = ROOT / "portal/static/portal/js"
    script = collected("portal/js/portal.js")
    for name in re.findall(r'"\./([\w-]+\.js)"', (js / "portal.js").read_text()):
        text = (js / name).read_text()
        assert not re.search(r"^(import|export)\b", text, flags=re.M), f"{name} can’t stand in a block"
        assert f"{{\n{text}}}" in script
    assert "import" not in script


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """collected(name) -> the text that is served under its hashed name."""
    root = tmp_path_factory.mktemp("static")
    files = HashedFiles(location=root, base_url="/static/")
    found = [pair for finder in finders.get_finders() for pair in finder.list(["*.woff2"])]
    paths = {path: (storage, path) for path, storage in found if path.startswith("portal/")}
    for path, (storage, _path) in paths.items():
        with storage.open(path) as file:
            files.save(path, file)
    for name in FONTS:  # made when the product is set up
        files.save(f"portal/fonts/{name}", ContentFile(b""))
    assert not [why for *_names, why in files.post_process(paths) if isinstance(why, Exception)]
    return lambda name: (root / files.stored_name(name)).read_text()


@pytest.mark.parametrize("address", ["/theme/", "/nothing-here/"])
def test_a_page_has_one_h1(client, ana, clinic, address):
    client.force_login(ana)
    assert client.get(address).content.decode().count("<h1") == 1


def test_components_exist_in_the_demo_alone(client, clinic):
    assert client.get(reverse("components")).status_code == 404


# The way around --------------------------------------------------------------------------


def links(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return navigation_of(request)


def test_visitors_find_the_public_pages_and_the_way_in(client, clinic):
    html = client.get(reverse("theme")).content.decode()
    for words in ("Is it time?", "How to ask", "Prices", "Help", "Sign in"):
        assert words in html
    assert "Sign out" not in html


def test_patients_find_phone_and_the_way_out(client, ana, clinic):
    client.force_login(ana)
    html = client.get(reverse("theme")).content.decode()
    assert 'href="tel:5550142200"' in html
    assert "Sign in" not in html
    assert re.search(rf'<form method="post" action="{reverse("account_logout")}">', html)


def test_each_role_is_offered_its_own_pages(ana, sam, tess, dr_vega, quin, lea):
    offered = {
        entry.view: {
            name for name, roles in ROLES.items() if not entry.for_roles or set(roles) & entry.for_roles
        }
        for entry in STAFF
    }
    assert offered == {
        "home:mine": {"sam", "tess", "dr_vega", "quin", "lea"},
        "triage:worklist": {"sam", "tess", "lea"},
        "review:inbox": {"dr_vega"},
        "reminders:list": {"sam", "tess", "lea"},
        "home:quality": {"quin", "lea"},
        "oversight:people": {"lea"},
    }
    assert [links(person).is_staff for person in (ana, sam, tess, dr_vega, quin, lea)] == [False] + [True] * 5


ROLES = {
    "sam": ["coordinator"],
    "tess": ["triage_clinician"],
    "dr_vega": ["specialist"],
    "quin": ["quality_reader"],
    "lea": ["lead"],
}


def test_what_a_person_is_offered_opens_for_them(client, clinic, ana, sam, tess, dr_vega, quin, lea):
    load()
    for person in (ana, sam, tess, dr_vega, quin, lea):
        client.force_login(person)
        around = links(person)
        assert around.links
        for link in around.links + around.about + around.person:
            assert client.get(link["url"], follow=True).status_code == 200, (person, link)


def test_where_one_is_is_marked(clinic):
    from django.contrib.auth.models import AnonymousUser

    path = reverse("content:self_check")
    assert [link["url"] for link in links(AnonymousUser(), path).links if link["current"] == "page"] == [path]
    inside = links(AnonymousUser(), path + "result/").links
    assert [link["url"] for link in inside if link["current"] == "true"] == [path]


def test_the_name_of_a_person_is_escaped(client, ana, clinic):
    ana.name = "<script>alert(1)</script> Long"
    ana.save()
    client.force_login(ana)
    html = client.get(reverse("theme")).content.decode()
    assert "<script>alert" not in html


def test_htmx_sends_the_token_for_those_signed_in_and_visitors_get_no_cookie(client, ana, clinic):
    response = client.get("/nothing-here/")
    assert "hx-headers" not in response.content.decode()
    assert not response.cookies
    client.force_login(ana)
    html = client.get("/nothing-here/").content.decode()
    assert re.search(r"""<body [^>]*hx-headers:inherited='\{"X-CSRFToken": "\w+"\}'""", html)


def test_htmx_is_told_to_add_no_styles(shown):
    [config] = re.findall(r"""<meta name="htmx-config" content='([^']+)'>""", shown("staff"))
    assert config == '{"includeIndicatorCSS": false, "mode": "same-origin"}'


@pytest.mark.parametrize("shell", SHELLS)
def test_the_clinic_is_read_once_a_page(shown, ana, django_assert_max_num_queries, shell):
    with django_assert_max_num_queries(4) as asked:  # session, person, roles, clinic
        shown(shell, None)
    assert len([query for query in asked.captured_queries if "referrals_clinic" in query["sql"]]) == 1


# Titles and messages -----------------------------------------------------------------------


def test_the_title_says_error_when_a_form_has_one(client, clinic):
    assert (
        "<title>Light or dark | Fernhollow Clinic second opinions</title>"
        in client.get(reverse("theme")).content.decode()
    )
    response = client.post(reverse("theme"), {"theme": "purple"})
    assert response.status_code == 422
    html = response.content.decode()
    assert "<title>Error: Light or dark |" in html
    assert 'class="so-errors" role="alert"' in html


class Said:
    def __init__(self, level, words):
        self.level, self.words = level, words

    def __str__(self):
        return self.words


def test_success_is_a_toast_and_errors_never_are():
    said = [
        Said(constants.SUCCESS, "Saved."),
        Said(constants.ERROR, "Not saved."),
        Said(constants.WARNING, "Look."),
    ]
    toasts = render_to_string("parts/toasts.html", {"messages": said})
    assert 'role="status"' in toasts
    assert "Saved." in toasts
    assert "Not saved." not in toasts
    assert "Look." not in toasts
    notes = render_to_string("parts/warnings.html", {"messages": said})
    assert "Not saved." in notes
    assert "Look." in notes
    assert ">Saved." not in notes


# Theme ---------------------------------------------------------------------------------------


def html_tag(response):
    return re.search(r"<html[^>]*>", response.content.decode())[0]


def test_without_a_choice_the_device_decides(client, clinic):
    assert "data-theme" not in html_tag(client.get(reverse("theme")))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_choice_is_kept_and_said_by_the_server(client, clinic, theme):
    response = client.post(reverse("theme"), {"theme": theme, "next": "/read/"})
    assert response.url == "/read/"
    assert response.cookies["theme"]["httponly"]
    assert f'data-theme="{theme}"' in html_tag(client.get(reverse("theme")))
    client.post(reverse("theme"), {"theme": "device"})
    assert "data-theme" not in html_tag(client.get(reverse("theme")))


def test_a_made_up_cookie_is_ignored(client, clinic):
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in html_tag(client.get(reverse("theme")))


@pytest.mark.parametrize("theme", ["", "dark", "light"])
def test_the_reading_room_is_dark_unless_light_was_chosen(shown, client, theme):
    client.cookies["theme"] = theme
    assert f'data-theme="{theme or "dark"}"' in shown("reader")


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "\\\\evil"]
)
def test_after_choosing_one_stays_with_us(client, clinic, away):
    assert client.post(reverse("theme"), {"theme": "dark", "next": away}).url == reverse("theme")
    page = client.get(reverse("theme"), {"next": away}).content.decode()
    assert "evil" not in page


# Zones ---------------------------------------------------------------------------------------


def test_times_are_in_the_readers_zone_else_the_clinics(rf, ana, clinic):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/")
    request.user = ana
    ana.zone = "Asia/Tokyo"
    assert str(LazyZone(request)) == "Asia/Tokyo"
    ana.zone = ""
    assert str(LazyZone(request)) == "America/Chicago"
    ana.zone = "Mars/Olympus"
    assert str(LazyZone(request)) == "UTC"
    request.user = AnonymousUser()
    assert str(LazyZone(request)) == "America/Chicago"


def test_a_page_without_times_asks_for_no_zone(rf, django_assert_num_queries):
    from portal.zones import ReadersZone

    with django_assert_num_queries(0):
        ReadersZone(lambda request: None)(rf.get("/"))


# Errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_errors_are_pages_in_words_with_a_number_and_a_way_on(rf, ana, clinic, status):
    request = rf.get("/")
    request.user, request.number = ana, "0a1b2c"
    response = errors.page(request, status, "Somebody was faster", "Tess took this <case>.")
    html = response.content.decode()
    assert response.status_code == status
    assert "<h1>Somebody was faster</h1>" in html
    assert "Tess took this &lt;case&gt;." in html
    assert "0a1b2c" in html
    assert "555 014 2200" in html


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_errors_of_those_who_work_here_stay_in_their_shell(rf, tess, clinic, status):
    request = rf.get("/")
    request.user, request.number = tess, "0a1b2c"
    html = errors.page(request, status, "Somebody was faster", "Tess took it.").content.decode()
    assert 'class="for-staff"' in html and 'class="so-rail"' in html
    assert "0a1b2c" in html
    assert "Or call us" not in html


def test_s21_the_page_for_our_fault_stands_while_the_database_is_down(rf, ana, clinic):
    def down(*args, **kwargs):
        raise AssertionError("the page asked the database")

    request = rf.get("/")
    request.number = "0a1b2c"
    with connection.execute_wrapper(down):
        html = errors.page(request, 500, "We couldn’t save that", "Try again in a minute.").content.decode()
    assert "We couldn’t save that" in html
    assert "0a1b2c" in html
    assert "portal/css/for-patient.css" in html  # ours, not the bare one


def test_the_page_for_our_fault_has_words_of_its_own():
    html = render_to_string("500.html")
    assert "The fault is ours." in html
    assert parse_html(html)


def test_a_confirm_page_asks_before_what_cannot_be_undone(rf, ana, clinic):
    request = rf.get("/")
    request.user = ana
    html = render_to_string(
        "parts/confirm.html",
        {
            "question": "Take your request back?",
            "consequence": "Nobody reads it then.",
            "act": "Take it back",
            "keep": "Keep my request",
            "keep_url": "/home/",
        },
        request,
    )
    assert "<h1>Take your request back?</h1>" in html
    assert html.index("Keep my request") < html.index(">Take it back<")
    assert re.search(r'<form method="post" novalidate><input type="hidden" name="csrfmiddlewaretoken"', html)


def test_components_answer_reading_alone(rf):
    with override_settings(DEMO=True):
        assert components(rf.post("/")).status_code == 405
