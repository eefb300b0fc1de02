"""Who gets which answer at an address: one line a person."""

import re
import time

from django.test import Client

DIFFERS = re.compile(
    r'(nonce|data-look-in|name="(csrfmiddlewaretoken|draft)" value)="[^"]*"|(?<=use, and at )\S+'
)


def sign_in(client: Client, user) -> Client:
    """Let this browser be signed in, just now and by password."""
    client.force_login(user, backend="accounts.backends.SeatsBackend")
    return prove(client, user)


def prove(client: Client, user, *, method: str = "password", ago: int = 0) -> Client:
    """Let this browser have proved who it is, so many seconds ago."""
    session = client.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time() - ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def as_user(user) -> Client:
    """A browser in which this person is signed in."""
    return sign_in(Client(), user)


def expect(url, answers, *, method="get", data=None):
    """Ask `url` as each person and compare the status; None stands for somebody signed out.

    `answers` maps a user (or None) to the status that is expected; signed out, 302 must lead to
    sign-in.
    """
    found, wanted = {}, {}
    for user, status in answers.items():
        client = as_user(user) if user else Client()
        response = getattr(client, method)(url, data or {})
        name = user.email if user else "signed out"
        found[name], wanted[name] = response.status_code, status
        if user is None:
            assert response.status_code == 302
            assert "/accounts/login/" in response["Location"]
    assert found == wanted, url


def steady(response) -> str:
    """The page without what differs from visit to visit: tokens, and when the session will end."""
    return DIFFERS.sub("", response.content.decode())


def seen(client, url):
    """The version that the form at this address was filled from, to send along with it."""
    page = client.get(url).content.decode()
    return {"version": re.search(r'name="version" value="(\d+)"', page)[1]}


def newest(row):
    """The version of a row that has no column for it."""
    return row.history.first().history_id
