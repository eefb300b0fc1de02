"""How often something may be tried: passwords, codes and the public form.

A stranger can use up the tries for an account and so close it to strangers, but never to a browser
in which its owner has signed in before: such a browser is known by a signed cookie and has tries of
its own.
"""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from accounts.models import User

View = Callable[..., HttpResponse]
KNOWN_FOR = 90 * 24 * 60 * 60  # seconds


def is_within_limit(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Count one try of an action named in settings.ACCOUNT_RATE_LIMITS; False when it is too many."""
    return bool(ratelimit.consume(request, action=action, key=key))


def limited(action: str) -> Callable[[View], View]:
    """A decorator: what is sent to this view more often than the limit says is answered with 429."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not is_within_limit(request, action):
                return cast(HttpResponse, respond_429(request))
            return view(request, *args, **kwargs)

        return inner

    return wrap


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Leave a cookie by which this browser is known to belong to this account."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        _signer().sign(f"{secrets.token_hex(8)}.{_mark_of(user)}"),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def is_known_device(request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
    """Whether this browser is known to the account that signs in, and has tries of its own left.

    Asked by axes, several times for one request; the try is counted once.
    """
    if request is None or not credentials:
        return False
    if not hasattr(request, "is_known_device"):
        device = _device(request, str(credentials.get("username") or credentials.get("email")))
        known = bool(device) and is_within_limit(request, "known_device", device)
        request.is_known_device = known  # type: ignore[attr-defined]
    return bool(request.is_known_device)  # type: ignore[attr-defined]


def client_address(request: HttpRequest) -> str | None:
    """The address of the browser, seen through as many proxies as settings say; None without one."""
    if "REMOTE_ADDR" not in request.META:
        return None
    return str(get_adapter().get_client_ip(request))


def _device(request: HttpRequest, email: str) -> str:
    """The number of this browser when its cookie was left for this account, else nothing."""
    kept = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        number, _, mark = _signer().unsign(kept, max_age=KNOWN_FOR).partition(".")
    except BadSignature:
        return ""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    return number if user and mark == _mark_of(user) else ""


def _mark_of(user: User) -> str:
    """Names the account without telling which, and changes with its password."""
    return user.get_session_auth_hash()[:32]


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="accounts.throttle.device")
