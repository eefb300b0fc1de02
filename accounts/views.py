from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import explained
from accounts.http import SignedInRequest
from accounts.step_up import SECOND_FACTORS, View
from prevent_cms.errors import ActionInvalid


@require_safe
def your_access(request: SignedInRequest) -> HttpResponse:
    """What this person can see and do, and why, in words."""
    page = {
        "places": explained.places(request.user),
        "parts": explained.parts(request.user),
    }
    return render(request, "accounts/access.html", page)


def fixed_email(request: HttpRequest) -> HttpResponse:
    """An account belongs to its address, which only an administrator changes: there is no page."""
    raise Http404


def keep_one(view: View) -> View:
    """The last second factor is not taken away while one is required: another comes first."""

    @wraps(view)
    def inner(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        factors = Authenticator.objects.filter(user=request.user, type__in=SECOND_FACTORS)
        if settings.MFA_REQUIRED and factors.count() < 2:
            raise ActionInvalid("This is your only second step. Set up another one first.")
        return view(request, *args, **kwargs)

    return inner
