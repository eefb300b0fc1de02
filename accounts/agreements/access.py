"""Who opens the pages of agreements: whoever looks after those of an area."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse

from accounts.agreements.keepers import areas_for
from accounts.agreements.models import Agreement
from accounts.http import SignedInRequest
from accounts.models import Area, User
from accounts.permissions import Perm
from accounts.step_up import View
from prevent_cms.errors import ActionDenied


def for_keepers(view: View) -> View:
    """A decorator: ActionDenied for everybody without the permission, before all else."""

    @wraps(view)
    def inner(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.holds(Perm.AGREEMENT_KEEP):
            raise ActionDenied("Your role does not include agreements on sharing.")
        return view(request, *args, **kwargs)

    return inner


def get_area(user: User, slug: str) -> Area:
    """One of the areas whose agreements this person looks after; Http404 for any other."""
    found = next((area for area in areas_for(user) if area.slug == slug), None)
    if found is None:
        raise Http404
    return found


def get_agreement(user: User, pk: int) -> Agreement:
    """An agreement of one of their areas, ended or not; Http404 for any other."""
    rows = Agreement.objects.filter(area__in=areas_for(user))
    found: Agreement | None = rows.select_related("area", "holder").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
