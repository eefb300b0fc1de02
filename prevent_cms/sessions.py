"""How long a signed-in session lasts: an idle limit that moves along, and a limit that does not."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

REFRESH_AFTER = 5 * 60  # the idle limit is moved at most this often, to spare a write per page


class SessionLimitsMiddleware:
    """Moves the idle limit while a person works and signs out after SESSION_LONGEST."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.setdefault("signed_in_at", now) > settings.SESSION_LONGEST:
                logout(request)
            elif now - request.session.get("seen_at", 0) > REFRESH_AFTER:
                request.session["seen_at"] = now
        return self.get_response(request)
