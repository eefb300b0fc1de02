"""What a desk outside police passed on: when, and its own reference, and nothing of what became of it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from prevent_cms.errors import ActionDenied
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from referrals import front_door


@require_safe
def forwarded(request: SignedInRequest) -> HttpResponse:
    agencies = front_door.desks(request.user)
    if not agencies:
        raise ActionDenied("Only the desks that receive referrals for police have this list.")
    page = {"rows": front_door.forwarded_by(agencies), "most": front_door.MOST}
    response = render(request, "desk/forwarded.html", page)
    record_view(EventType.LIST_VIEWED, by=request.user, page="forwarded")
    return response
