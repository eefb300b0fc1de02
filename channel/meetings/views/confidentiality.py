"""The confidentiality statement: agreeing to it, and writing down who agreed aloud."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Perm
from channel.meetings import access, steps
from channel.meetings import confidentiality as statements
from channel.meetings.actions import confidentiality
from channel.meetings.views.pages import render_meeting


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_agree(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    steps.require("agree", meeting)
    number = request.POST.get("item", "")
    if request.method == "POST":
        confidentiality.agree(meeting, by=request.user)
        messages.success(request, "You have agreed to the confidentiality statement")
        shown = access.items_for(request.user, meeting).filter(number=number)
        return redirect("meeting_item", pk, number) if shown else redirect("meeting", pk)
    context = {"statement": statements.statement(meeting), "number": number}
    return render_meeting(request, meeting, "meetings/agree.html", context)


@require_POST
def meeting_agree_aloud(request: SignedInRequest, pk: int, seat: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MEETING_RECORD)
    row = access.seats_for(request.user, meeting).filter(pk=seat).select_related("meeting").first()
    if row is None:
        raise Http404
    confidentiality.agree_aloud(row, by=request.user)
    messages.success(request, f"{row.name} has agreed, aloud")
    return redirect("meeting", pk)
