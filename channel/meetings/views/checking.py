"""Reading the draft for accuracy: what was said of it, one's own word, and the answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, remarks, steps
from channel.meetings.actions import checking
from channel.meetings.forms.minutes import AnswerForm, CirculateForm, RemarkForm
from channel.meetings.models import ItemRemark, MeetingRemark, Remark
from channel.meetings.views.pages import render_meeting


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_check(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    access.require_checking(request.user, meeting)
    form = RemarkForm(posted(request), items=access.open_items(request.user, meeting))
    if form.is_valid():
        checking.add_remark(meeting, **form.cleaned_data, by=request.user)
        messages.success(request, "Comment added")
        return redirect("minutes_check", pk)
    keeps = access.may(request.user, Perm.MEETING_RECORD, meeting)
    found = list(meeting.found_accurate.select_related("by"))
    context = {
        "form": form,
        "remarks": remarks.remarks_for(request.user, meeting),
        "found": found,
        "has_said": any(one.by == request.user for one in found),
        "round": access.circulation_of(meeting),
        "keeps": keeps,
        "may_circulate": keeps and steps.allows("circulate", meeting),
    }
    return render_meeting(request, meeting, "meetings/minutes_check.html", context, tab="minutes")


@require_POST
def minutes_accurate(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    checking.find_accurate(meeting, by=request.user)
    messages.success(request, "You have said that the draft is accurate.")
    return redirect("minutes_check", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_circulate(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MEETING_RECORD)
    steps.require("circulate", meeting)
    form = CirculateForm(posted(request))
    if form.is_valid():
        checking.circulate_minutes(meeting, until=form.cleaned_data["until"], by=request.user)
        messages.success(request, "The draft is open to the panel. Agencies have been told.")
        return redirect("minutes_check", pk)
    back = reverse("minutes_check", args=[pk])
    context = {"form": form, "title": "Send the draft round", "submit_text": "Send round"}
    context["lead"] = "The agencies of the panel are told that they can read it and comment."
    context |= {"back_url": back, "cancel_url": back}
    return render_meeting(request, meeting, "form_page.html", context, tab="minutes")


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_remark(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """A comment on the meeting as a whole."""
    return _answer(request, pk, MeetingRemark, number)


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_item_remark(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """A comment on one item."""
    return _answer(request, pk, ItemRemark, number)


def _answer(request: SignedInRequest, pk: int, kind: type[Remark], number: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MEETING_RECORD)
    steps.require("check", meeting)
    remark = remarks.get_remark(request.user, meeting, kind, number)
    form = AnswerForm(posted(request))
    if form.is_valid():
        checking.answer_remark(meeting, remark, **form.cleaned_data, by=request.user)
        messages.success(request, "Comment answered")
        return redirect("minutes_check", pk)
    back = reverse("minutes_check", args=[pk])
    context = {"form": form, "title": "Answer a comment", "remark": remark}
    context |= {"back_url": back, "cancel_url": back}
    return render_meeting(request, meeting, "meetings/remark.html", context, tab="minutes")
