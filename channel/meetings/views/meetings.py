"""Meetings: the list, planning one, its agenda, and each step from issuing to closing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, expected, queries, steps
from channel.meetings.actions import agenda, meetings
from channel.meetings.forms.attendance import AttendanceRows, seats_of
from channel.meetings.forms.planning import IssueForm, MeetingForm
from channel.meetings.forms.record import SeatsRecord
from channel.meetings.models import Attendance
from channel.meetings.views.pages import render_meeting
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view


@require_safe
def meeting_list(request: SignedInRequest) -> HttpResponse:
    access.require_meetings(request.user)
    coming, past = queries.coming_and_past(request.user)
    may_plan = bool(access.hosts_planned_by(request.user))
    context = {"coming": coming, "past": past, "may_plan": may_plan}
    response = render(request, "meetings/list.html", context)
    record_view(EventType.LIST_VIEWED, by=request.user, page="meeting_list")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: SignedInRequest) -> HttpResponse:
    form = MeetingForm(posted(request), hosts=access.require_hosts(request.user))
    if form.is_valid():
        planned = meetings.plan_meeting(
            form.host.area,
            council=form.host.council,
            starts_at=form.starts_at,
            place=form.cleaned_data["place"],
            by=request.user,
        )
        messages.success(request, "Meeting planned")
        return redirect("meeting", planned.pk)
    back = reverse("meeting_list")
    context = {"form": form, "title": "Plan a meeting", "submit_text": "Plan meeting"}
    return render(request, "form_page.html", {**context, "back_url": back, "cancel_url": back})


@require_safe
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk)
    lines = queries.agenda(request.user, found)
    manages = access.may(request.user, Perm.MEETING_MANAGE, found)
    context = {
        "groups": queries.in_groups(lines),
        "summary": queries.summary(found, lines),
        "late": queries.late_cases(request.user, found) if manages else [],
        "manages": manages,
        "may_issue": manages and found.status == found.Status.PLANNED,
        "may_add": manages and found.status in (found.Status.ISSUED, found.Status.IN_SESSION),
        "may_open": manages and steps.allows("open", found),
        "may_close": manages and steps.allows("close", found),
    }
    return render_meeting(request, found, "meetings/meeting.html", context, tab="meeting")


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_issue(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    steps.require("issue", found)
    agencies = queries.core_agencies(found.panel)
    form = IssueForm(posted(request), agencies=agencies)
    form.ask_agreement(found.panel.area, agencies, by=request.user)
    if form.is_valid():
        agenda.issue_agenda(found, **form.cleaned_data, by=request.user)
        messages.success(request, "Agenda issued. Core agencies have been told.")
        return redirect("meeting", pk)
    due = queries.late_cases(request.user, found)
    context = {"form": form, "due": due, "agencies": agencies}
    context["expected"] = expected.for_due(request.user, due)
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
    context = {"lines": queries.undecided(lines), "next_on": queries.next_meeting_on(found)}
    return render_meeting(request, found, "meetings/close.html", context, tab="meeting")


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_attendance(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_RECORD)
    steps.require("attend", found)
    data = posted(request)
    record = SeatsRecord(Attendance, meeting=found)
    rows = AttendanceRows(data, rows=seats_of(found), prefix="seat", record=record)
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
