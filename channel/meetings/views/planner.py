"""Planning ahead: one meeting, a year of them, another day for one, and calling one off."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, ics, steps
from channel.meetings.actions import meetings, planner
from channel.meetings.forms.planning import (
    CancelForm,
    DatesForm,
    MeetingChangeForm,
    MeetingForm,
    YearForm,
)
from channel.meetings.forms.record import MeetingRecord, when
from channel.meetings.models import Meeting
from channel.meetings.views.pages import render_meeting
from prevent_cms.components.text import counted
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: SignedInRequest) -> HttpResponse:
    form = MeetingForm(posted(request), hosts=access.require_hosts(request.user))
    if form.is_valid():
        planned = meetings.plan_meeting(
            form.host.area,
            council=form.host.council,
            starts_at=form.starts_at,
            length=form.cleaned_data["length"],
            place=form.cleaned_data["place"],
            extraordinary_because=form.cleaned_data["extraordinary_because"],
            by=request.user,
        )
        messages.success(request, "Meeting planned")
        return redirect("meeting", planned.pk)
    back = reverse("meeting_list")
    context = {"form": form, "title": "Plan a meeting", "submit_text": "Plan meeting"}
    return render(request, "form_page.html", {**context, "back_url": back, "cancel_url": back})


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_year(request: SignedInRequest) -> HttpResponse:
    """The rule stands in the address, so that the dates are proposed again as often as wanted."""
    rule = YearForm(request.GET or None, hosts=access.require_hosts(request.user))
    dates = DatesForm(posted(request), proposals=rule.proposals) if rule.is_valid() else None
    if dates and dates.is_valid():
        planned = planner.plan_year(
            rule.host.area,
            council=rule.host.council,
            starts=dates.starts,
            length=rule.cleaned_data["length"],
            place=rule.cleaned_data["place"],
            by=request.user,
        )
        messages.success(request, f"{counted(len(planned), 'meeting')} planned")
        return redirect("meeting_list")
    return render(request, "meetings/year.html", {"rule": rule, "dates": dates})


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_change(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    steps.require("change", found)
    form = MeetingChangeForm(
        posted(request),
        meeting=found,
        record=MeetingRecord(found),
        initial={"length": found.length, "place": found.place, **when(found.starts_at)},
    )
    if form.is_valid():
        planner.change_meeting(
            found,
            starts_at=form.starts_at,
            length=form.cleaned_data["length"],
            place=form.cleaned_data["place"],
            version=form.version,
            by=request.user,
        )
        messages.success(request, "Meeting changed")
        return redirect("meeting", pk)
    told = "The agencies that are invited are told, and the calendar entry changes."
    lead = told if found.issued_at else ""
    words = {"title": "Change the meeting", "lead": lead}
    return _page(request, found, form, words)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    steps.require("cancel", found)
    form = CancelForm(posted(request), record=MeetingRecord(found))
    if form.is_valid():
        because, version = form.cleaned_data["because"], form.version
        planner.cancel_meeting(found, because=because, version=version, by=request.user)
        messages.success(request, "Meeting cancelled. Its cases come to the next one.")
        return redirect("meeting", pk)
    told = " The agencies that are invited are told." if found.issued_at else ""
    words = {
        "title": "Cancel the meeting",
        "lead": f"Its cases come to the next meeting.{told} This cannot be undone.",
        "submit_text": "Cancel the meeting",
        "submit_kind": "warning",
        "cancel_text": "Keep the meeting",
    }
    return _page(request, found, form, words)


@require_safe
def meeting_invitation(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk)
    headers = {"Content-Disposition": f'attachment; filename="{ics.NAME}"'}
    response = HttpResponse(ics.invitation(found), content_type=ics.TYPE, headers=headers)
    area = found.panel.area.code
    record_view(EventType.INVITATION_TAKEN, by=request.user, area_code=area, target=found)
    return response


def _page(
    request: SignedInRequest, meeting: Meeting, form: Any, words: dict[str, str]
) -> HttpResponse:
    """A form about one meeting, on a page of its own."""
    back = reverse("meeting", args=[meeting.pk])
    context = {"form": form, "cancel_url": back, "back_url": back, **words}
    return render_meeting(request, meeting, "form_page.html", context)
