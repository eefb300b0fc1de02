"""The answers of invited agencies, and what they write when they cannot come."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from channel.meetings import access, replies, steps
from channel.meetings.actions import replies as answering
from channel.meetings.forms.reply import ReplyForm, WrittenUpdateForm
from channel.meetings.views.pages import render_meeting
from prevent_cms.history.versions import Record


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_reply(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    found = access.get_meeting(request.user, pk)
    agency = replies.get_agency(request.user, found, key)
    steps.require("reply", found)
    before = replies.reply_of(found, agency)
    names = ("answer", "name", "note")
    initial = {name: getattr(before, name) for name in names} if before else {}
    form = ReplyForm(posted(request), record=Record(before), initial=initial)
    if form.is_valid():
        given, version = form.cleaned_data, form.version
        answering.answer_invitation(found, agency=agency, **given, version=version, by=request.user)
        messages.success(request, f"Answer of {agency.name} saved")
        return redirect("meeting", pk)
    back = reverse("meeting", args=[pk])
    context = {"form": form, "title": f"Answer for {agency.name}", "cancel_url": back}
    context["back_url"] = back
    return render_meeting(request, found, "form_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_update(request: SignedInRequest, pk: int, number: str) -> HttpResponse:
    found = access.get_meeting(request.user, pk)
    item = access.get_item(request.user, found, number)
    steps.require("reply", found)
    agency = replies.require_absent(request.user, found)
    form = WrittenUpdateForm(posted(request))
    if form.is_valid():
        answering.write_update(item, text=form.cleaned_data["text"], by=request.user)
        messages.success(request, "Written update saved. The panel reads it with the item.")
        return redirect("meeting_item", pk, number)
    back = reverse("meeting_item", args=[pk, number])
    context = {"form": form, "title": "Write an update for the panel", "cancel_url": back}
    context |= {"back_url": back, "caption": f"Item {number}, for {agency.name}"}
    return render_meeting(request, found, "form_page.html", context, item=item)
