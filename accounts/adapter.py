"""What we ask of the sign-in package: no sign-up, every attempt remembered, secrets encrypted."""

import base64
from functools import cache
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import force_bytes

from prevent_cms.history import EventType
from prevent_cms.history.record import record


class Adapter(DefaultAccountAdapter):
    """People are invited by an administrator; nobody makes an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Remember who signed in, before the first page."""
        with transaction.atomic():
            record(EventType.SIGNED_IN, by=user)
        return cast(HttpResponse, super().post_login(request, user, **kwargs))

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


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the shared secrets of authenticator apps unreadable in the database."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


@cache
def _cipher() -> MultiFernet:
    """The key derives from SECRET_KEY; SECRET_KEY_FALLBACKS still open what they closed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(secret: str | bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"prevent-cms second factor")
    return base64.urlsafe_b64encode(derivation.derive(force_bytes(secret)))
