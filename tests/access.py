"""Who gets which answer from a page: right person, colleague, stranger, other area, nobody."""

BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(client, user):
    client.force_login(user, backend=BACKEND)
    return client


def expect(client, url, expected, *, method="get", data=None):
    """Ask for `url` as each user of `expected` ({user or None: status}) and hold the answers to it.

    None is nobody: signed out, which always leads to the sign-in page.
    """
    found, wanted = {}, {}
    for user, status in expected.items():
        client.logout()
        if user is not None:
            sign_in(client, user)
        response = getattr(client, method)(url, data or {})
        name = str(user) if user else "signed out"
        found[name], wanted[name] = response.status_code, status
        if user is None:
            assert response.url.startswith("/accounts/login/"), response.url
    client.logout()
    assert found == wanted, url
