"""Who is invited to a meeting for single cases: inviting, what they answer, taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, expected, invitations, pages, queries, steps
from channel.meetings.actions import invitations as inviting
from channel.meetings.forms.invitations import GuestAnswerForm, InviteForm, filled
from channel.meetings.views.pages import render_meeting
from prevent_cms.history.versions import Record

TOLD = "An agency may open this one item, and everybody is told by a mail without details"
WITH_AGENDA = f"{TOLD}, when the agenda is issued."
AT_ONCE = f"{TOLD}, as soon as you save this."


@require_safe
def meeting_guests(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk)
    access.require_coordinator(request.user, found)
    steps.require("invite", found)
    lines = [line for line in queries.agenda(request.user, found) if not line.moved_to]
    context = {
        "board": pages.board(request.user, found, lines),
        "manages": access.may(request.user, Perm.MEETING_MANAGE, found),
    }
    return render_meeting(request, found, "meetings/guests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_invite(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    steps.require("invite", found)
    items = invitations.on_agenda(request.user, found)
    board = invitations.Board(request.user, found, expected.for_items(request.user, items))
    reference = request.GET.get("case", "")
    person = board.find(reference, request.GET.get("who", ""))
    cases = [one.case for one in items]
    initial = filled(reference, person)
    form = InviteForm(posted(request), meeting=found, cases=cases, initial=initial)
    if found.issued_at:
        agencies = found.panel.agencies(is_core=False)
        form.ask_agreement(found.panel.area, agencies, by=request.user)
    if form.is_valid():
        is_for_them = person is not None and form.cleaned_data["case"] == reference
        guest = form.guest(person.key if person and is_for_them else "")
        reason = form.cleaned_data["without_agreement"]
        inviting.invite(found, form.case_chosen, guest, without_agreement=reason, by=request.user)
        messages.success(request, "Invitation saved")
        return redirect("meeting_guests", pk)
    back = reverse("meeting_guests", args=[pk])
    context = {"form": form, "title": "Invite somebody for one case", "cancel_url": back}
    context["back_url"] = back
    context["lead"] = AT_ONCE if found.issued_at else WITH_AGENDA
    return render_meeting(request, found, "form_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_guest(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    row = invitations.get_invitation(request.user, found, guest)
    steps.require("invite", found)
    initial = {"answer": row.answer}
    form = GuestAnswerForm(posted(request), record=Record(row), initial=initial)
    if form.is_valid():
        answer = form.cleaned_data["answer"]
        inviting.record_answer(row, answer=answer, version=form.version, by=request.user)
        messages.success(request, "Answer saved")
        return redirect("meeting_guests", pk)
    back = reverse("meeting_guests", args=[pk])
    context = {"form": form, "title": row.who, "cancel_url": back, "back_url": back, "row": row}
    context["caption"] = f"Invited for {row.case.reference}, {found.day_words}"
    return render_meeting(request, found, "meetings/guest.html", context)


@require_POST
def meeting_guest_withdraw(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    row = invitations.get_invitation(request.user, found, guest)
    inviting.withdraw_invitation(row, by=request.user)
    messages.success(request, "Invitation withdrawn")
    return redirect("meeting_guests", pk)
