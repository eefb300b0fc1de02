"""Who gets which answer at an address: one line a person."""

from django.test import Client


def sign_in(client: Client, user) -> Client:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
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
