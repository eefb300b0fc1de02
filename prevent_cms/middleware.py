"""Turns a refused action into a page, so that no view needs try and except."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve

from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.record import record_refusal


class DomainErrorMiddleware:
    """403 for ActionDenied, 409 for ActionInvalid; the refused work has been rolled back by then.

    A 404 or a PermissionDenied that a view raises is recorded too and left to Django's own page.
    After Stale the view looks once more: its form then finds what changed, and shows it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        # What was kept while a proof was renewed is sent on by the page that asked for the proof.
        request.resolver_match = resolve(request.path_info)
        match error:
            case Stale() if not hasattr(request, "looked_again"):
                return self._look_again(request)
            case ActionDenied():
                return _refuse(request, error, 403)
            case ActionInvalid():
                return _refuse(request, error, 409)
            case PermissionDenied():
                record_refusal(request, 403)
            case Http404():
                record_refusal(request, 404)
        return None

    def _look_again(self, request: HttpRequest) -> HttpResponse:
        request.looked_again = True  # type: ignore[attr-defined]
        asked = request.resolver_match
        assert asked  # a view has raised
        try:
            with transaction.atomic():
                answer: HttpResponse = asked.func(request, *asked.args, **asked.kwargs)
                return answer
        except Exception as error:
            response = self.process_exception(request, error)
            if response is None:
                raise
            return response


def _refuse(request: HttpRequest, error: Exception, code: int) -> HttpResponse:
    """The page that says why, after the refusal has been remembered."""
    record_refusal(request, code)
    return render(request, f"{code}.html", {"reason": str(error)}, status=code)
