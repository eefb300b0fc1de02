"""A person at a browser: goes to pages, fills in forms by what they are called, and looks."""

import datetime
from pathlib import Path

from tests.people import PASSWORD

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
# GOV.UK Frontend keeps aria-expanded on radios that reveal a question on purpose, and says why.
KEPT = {("aria-allowed-attr", "govuk-radios__input")}
WIDTHS = (1100, 320)


class Actor:
    def __init__(self, page, email=""):
        self.page = page
        self.email = email
        page.set_default_timeout(30_000)
        if email:
            self.sign_in(email)

    def sign_in(self, email):
        self.page.goto("/accounts/login/")
        self.fill(login=email, password=PASSWORD)
        self.press("Sign in")
        assert "/accounts/login/" not in self.page.url, self.text

    def go(self, path, status=200):
        """Open an address and hold its status to what is expected."""
        answer = self.page.goto(path)
        assert answer.status == status, (path, answer.status, self.text[:300])
        return self

    @property
    def text(self):
        return self.page.inner_text("body")

    @property
    def path(self):
        return "/" + self.page.url.split("/", 3)[3]

    def fill(self, **answers):
        """Answer questions by their names: text, dates, radios, tick boxes, lists."""
        self.page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        for name, value in answers.items():
            self._answer(name, value)
        return self

    def _answer(self, name, value):
        if isinstance(value, datetime.date):
            for part in ("day", "month", "year"):
                self.page.fill(f'[name="{name}_{part}"]', str(getattr(value, part)))
            return
        field = self.page.locator(f'[name="{name}"]')
        kind = field.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list | tuple) else [value]:
                only = kind == "checkbox" and one is True
                box = field if only else self.page.locator(f'[name="{name}"][value="{one}"]')
                box.first.check(force=True)
        elif kind == "select":
            field.first.select_option(str(value))
        else:
            field.first.fill(str(value))

    def press(self, words):
        """Press a button, or follow a link, by its words, and wait for the page that follows."""
        button = self.page.get_by_role("button", name=words, exact=False)
        target = button if button.count() else self.page.get_by_role("link", name=words)
        assert target.count(), (words, self.page.url, self.text[:1500])
        return self.follow(target)

    def follow(self, target):
        """Click what leads to another page, and wait for that page."""
        with self.page.expect_navigation(wait_until="load"):
            target.first.click()
        return self

    def sees(self, *words):
        for word in words:
            assert word in self.text, (self.page.url, word, self.text[:1500])
        return self

    def sees_not(self, *words):
        whole = self.page.content()
        for word in words:
            assert word not in whole, (self.page.url, word)
        return self

    def look(self):
        """No accessibility rule is broken, at a desk and on the narrowest phone, and nothing is
        wider than the screen."""
        found = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate(AXE)
            for rule in self.page.evaluate("axe.run()")["violations"]:
                found += [
                    (width, rule["id"], node["html"][:200])
                    for node in rule["nodes"]
                    if not any(rule["id"] == kept and css in node["html"] for kept, css in KEPT)
                ]
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append((width, "wider than the screen", wide))
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        assert not found, (self.page.url, found)
        return self


class People:
    """Everybody of the journey, each in a browser of their own, signed in when first needed."""

    def __init__(self, actor):
        self._actor = actor

    def __getattr__(self, name):
        person = self._actor(name)
        setattr(self, name, person)
        return person
