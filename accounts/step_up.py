"""Asking again who it is, before what must not be done at a screen that somebody left unlocked.

A proof lasts five minutes: the second factor of a person who has one, else the password. Signing in
is a proof as well. The pages that ask are the sign-in package's.

- `@step_up.required` on the view of a form asks when the form is opened. When the proof has run out
  by the time the form is sent, what was sent is kept, and done as soon as the proof is renewed.
- `@step_up.required(keeps=False)`: what was sent is never kept, as with passwords; the form opens
  again.
- A download leaves the browser on the page it was on, so its view asks by itself, and leads back to
  that page: `if not step_up.is_fresh(request): return step_up.ask(request, then=page)`.

Who may do the thing at all is asked first; nobody proves who they are to be refused.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, overload

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def used_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor was given in this session."""
    return bool(_proofs(request, "mfa"))


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session proved within five minutes who it is, as well as this person can."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    if max(_proofs(request, "mfa"), default=0) > since:
        return True
    by_password = max(_proofs(request, "password"), default=0) > since
    return by_password and not is_mfa_enabled(request.user, SECOND_FACTORS)


def _proofs(request: HttpRequest, method: str) -> list[float]:
    records = get_authentication_records(request, request.user)
    return [record["at"] for record in records if record["method"] == method]


def renew(request: HttpRequest) -> None:
    """Give the session a new id, because what it may do has grown."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def renews(view: View) -> View:
    """A decorator for the pages that ask: with the proof the session gets a new id."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        before = len(get_authentication_records(request, request.user))
        response = view(request, *args, **kwargs)
        if len(get_authentication_records(request, request.user)) > before:
            renew(request)
        return response

    return inner


@overload
def required(view: View) -> View: ...
@overload
def required(*, keeps: bool = True) -> Callable[[View], View]: ...
def required(view: View | None = None, *, keeps: bool = True) -> View | Callable[[View], View]:
    """The decorator described above; the view must be for signed-in people."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if is_fresh(request):
                return view(request, *args, **kwargs)
            request.session.pop(STATE_SESSION_KEY, None)  # of a form sent earlier and given up
            if request.method == "POST" and keeps:
                raise ReauthenticationRequired  # the package keeps what was sent
            return ask(request, then=request.get_full_path())

        return inner

    return wrap(view) if view else wrap


def ask(request: HttpRequest, *, then: str) -> HttpResponse:
    """Lead to the page that asks who it is, and from there on to the address `then`."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return redirect_to_login(then, methods[0]["url"])
