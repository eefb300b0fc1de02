"""Draws pages with drafts, keeps what was sent and refused, and forgets what was saved."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from prevent_cms.drafts import keep, page

REFUSED = (403, 404, 409, 500)
SIGN_IN = "/accounts/"
SENT_ON = (301, 302, 303)


class Drafts:
    """Stands inside the middleware that names for whom the database is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = page.current.set(None)
        try:
            response = self.get_response(request)
        finally:
            page.current.reset(before)
        match = request.resolver_match
        if request.method == "POST" and match and match.view_name != "draft":
            _follow(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, *rest: Any) -> None:
        if request.user.is_authenticated and getattr(view, "login_required", True):
            page.current.set(page.Page(request))


def _follow(request: HttpRequest, response: HttpResponse) -> None:
    """What was saved needs no draft; what was refused, or sent after the session ended, does."""
    place = keep.place_of(request.POST.get("draft", "")) if request.POST.get("draft") else None
    leads_on = response.status_code in SENT_ON
    must_sign_in = leads_on and response["Location"].startswith(SIGN_IN)
    reader = request.user.pk
    if place and reader in (None, place.user_id):
        if must_sign_in or response.status_code in REFUSED:
            keep.keep(place, request.POST)
        elif leads_on:
            keep.forget(place)
    elif leads_on and reader and not must_sign_in:  # saved on a second page, which only confirms
        keep.forget(keep.Place(reader, request.path, ""))
