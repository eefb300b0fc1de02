"""Who may look after people: a system administrator, for every area, and for nobody's cases."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse

from accounts.http import SignedInRequest
from accounts.models import Membership, User
from accounts.permissions import Perm
from accounts.step_up import View
from prevent_cms.errors import ActionDenied


def for_administrators(view: View) -> View:
    """A decorator: ActionDenied for everybody who does not look after people, before all else."""

    @wraps(view)
    def inner(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.holds(Perm.PEOPLE_MANAGE):
            raise ActionDenied("Your role does not include people and their roles.")
        return view(request, *args, **kwargs)

    return inner


def get_person(pk: int) -> User:
    """Any account, for a view that is for administrators; Http404 for none."""
    found = User.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_role(pk: int, role_pk: int) -> Membership:
    """One role of one person; Http404 for none."""
    roles = Membership.objects.filter(user_id=pk, pk=role_pk)
    found = roles.select_related("agency__area", "user").first()
    if found is None:
        raise Http404
    return found
