"""Second factors of the tests: an authenticator app whose codes we can reckon, and recovery codes."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.urls import reverse

from tests.people import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret=SECRET, later=0):
    """What the app shows now, or so many steps of half a minute later."""
    counter = int(time.time()) // 30 + later
    return auth.format_hotp_value(auth.hotp_value(secret, counter))


def give_app(user):
    """Let this person have an authenticator app, and recovery codes, which are returned."""
    auth.TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def give_password(client, user, password=PASSWORD, **more):
    answer = {"login": user.email, "password": password, **more}
    return client.post(reverse("account_login"), answer)


def give_code(client, typed):
    return client.post(reverse("mfa_authenticate"), {"code": typed})


def is_in(client):
    return client.get("/work/").status_code == 200
