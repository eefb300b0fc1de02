"""How long a signed-in session lasts: an idle limit that moves along, and a limit that does not."""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from prevent_cms import clock
from prevent_cms.components.text import counted

REFRESH_AFTER = 5 * 60  # the idle limit is moved at most this often, to spare a write per page
WARN_BEFORE = 2 * 60  # seconds before the idle limit
WARN_LONGEST_BEFORE = 10 * 60  # before the other one, which cannot be moved: time to finish
MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class Limits:
    """When a session ends: `idle_at` moves while its owner works, `longest_at` does not."""

    idle_at: int
    longest_at: int

    @classmethod
    def of(cls, session: SessionBase) -> "Limits":
        """Read from a signed-in session; one that has not begun to count begins now."""
        now = int(time.time())
        return cls(
            session.get("seen_at", now) + settings.SESSION_COOKIE_AGE,
            session.get("signed_in_at", now) + settings.SESSION_LONGEST,
        )

    @property
    def is_over(self) -> bool:
        return time.time() > min(self.idle_at, self.longest_at)

    @property
    def is_last(self) -> bool:
        """Whether the next to come is the limit that cannot be moved."""
        return self.longest_at <= self.idle_at

    @property
    def ends_at(self) -> datetime.datetime:
        """When the session ends if nothing is done, or whatever is done."""
        ends = min(self.idle_at, self.longest_at)
        return datetime.datetime.fromtimestamp(ends, tz=timezone.get_current_timezone())

    @property
    def idle_words(self) -> str:
        """How long nothing may happen."""
        return counted(settings.SESSION_COOKIE_AGE // MINUTE, "minute")

    @property
    def longest_words(self) -> str:
        """How long everybody works at most before signing in again."""
        return counted(settings.SESSION_LONGEST // HOUR, "hour")

    @property
    def last_at(self) -> datetime.datetime:
        """When everybody signs in again, however busy."""
        return datetime.datetime.fromtimestamp(self.longest_at, tz=timezone.get_current_timezone())

    @property
    def _moments(self) -> list[int]:
        warnings = [self.idle_at - WARN_BEFORE, self.longest_at - WARN_LONGEST_BEFORE]
        return [*warnings, self.idle_at, self.longest_at]

    @property
    def is_near(self) -> bool:
        """Whether it is time to warn."""
        return time.time() >= min(self._moments)

    @property
    def look_in(self) -> int:
        """Seconds until the next warning or end; whoever waits for it looks again then."""
        now = time.time()
        return min((int(at - now) + 1 for at in self._moments if at > now), default=1)

    @property
    def first_look_in(self) -> int:
        """The same for a page that opens now, by the minute, so that pages do not differ by it."""
        busy = settings.SESSION_COOKIE_AGE - REFRESH_AFTER - WARN_BEFORE
        longest = int(self.longest_at - WARN_LONGEST_BEFORE - time.time())
        return max(1, min(busy, longest // MINUTE * MINUTE))


class SessionLimitsMiddleware:
    """Moves the idle limit while a person works, and signs out at either limit.

    Looking how long a session still lasts is no work: the page that does so says it by name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            request.session.setdefault("signed_in_at", now)
            if Limits.of(request.session).is_over:
                logout(request)
            elif not _is_look(request) and _seen_before(request, now - REFRESH_AFTER):
                extend(request)
        return self.get_response(request)


def _is_look(request: HttpRequest) -> bool:
    return request.method == "GET" and request.path == reverse("session")


def _seen_before(request: HttpRequest, moment: int) -> bool:
    return bool(request.session.get("seen_at", 0) < moment)


def extend(request: HttpRequest) -> None:
    """Begin the idle time anew, and note in the list of sessions that this one is in use."""
    request.session["seen_at"] = int(time.time())
    rows = UserSession.objects.filter(session_key=request.session.session_key)
    if not rows.update(last_seen_at=clock.now()):
        UserSession.objects.create_from_request(request)


def forget_ended() -> None:
    """Delete sessions that have ended, and with them what was typed in a referral and never sent."""
    call_command("clearsessions")
    begun = clock.now() - datetime.timedelta(seconds=settings.SESSION_LONGEST)
    UserSession.objects.filter(created_at__lt=begun).delete()
