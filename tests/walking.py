"""A browser without a screen: it goes to pages, fills in the forms that are really there and presses their buttons.

    ana = Walker(person); ana.go("/ask/").send(situation="surgery")

Hidden inputs, the token against forgery and what a page fills in itself go along, as in a browser.
"""

from urllib.parse import urljoin

import lxml.html
from django.test import Client


class Walker:
    def __init__(self, person=None):
        self.client = Client(enforce_csrf_checks=True)
        self.seen, self.answer, self.at = [], None, "/"
        if person:
            self.client.force_login(person)

    def go(self, url, status=200):
        return self._arrive(self.client.get(url, follow=True), url, status)

    def send(self, button=None, status=200, **typed):
        """Fill in the form that has these inputs, press its button, and follow where it leads."""
        form = self.form_with(typed, button)
        data = {name: value for name, value in form.form_values() if name not in typed}
        data |= {name: value for name, value in typed.items() if value is not None}
        data |= dict([button]) if button else {}
        url = urljoin(self.at, form.get("action") or self.at)
        return self._arrive(self.client.post(url, data, follow=True), url, status)

    def form_with(self, typed, button):
        wanted = {*typed, *(button[:1] if button else ())}
        for form in self.page.forms:
            names = {each.get("name") for each in form.xpath(".//input|.//textarea|.//select|.//button")}
            if form.method == "POST" and wanted <= names and (wanted or form.xpath("ancestor::main")):
                return form
        raise AssertionError(f"no form with {wanted} at {self.at}")

    def says(self, *words):
        for each in words:
            assert each in self.text, f"«{each}» isn't on {self.at}"
        return self

    @property
    def page(self):
        return lxml.html.fromstring(self.answer.content)

    @property
    def text(self):
        return " ".join(self.page.text_content().split())

    def _arrive(self, answer, url, status):
        self.answer = answer
        self.at = answer.redirect_chain[-1][0] if answer.redirect_chain else url
        assert answer.status_code == status, f"{answer.status_code} at {self.at}: {self.text[:600]}"
        self.seen.append((self.at, answer))
        return self
