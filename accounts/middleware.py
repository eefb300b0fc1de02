"""No work without a second factor (outside a demonstration)."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

# Signing in and out, enrolment itself, and the public pages, which show nothing of a case.
OPEN = ("/accounts/", "/static/", "/refer/", "/help/", "/accessibility/", "/privacy/", "/healthz")


class RequireSecondFactor:
    """Sends a signed-in person without a second factor to enrolment, or to sign in with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.MFA_REQUIRED or not request.user.is_authenticated:
            return self.get_response(request)
        if request.path.startswith(OPEN):
            return self.get_response(request)
        if not is_mfa_enabled(request.user):
            return redirect("mfa_activate_totp")
        methods = request.session.get("account_authentication_methods", [])
        if not any(method.get("method") == "mfa" for method in methods):
            logout(request)
            return redirect_to_login(request.get_full_path())
        return self.get_response(request)
