"""What we ask of the sign-in package: no sign-up, every attempt remembered, secrets encrypted."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import sign_in_changes, step_up, throttle
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.keys import cipher

PURPOSE = "second factor"
OTHER_WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code from your authenticator app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class Adapter(DefaultAccountAdapter):
    """People are invited by an administrator; nobody makes an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Axes counts wrong passwords; a second counter in front of it would hide them."""

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Remember who signed in, how, and where, before the first page."""
        proof = get_authentication_records(request, user)[-1]
        with transaction.atomic():
            record(EventType.SIGNED_IN, by=user, how=proof.get("type", proof["method"]))
        response = cast(HttpResponse, super().post_login(request, user, **kwargs))
        throttle.remember_device(request, response, user)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Remember that somebody failed to sign in, never what they typed."""
        with transaction.atomic():
            record(EventType.SIGN_IN_FAILED, by="Somebody not signed in")
        super().authentication_failed(request, **credentials)

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            with transaction.atomic():
                record(EventType.SIGNED_OUT, by=request.user)
        super().logout(request)

    def is_safe_url(self, url: str | None) -> bool:
        """After signing in the way leads to an address of this service, and to no other."""
        text = str(url)
        return text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """The package's own pages ask by the same rule as ours."""
        return not step_up.is_fresh(self.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict]:
        """The ways to prove who it is, a passkey first; the password only without second factor."""
        methods = [
            {**method, "description": OTHER_WAYS[method["id"]]}
            for method in super().get_reauthentication_methods(user)
        ]
        stronger = [method for method in methods if method["id"] != "reauthenticate"]
        return stronger[::-1] or methods

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any) -> None:
        """The package calls this after every change of how somebody signs in."""
        sign_in_changes.remember(self.request, template_prefix, user)


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Ends the other sessions of the person who asks for it, and remembers that."""

    def end_sessions(self, sessions: list[UserSession]) -> None:
        with transaction.atomic():
            super().end_sessions(sessions)
            record(EventType.SESSIONS_ENDED, by=self.request.user, ended=len(sessions))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the shared secrets of authenticator apps unreadable in the database.

    Of a passkey only the public half is here, which is no secret.
    """

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is wrong. Type the 6 numbers that the app shows now.",
    }

    def encrypt(self, text: str) -> str:
        return cipher(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher(PURPOSE).decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        """What a passkey is called until its owner says otherwise."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return f"Passkey {number}" if number > 1 else "Passkey"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are for this host; browsers show them under the name of the service."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}
