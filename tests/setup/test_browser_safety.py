"""Limits of a session and headers of every answer."""

import datetime
import re

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

START = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def signed_in(client, world, clock):
    client.force_login(world.officer, backend=settings.AUTHENTICATION_BACKENDS[1])
    client.get("/help/")
    return client


def is_signed_in(client):
    client.get("/help/")
    return SESSION_KEY in client.session


def test_an_idle_hour_ends_the_session(signed_in, clock):
    clock.shift(59 * MINUTE)
    assert is_signed_in(signed_in)
    clock.shift(61 * MINUTE)
    assert not is_signed_in(signed_in)


def test_work_moves_the_idle_limit(signed_in, clock):
    for _ in range(6):
        clock.shift(40 * MINUTE)
        assert is_signed_in(signed_in)


def test_ten_hours_of_work_end_the_session_all_the_same(signed_in, clock):
    for _ in range(20):
        clock.shift(30 * MINUTE)
        assert is_signed_in(signed_in)
    clock.shift(MINUTE)
    assert not is_signed_in(signed_in)


def test_a_page_right_after_another_writes_no_session(signed_in, clock):
    clock.shift(2 * MINUTE)
    before = signed_in.session["seen_at"]
    signed_in.get("/help/")
    assert signed_in.session["seen_at"] == before


def test_a_visitor_is_given_no_session(client):
    client.get("/help/")
    assert settings.SESSION_COOKIE_NAME not in client.cookies


@pytest.mark.parametrize("path", ["/", "/help/", "/no-such-page/", "/accounts/login/", "/healthz"])
def test_every_answer_is_private_and_closed(client, path):
    response = client.get(path)
    assert "no-store" in response["Cache-Control"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert "camera=()" in response["Permissions-Policy"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy


def test_cookies_are_kept_from_scripts(client):
    client.get(reverse("account_login"))
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_each_page_allows_its_own_scripts_and_no_others(client, settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "SameNonce" not in one]
    seen = set()
    for _ in range(3):
        answer = client.get("/help/")
        script_src = re.search(r"script-src ([^;]*)", answer["Content-Security-Policy"])[1]
        found = re.fullmatch(r"'nonce-([A-Za-z0-9+/=_-]{20,})'", script_src)
        assert found, script_src
        scripts = re.findall(r"<script [^>]*>", answer.content.decode())
        assert scripts
        assert all(f'nonce="{found[1]}"' in script for script in scripts)
        seen.add(found[1])
    assert len(seen) == 3
