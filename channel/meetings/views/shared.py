"""The shared view: the agenda and one item, big, for everybody in the room."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from channel.meetings import access, queries, shared, steps
from channel.meetings.views.pages import render_meeting


@require_safe
def meeting_room(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    steps.require("show", meeting)
    groups = queries.in_groups(shared.agenda(request.user, meeting))
    return render_meeting(request, meeting, "meetings/shared.html", {"groups": groups})


@require_safe
def meeting_room_item(request: SignedInRequest, pk: int, number: str) -> HttpResponse:
    item = access.get_item(request.user, access.get_meeting(request.user, pk), number)
    board = shared.Board(request.user, item)
    context = {"board": board, "item": item, "in_session": item.meeting.closed_at is None}
    return render_meeting(request, item.meeting, "meetings/shared_item.html", context, item=item)
