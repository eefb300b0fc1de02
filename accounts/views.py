from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import explained
from accounts.http import SignedInRequest


@require_GET
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
