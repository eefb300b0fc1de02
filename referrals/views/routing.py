"""Who coordinates a case, and handing that over."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from referrals import access, ageing, routing
from referrals.access import Reader
from referrals.actions import routing as acts
from referrals.forms.routing import HandOverForm
from referrals.views import checking


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.CASE_ROUTE)
def case_route(request: SignedInRequest, reader: Reader) -> HttpResponse:
    case = reader.case
    acts.require_routable(case)
    now, proposal = routing.newest(case), routing.propose(case)
    form = HandOverForm(posted(request), by=request.user, case=case, proposal=proposal, now=now)
    if checking.is_confirmed(request, form):
        acts.hand_over(case, form.route(), grounds=form.the_grounds(), by=request.user)
        messages.success(request, "Coordination handed over")
        if access.may(request.user, Perm.CASE_ROUTE, case):
            return redirect("case_sharing", case.reference)
        return redirect("work")  # who hands over to another council opens the case no more
    page: dict[str, Any] = {
        "now": now,
        "proposal": proposal,
        "changes": ageing.changes(reader, now),
    }
    page["leads"] = routing.leads_at(now) if now else []
    return checking.draw(request, reader, form, template="sharing/route.html", **page)
