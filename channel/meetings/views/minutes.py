"""The minutes: to read, to approve, and as a tagged PDF."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import step_up
from accounts.http import SignedInRequest
from accounts.permissions import Perm
from channel.meetings import access, pdf, steps
from channel.meetings.actions import minutes as sealing
from channel.meetings.copies import Copy
from channel.meetings.views.pages import render_meeting


@require_safe
def minutes(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    access.require_minutes(request.user, meeting)
    copy = Copy(meeting, request.user)
    context = {
        "copy": copy,
        "record": copy.shown,
        "may_approve": steps.allows("approve", meeting)
        and access.may(request.user, Perm.MINUTES_APPROVE, meeting),
        "may_export": access.may(request.user, Perm.MINUTES_EXPORT, meeting),
        "is_fresh": step_up.is_fresh(request),
        "confirmed": "confirmed" in request.GET,
    }
    return render_meeting(request, meeting, "meetings/minutes.html", context, tab="minutes")


@require_POST
def minutes_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MINUTES_APPROVE)
    sealing.approve_minutes(meeting, by=request.user)
    messages.success(request, "Minutes approved and sealed. Nothing can change them now.")
    return redirect("minutes", pk)


@require_safe
def minutes_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MINUTES_EXPORT)
    access.require_minutes(request.user, meeting)
    if not step_up.is_fresh(request):  # a download leaves the page as it is, so its page comes next
        return step_up.ask(request, then=f"{reverse('minutes', args=[pk])}?confirmed")
    copy = Copy(meeting, request.user)
    document = pdf.render(copy)
    sealing.note_download(meeting, by=request.user)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{copy.filename}"'
    return response
