"""Turns a refused action into a page, so that no view needs try and except."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.record import record_refusal


class DomainErrorMiddleware:
    """403 for ActionDenied, 409 for ActionInvalid; the refused work has been rolled back by then.

    A 404 or a PermissionDenied that a view raises is recorded too and left to Django's own page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match error:
            case ActionDenied():
                return _refuse(request, error, 403)
            case ActionInvalid():
                return _refuse(request, error, 409)
            case PermissionDenied():
                record_refusal(request, 403)
            case Http404():
                record_refusal(request, 404)
        return None


def _refuse(request: HttpRequest, error: Exception, code: int) -> HttpResponse:
    """The page that says why, after the refusal has been remembered."""
    record_refusal(request, code)
    return render(request, f"{code}.html", {"reason": str(error)}, status=code)
