"""A form, the page that says what follows from it, and then the act: the same three steps each time.

Each begins by asking whether this person may do it at all, and then who they are.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import step_up
from accounts.http import SignedInRequest, kept
from accounts.permissions import Perm
from accounts.step_up import View
from prevent_cms.errors import ActionDenied
from referrals import access
from referrals.access import NOT_YOURS, Reader
from referrals.forms.checked import CheckedForm
from referrals.pages import render_case


def for_coordinators(perm: Perm) -> Callable[[View], View]:
    """A decorator: hands the view its reader in place of the reference.

    Http404 and ActionDenied as from `get_coordinated`, and only then who is at the screen.
    """

    def wrap(view: View) -> View:
        fresh = step_up.required(view)

        @wraps(view)
        def inner(request: SignedInRequest, reference: str, **parts: Any) -> HttpResponse:
            reader = access.get_coordinated(request.user, reference, perm)
            return fresh(request, reader, **parts)

        return inner

    return wrap


def for_holders(perm: Perm) -> Callable[[View], View]:
    """A decorator: ActionDenied for everybody without the permission, before all else."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: SignedInRequest, *args: Any, **parts: Any) -> HttpResponse:
            if not request.user.holds(perm):
                raise ActionDenied(NOT_YOURS)
            return view(request, *args, **parts)

        return inner

    return wrap


def is_confirmed(request: HttpRequest, form: CheckedForm) -> bool:
    """Whether the check page was read and its button pressed."""
    return form.is_valid() and "confirmed" in request.POST


def draw(
    request: SignedInRequest,
    reader: Reader,
    form: CheckedForm,
    *,
    template: str = "sharing/form.html",
    tab: str = "case_sharing",
    back: str = "case_sharing",
    **page: Any,
) -> HttpResponse:
    """The form or, once it is right, its check page; `back` is the page of the case to return to."""
    case = reader.case
    back = reverse(back, args=[case.reference])
    page |= {"reader": reader, "form": form, "title": form.title, "cancel_url": back}
    if form.is_valid() and "change" not in request.POST:
        template = "sharing/check.html"
        page |= {"given": form.given(), "follows": form.follows(), "kept": kept(request)}
    return render_case(request, case, template, page, tab=tab)
