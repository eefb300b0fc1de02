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
MOST_ALIKE = 3  # pages of one kind that each account opens; `make proof` opens all of them


@pytest.fixture
def accounts(db, capsys):
    """The accounts that the demonstration tells of, in all of its areas."""
    call_command("load_demo")
    shown = re.findall(r"\S+@\S+", capsys.readouterr().out)
    return list(User.objects.filter(email__in=shown))


def test_every_link_opens(accounts):
    """For everybody of one area and one officer of each of the others, some pages of each kind."""
    chosen = [one for one in accounts if one.email.endswith(OF_ONE_AREA)]
    chosen += [one for one in accounts if one.email.startswith("ctco@") and one not in chosen]
    assert len(chosen) >= 16
    broken = [found for user in chosen for found in _wrong(user, MOST_ALIKE)]
    assert not broken


@pytest.mark.proof
def test_every_link_of_every_account_opens(accounts):
    broken = [found for user in accounts for found in _wrong(user, 1_000_000)]
    print(f"{len(accounts)} accounts: {len(broken)} links that do not open or lead to a long page")
    assert not broken


def _wrong(user, most):
    """Every page that can be reached from the first one, and is not what its link promised;
    `most` pages of each kind are opened."""
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
                if alike[kind] <= most:
                    waiting.append(address)
