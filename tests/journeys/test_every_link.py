"""Every link that the demonstration shows to each of its accounts leads to a page it may open."""

import re
from collections import Counter
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.core.management import call_command
from django.urls import resolve

from accounts.models import User
from tests.access import as_user

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
SIGNED_OUT = ("/refer/", "/accounts/logout/")
OF_ONE_AREA = ("@norfolk.example", "@demo.example")
MOST_BYTES = 60_000  # of one page (design section 10)
MOST_ALIKE = 8  # pages of one kind that each account opens; the log alone has a page for every look


@pytest.fixture
def demonstration(db, capsys):
    """Everybody of one area, and one officer of each of the others."""
    call_command("load_demo")
    shown = re.findall(r"\S+@\S+", capsys.readouterr().out)
    chosen = [one for one in shown if one.endswith(OF_ONE_AREA) or one.startswith("ctco@")]
    return list(User.objects.filter(email__in=chosen))


def test_every_link_opens(demonstration):
    assert len(demonstration) >= 12
    broken = [found for user in demonstration for found in _wrong(user)]
    assert not broken


def _wrong(user):
    """Every page that can be reached from the first one, and is not what its link promised."""
    browser, seen, waiting, alike = as_user(user), {"/"}, ["/"], Counter()
    while waiting:
        path = waiting.pop()
        page = browser.get(path, follow=True)
        if page.status_code != 200 or len(page.content) > MOST_BYTES:
            yield user.email, path, page.status_code, len(page.content)
            continue
        for href in LINK.findall(page.content.decode()):
            target = urlsplit(urljoin(page.request["PATH_INFO"], unescape(href)))
            address = target.path + (f"?{target.query}" if target.query else "")
            inside = not target.netloc and not address.startswith(SIGNED_OUT)
            if inside and not target.path.endswith(".pdf") and address not in seen:
                seen.add(address)
                kind = resolve(target.path).view_name, *sorted(parse_qs(target.query))
                alike[kind] += 1
                if alike[kind] <= MOST_ALIKE:
                    waiting.append(address)
