"""Every link that the demonstration shows to each of its accounts leads to a page it may open."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import call_command

from accounts.models import User
from tests.access import as_user

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
SIGNED_OUT = ("/refer/", "/accounts/logout/")
MOST_BYTES = 60_000  # of one page (design section 10)


@pytest.fixture
def demonstration(db, capsys):
    call_command("load_demo")
    return list(User.objects.filter(email__in=re.findall(r"\S+@\S+", capsys.readouterr().out)))


def test_every_link_opens(demonstration):
    assert len(demonstration) >= 12
    broken = [found for user in demonstration for found in _wrong(user)]
    assert not broken


def _wrong(user):
    """Every page that can be reached from the first one, and is not what its link promised."""
    browser, seen, waiting = as_user(user), {"/"}, ["/"]
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
                waiting.append(address)
