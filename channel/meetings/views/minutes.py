"""The minutes: to read, to approve, to correct, and as a tagged PDF."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import step_up
from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, dates, pdf, remarks, steps
from channel.meetings.actions import minutes as sealing
from channel.meetings.copies import Copy
from channel.meetings.forms.minutes import CorrectionForm
from channel.meetings.models import Meeting
from channel.meetings.views.pages import render_meeting
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionInvalid
from prevent_cms.typed import number_in


@require_safe
def minutes(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    copy = _copy(request, meeting)
    may_seal = access.may(request.user, Perm.MINUTES_APPROVE, meeting)
    may_approve = may_seal and steps.allows("approve", meeting)
    may_export = access.may(request.user, Perm.MINUTES_EXPORT, meeting)
    context = {
        "copy": copy,
        "record": copy.shown,
        "may_approve": may_approve,
        "may_check": steps.allows("check", meeting),
        "unanswered": remarks.unanswered(request.user, meeting) if may_approve else 0,
        "approvals": _approvals(copy) if may_approve else [],
        "may_correct": may_seal and steps.allows("correct", meeting) and not copy.is_superseded,
        "may_export": may_export,
        "is_fresh": may_export and step_up.is_fresh(request),
        "confirmed": "confirmed" in request.GET,
    }
    return render_meeting(request, meeting, "meetings/minutes.html", context, tab="minutes")


def _approvals(copy: Copy) -> list[tuple[str, str]]:
    """A button for each meeting that may have approved the minutes: its number and its words."""
    own, *later = access.approving_meetings(copy.meeting, copy.later)
    words = [(str(one.pk), f"Seal as approved on {gov_date(one.starts_at)}") for one in later]
    return [(str(own.pk), "Approve and seal"), *words]


def _copy(request: SignedInRequest, meeting: Meeting) -> Copy:
    """The version that the address asks for, the newest when it asks for none."""
    access.require_minutes(request.user, meeting)
    asked = request.GET.get("version")
    copy = Copy(meeting, request.user, (number_in(asked) or 0) if asked else None)
    if not copy.exists:
        raise Http404
    return copy


@require_POST
def minutes_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MINUTES_APPROVE)
    asked = number_in(request.POST.get("at")) or pk
    found = access.approving_meetings(meeting, dates.later(meeting))
    at = next((one for one in found if one.pk == asked), None)
    if at is None:
        raise ActionInvalid("Minutes are approved at their own meeting or a later one.")
    seen = request.POST.get("seen", "")
    sealing.approve_minutes(meeting, at=at, seen=seen, by=request.user)
    messages.success(request, "Minutes approved and sealed. Nothing can change them now.")
    return redirect("minutes", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MINUTES_APPROVE)
    steps.require("correct", meeting)
    copy = Copy(meeting, request.user)
    form = CorrectionForm(
        posted(request), items=access.open_items(request.user, meeting), version=copy.number
    )
    if form.is_valid():
        made = sealing.correct_minutes(
            meeting, **form.cleaned_data, version=copy.number, by=request.user
        )
        messages.success(request, f"Version {made.version} sealed. Version 1 stays as it was.")
        return redirect("minutes", pk)
    back = reverse("minutes", args=[pk])
    context = {"form": form, "title": "Correct the minutes", "submit_text": "Seal the correction"}
    context |= {"back_url": back, "cancel_url": back, "lead": CorrectionForm.lead}
    return render_meeting(request, meeting, "form_page.html", context, tab="minutes")


@require_safe
def minutes_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MINUTES_EXPORT)
    copy = _copy(request, meeting)
    if not step_up.is_fresh(request):  # a download leaves the page as it is, so its page comes next
        version = f"&version={copy.version}" if copy.version else ""
        return step_up.ask(request, then=f"{reverse('minutes', args=[pk])}?confirmed{version}")
    document = pdf.render(copy)
    sealing.note_download(meeting, by=request.user)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{copy.filename}"'
    return response
