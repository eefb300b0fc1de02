"""No work without a second factor (outside a demonstration)."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from accounts.step_up import SECOND_FACTORS, used_second_factor
from prevent_cms import wall

# What somebody can open who has not given a second factor: setting one up, and leaving. Everything
# else is closed, also what is added later; the public pages show nothing of anybody.
OPEN = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_reauthenticate",
        "account_logout",
        "session",
        "help",
        "accessibility",
        "privacy",
        "healthz",
        "readyz",
    }
)
PUBLIC = "/refer/"


class ActsForUser:
    """Names for whom the database is asked while a request is answered (prevent_cms/wall.py)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with wall.acting_for(identity_of(request.user)):
            return self.get_response(request)


def identity_of(user: Any) -> wall.Identity:
    """A person with the police areas and agencies in which they work now; nobody if signed out."""
    if not user.is_authenticated or not user.is_active:
        return wall.NOBODY
    return wall.Identity(
        user_id=user.pk,
        police_areas=frozenset(seat.agency.area_id for seat in user.seats if seat.is_police),
        agencies=user.agency_ids,
    )


class RequireSecondFactor:
    """Sends a signed-in person without a second factor to enrolment, or to sign in with it.

    A passkey that signs in alone is both factors: it asks for finger, face or PIN.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.MFA_REQUIRED or not request.user.is_authenticated:
            return self.get_response(request)
        if used_second_factor(request):
            return self.get_response(request)
        if is_mfa_enabled(request.user, SECOND_FACTORS):
            logout(request)
            return redirect_to_login(request.get_full_path())
        if not _is_open(request.path):
            return redirect("mfa_index")
        return self.get_response(request)


def _is_open(path: str) -> bool:
    try:
        return path.startswith(PUBLIC) or resolve(path).view_name in OPEN
    except Resolver404:
        return False
