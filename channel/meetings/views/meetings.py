"""Meetings: the list, one with its agenda, and each step from issuing to closing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, dates, expected, forecast, invitations, pages, queries, steps
from channel.meetings.actions import agenda, meetings
from channel.meetings.forms.attendance import AttendanceRows, seats_of
from channel.meetings.forms.planning import IssueForm
from channel.meetings.forms.record import SeatsRecord
from channel.meetings.views import arranging
from channel.meetings.views.pages import render_meeting
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view


@require_safe
def meeting_list(request: SignedInRequest) -> HttpResponse:
    access.require_meetings(request.user)
    coming, past = queries.coming_and_past(request.user)
    may_plan = bool(access.hosts_planned_by(request.user))
    context = {"coming": coming, "past": past, "may_plan": may_plan}
    context["may_take"] = request.user.holds(Perm.MINUTES_EXPORT)
    context["late"] = forecast.late_for_panel(request.user, coming)
    response = render(request, "meetings/list.html", context)
    record_view(EventType.LIST_VIEWED, by=request.user, page="meeting_list")
    return response


@require_safe
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk)
    lines = queries.agenda(request.user, found)
    return arranging.draw(request, found, lines, arranging.place_rows(request, found, lines))


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_issue(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    steps.require("issue", found)
    agencies = queries.core_agencies(found.panel)
    let_in = [*agencies, *invitations.agencies_invited(request.user, found)]
    form = IssueForm(posted(request), agencies=let_in)
    form.ask_agreement(found.panel.area, let_in, by=request.user)
    if form.is_valid():
        agenda.issue_agenda(found, **form.cleaned_data, by=request.user)
        messages.success(request, "Agenda issued. Core agencies have been told.")
        return redirect("meeting", pk)
    due = queries.late_cases(request.user, found)
    context = {"form": form, "due": due, "agencies": agencies}
    if steps.allows("arrange", found):
        context |= {"board": pages.board(request.user, found, due), "manages": True}
    else:
        context["expected"] = expected.for_items(request.user, due)
    return render_meeting(request, found, "meetings/issue.html", context, tab="meeting")


@require_POST
def meeting_open(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    meetings.open_meeting(found, by=request.user)
    messages.success(request, "Meeting opened. Record who is here.")
    return redirect("meeting_attendance", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_close(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    if request.method == "POST":
        meetings.close_meeting(found, by=request.user)
        messages.success(request, "Meeting closed. The minutes are ready to be read.")
        return redirect("minutes", pk)
    steps.require("close", found)
    lines = queries.agenda(request.user, found)
    context = {"lines": queries.undecided(lines), "next_on": dates.next_meeting_on(found)}
    return render_meeting(request, found, "meetings/close.html", context, tab="meeting")


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_attendance(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_RECORD)
    steps.require("attend", found)
    data = posted(request)
    record = SeatsRecord(found)
    rows = AttendanceRows(data, rows=seats_of(request.user, found), prefix="seat", record=record)
    if rows.is_valid():
        meetings.record_attendance(
            found, lines=rows.attended, version=rows.version, by=request.user
        )
        messages.success(request, queries.quorum_of(found).sentence)
        return redirect("meeting", pk)
    context = {"rows": rows, "quorum": queries.quorum_of(found), "has_errors": rows.is_bound}
    context["expected"] = expected.for_items(request.user, access.items_for(request.user, found))
    return render_meeting(
        request, found, "meetings/attendance.html", context, tab="meeting_attendance"
    )
