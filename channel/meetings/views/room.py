"""Who is in the room for an item: comings and goings, conflicts of interest, the other force."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, steps
from channel.meetings.actions import conflicts, room, timing
from channel.meetings.forms.room import BACK, WITHDREW, ConflictForm, HomeForceForm, PersonForm
from channel.meetings.models import AgendaItem, Attendance
from channel.meetings.room import Room
from channel.meetings.views.pages import render_meeting
from prevent_cms.errors import ActionInvalid
from referrals import access as cases


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_person(request: SignedInRequest, pk: int, number: str, seat: int) -> HttpResponse:
    item = _recorded_item(request, pk, number)
    row = Attendance.objects.filter(meeting=pk, pk=seat).select_related("user", "meeting").first()
    if row is None or row.item_id not in (None, item.pk):
        raise Http404
    out = Room(item.meeting, item).withdrawal_of(row)
    form = PersonForm(posted(request), item=item, seat=row, is_out=bool(out))
    if form.is_valid():
        given = form.cleaned_data
        if out and given["kind"] == BACK:
            conflicts.take_back(out, by=request.user)
        elif given["kind"] == WITHDREW:
            reason = given.get("reason", "")
            conflicts.withdraw(item, row, at=form.moment, reason=reason, by=request.user)
        else:
            room.record_movement(row, kind=given["kind"], at=form.moment, by=request.user)
        messages.success(request, f"Recorded for {row.name}")
        return redirect("meeting_item", pk, number)
    return _draw(request, item, form, title=row.name or "Not named", submit_text="Save")


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_conflict(request: SignedInRequest, pk: int, number: str) -> HttpResponse:
    item = access.get_item(request.user, access.get_meeting(request.user, pk), number)
    steps.require("withdraw", item.meeting)
    if item.case.owner == request.user:
        raise ActionInvalid("You own this case. Give it to another officer first.")
    form = ConflictForm(posted(request), item=item)
    if form.is_valid():
        conflicts.declare(item, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(
            request, f"You have stepped out of item {number}. It is closed to you now."
        )
        return redirect("meeting", pk)
    words = {"title": "Declare a conflict of interest", "submit_text": "Step out of this item"}
    lead = (
        "From then on you will not be able to open this item or its case. The minutes say that you "
        "stepped out of it, and not why."
    )
    return _draw(request, item, form, lead=lead, submit_kind="warning", **words)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_home_force(request: SignedInRequest, pk: int, number: str) -> HttpResponse:
    item = _recorded_item(request, pk, number)
    steps.require("record", item.meeting)
    form = HomeForceForm(posted(request), room=Room(item.meeting, item))
    if form.is_valid():
        given, version = form.cleaned_data, form.version
        room.set_home_force(item, **given, version=version, by=request.user)
        messages.success(request, "Force of where the person lives recorded")
        return redirect("meeting_item", pk, number)
    lead = (
        "A representative of the force for the area where the person lives must be there "
        "(Counter-Terrorism and Security Act 2015, section 37). Without them the panel cannot decide."
    )
    title = "Lives in the area of another force"
    return _draw(request, item, form, title=title, lead=lead, submit_text="Save")


@require_POST
def meeting_start(request: SignedInRequest, pk: int, number: str) -> HttpResponse:
    item = access.get_item(request.user, access.get_meeting(request.user, pk), number)
    timing.start_item(item, by=request.user)
    return redirect("meeting_item", pk, number)


@require_POST
def meeting_pause(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MEETING_RECORD)
    is_paused = timing.pause_or_go_on(meeting, by=request.user)
    messages.success(request, "Meeting paused" if is_paused else "The meeting goes on")
    return redirect("meeting", pk)


def _recorded_item(request: SignedInRequest, pk: int, number: str) -> AgendaItem:
    """An item of a meeting under way, for who keeps its record."""
    item = access.get_item(request.user, access.get_meeting(request.user, pk), number)
    cases.require(request.user, Perm.MEETING_RECORD, item.case)
    steps.require("attend", item.meeting)
    return item


def _draw(request: SignedInRequest, item: AgendaItem, form: Any, **words: str) -> HttpResponse:
    back = reverse("meeting_item", args=[item.meeting_id, item.number])
    context = {"form": form, "caption": item.words, "back_url": back, "cancel_url": back, **words}
    return render_meeting(request, item.meeting, "form_page.html", context, item=item)
