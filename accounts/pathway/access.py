"""Who reads the pathway of an area: who works there, and administrators, who change it."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse

from accounts.http import SignedInRequest
from accounts.models import Area, User
from accounts.permissions import Perm
from accounts.step_up import View
from prevent_cms.errors import ActionDenied


def for_editors(view: View) -> View:
    """A decorator: ActionDenied for everybody who does not change policies, before all else."""

    @wraps(view)
    def inner(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.holds(Perm.POLICY_EDIT):
            raise ActionDenied("Only a system administrator changes the policy of an area.")
        return view(request, *args, **kwargs)

    return inner


def areas_for(user: User) -> list[Area]:
    """The areas whose pathway this person reads, by name."""
    if user.holds(Perm.POLICY_EDIT):
        return list(Area.objects.order_by("name"))
    return sorted(user.areas(), key=lambda area: area.name)


def get_area(user: User, slug: str) -> Area:
    """One of `areas_for`; Http404 for any other."""
    found = next((area for area in areas_for(user) if area.slug == slug), None)
    if found is None:
        raise Http404
    return found
