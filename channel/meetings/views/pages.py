"""What the pages of a meeting share: the head with its tabs, and the record of the look."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.http import SignedInRequest
from accounts.permissions import Perm
from channel.meetings import access, steps
from channel.meetings.models import AgendaItem, Meeting
from prevent_cms import conflict
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from prevent_cms.presentation import Tab


def tabs(request: SignedInRequest, meeting: Meeting, active: str) -> list[Tab]:
    """The tabs of a meeting that have begun and are for this person."""
    records = access.may(request.user, Perm.MEETING_RECORD, meeting)
    rows = [
        ("Agenda", "meeting", True),
        ("Pack", "pack", meeting.issued_at is not None),
        ("Attendance", "meeting_attendance", records and steps.allows("attend", meeting)),
        ("Actions", "meeting_actions", meeting.status != Meeting.Status.PLANNED),
        ("Minutes", "minutes", access.may_read_minutes(request.user, meeting)),
    ]
    return [
        Tab(title, reverse(route, args=[meeting.pk]), route == active)
        for title, route, shown in rows
        if shown
    ]


def render_meeting(
    request: SignedInRequest,
    meeting: Meeting,
    template: str,
    context: Mapping[str, Any],
    *,
    tab: str = "meeting",
    item: AgendaItem | None = None,
) -> HttpResponse:
    """Draw a page of a meeting, then record the look before the bytes leave: no event, no page."""
    template, context, status = conflict.page(template, context)
    page = {
        "meeting": meeting,
        "tabs": tabs(request, meeting, tab),
        "caption": f"{meeting.panel.name}, {meeting.day_words}",  # of a form on a page of its own
        **context,
    }
    response = render(request, template, page, status=status)
    if item:
        read = "pack_brief" if tab == "pack" else "meeting_item"
        record_view(EventType.CASE_VIEWED, by=request.user, case=item.case, page=read)
    else:
        seen = {"area_code": meeting.panel.area.code, "target": meeting, "page": tab}
        record_view(EventType.LIST_VIEWED, by=request.user, **seen)
    return response
