"""What is looked at on every page, and a person who goes through the portal with a browser of their own."""

import os
import re
import tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

AXE = Axe()
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
WIDE, PHONE, NARROW = {"width": 1360, "height": 900}, {"width": 390, "height": 844}, 320
# A form with errors answers 422 and somebody who was too late reads a page with 409; Chromium notes both.
TOLD = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d)")
# What pushes the page sideways, where it does: the innermost pieces that reach over the edge.
# What fades in or out has another contrast on its way: axe judges it where it stands.
STAND_STILL = """() => document.getAnimations().forEach((moving) =>
  moving.animationName === "so-leave" ? moving.cancel() :
  moving.effect.getTiming().iterations !== Infinity && moving.finish())"""

TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [`${document.documentElement.scrollWidth} px`, ...[...document.querySelectorAll('body *')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1
      && ![...e.children].some(c => c.getBoundingClientRect().right > innerWidth + 1))
    .slice(0, 5).map(e => e.outerHTML.slice(0, 140))]"""


def screenshots():
    """Where pictures go: never into the repository."""
    if not (place := os.environ.get("SCREENSHOTS")):
        place = os.environ["SCREENSHOTS"] = tempfile.mkdtemp(prefix="second-opinion-screenshots-")
    Path(place).mkdir(parents=True, exist_ok=True)
    return Path(place)


class Visitor:
    """One person with one browser window. Whatever goes wrong on a page is kept in `wrong`.

    `words` are personal or clinical and may stand on pages, never in a title or an address.
    """

    def __init__(self, browser, site, label, *, size=WIDE, words=(), **options):
        self.site, self.label, self.words = site, label, list(words)
        self.size, self.has_touch = size, size is PHONE
        options = {"viewport": size, "has_touch": self.has_touch, "is_mobile": False, **options}
        self.context = browser.new_context(base_url=site.url, locale="en-US", **options)
        self.context.set_default_timeout(15_000)
        self.wrong, self.looked_at, self.expected = [], [], Counter()
        self.with_scripts = options.get("java_script_enabled", True)
        self._watch()
        self.page = self.context.new_page()

    def _watch(self):
        """Every page of the window, also those that open by themselves."""
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda error: self.wrong.append(f"script error: {error.error}"))
        self.context.on("dialog", self._dialog)
        self.context.on("request", self._asked)

    def _heard(self, message):
        if message.type not in ("error", "warning"):
            return
        told = TOLD.match(message.text)
        if told and self.expected[told[1]] > 0:
            self.expected[told[1]] -= 1
            return
        self.wrong.append(f"{self.page.url}: console {message.type}: {message.text} {message.location}")

    def _dialog(self, dialog):
        if dialog.type != "beforeunload":
            self.wrong.append(f"{self.page.url}: a dialog says {dialog.message!r}")
        dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss()

    def _asked(self, request):
        parts = urlsplit(request.url)
        if parts.scheme not in ("blob", "data") and not request.url.startswith(self.site.url):
            self.wrong.append(f"{self.page.url}: asks another host: {request.url}")
        self._check_words("address", request.url)

    def _check_words(self, what, text):
        text = text.casefold()
        self.wrong += [
            f"{self.page.url}: {what} tells {word!r}" for word in self.words if word.casefold() in text
        ]

    # --- going about ---

    def sign_in(self, person):
        """By a session of the server's, as after a sign-in."""
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": self.site.url}
        self.context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Lax"}])
        return self

    def go(self, address, status=200):
        """Open an address; the answer must have that status."""
        if status >= 400:
            self.expect(status)
        answer = self.page.goto(urljoin(self.site.url, str(address)))
        assert answer.status == status, f"{self.label}: {address} answers {answer.status}"
        return self

    def expect(self, status):
        """The next answer has this status, and the browser may say so."""
        self.expected[str(status)] += 1

    def press(self, name, role="button", within="main", exact=False):
        """Press a button (or follow a link) by its words, and wait until its page is there."""
        found = self.page.locator(within).get_by_role(role, name=name, exact=exact)
        with self.page.expect_navigation(wait_until="load"):
            found.first.click()
        return self

    def follow(self, name, **kwargs):
        return self.press(name, role="link", **kwargs)

    def fill(self, **values):
        """Text into fields by their name in the form."""
        for name, value in values.items():
            self.page.fill(f'main [name="{name}"]', value)
        return self

    def choose(self, **values):
        """Radios and check boxes, by name and value, pressed on their label as people do."""
        for name, value in values.items():
            box = self.page.locator(f'main input[name="{name}"]' + (f'[value="{value}"]' if value else ""))
            self.page.locator(f'label[for="{box.first.get_attribute("id")}"]').last.click()
            assert box.first.is_checked(), f"{self.label}: {name} {value} can't be chosen"
        return self

    def date(self, name, day):
        return self.fill(
            **{f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}
        )

    def tab_to(self, selector, most=60):
        """Reach something with the Tab key alone."""
        for _press in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("s => document.activeElement?.matches(s)", selector):
                return self
        raise AssertionError(f"{self.label}: Tab never reaches {selector} on {self.page.url}")

    def has_focus(self, selector):
        return self.page.evaluate("s => !!document.activeElement?.matches(s)", selector)

    def says(self, *texts):
        shown = " ".join(self.page.inner_text("body").split())
        for text in texts:
            assert text in shown, f"{self.label}: {self.page.url} does not say {text!r}: {shown[:3000]}"
        return self

    def says_not(self, *texts):
        shown = self.page.inner_text("body")
        for text in texts:
            assert text not in shown, f"{self.label}: {self.page.url} says {text!r}"
        return self

    # --- looking ---

    def look(self, name, *, narrow=True):
        """This page as it stands: accessible, quiet, at home, narrow enough, with a title that tells nothing."""
        page = self.page
        self._check_words("title", page.title())
        assert page.title().strip(" |"), f"{page.url} has no title"
        if self.with_scripts:
            self._axe(name)
        self.picture(name)
        if narrow:
            self._narrow(name)
        self.looked_at.append(name)
        return self

    def picture(self, name, whole=True):
        file = screenshots() / f"{name}-{self.label}-{self.size['width']}.png"
        self.page.screenshot(path=file, full_page=whole)

    def _axe(self, name):
        self.page.evaluate(STAND_STILL)
        found = AXE.run(self.page, options=RULES).response["violations"]
        for rule in found:
            nodes = [f"{node['html'][:160]} ({node['failureSummary'][:300]})" for node in rule["nodes"][:3]]
            self.wrong.append(f"{name} {self.page.url}: axe {rule['id']}: {' '.join(nodes)}")

    def _narrow(self, name):
        """No sideways scroll at 320 px."""
        self.page.set_viewport_size({"width": NARROW, "height": 800})
        wide = self.page.evaluate(TOO_WIDE)
        if wide:
            self.wrong.append(f"{name} {self.page.url}: scrolls sideways at 320 px: {wide}")
        self.page.set_viewport_size(self.size)

    def close(self):
        """End of the visit: nothing may have gone wrong on the way."""
        self.context.close()
        assert not self.wrong, "\n".join([f"{self.label}:", *dict.fromkeys(self.wrong)])
