"""The log of actions: of all meetings, and what one meeting has to look at."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from channel.meetings import access
from channel.meetings import action_log as log
from channel.meetings.views.pages import render_meeting
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view


@require_safe
def action_log(request: SignedInRequest) -> HttpResponse:
    access.require_meetings(request.user)
    page = log.page(request.user, request.GET.get("show", ""), request.GET.get("after", ""))
    here = f"{reverse('action_log')}?show={page.chosen}"
    context = {
        "page": page,
        "first": "" if page.is_first else here,
        "later": f"{here}&after={page.after}" if page.after else "",
    }
    response = render(request, "meetings/action_log.html", context)
    record_view(EventType.LIST_VIEWED, by=request.user, page="action_log")
    return response


@require_safe
def meeting_actions(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    carried, own = log.of_meeting(request.user, meeting)
    context = {"carried": carried, "own": own}
    return render_meeting(
        request, meeting, "meetings/meeting_actions.html", context, tab="meeting_actions"
    )
