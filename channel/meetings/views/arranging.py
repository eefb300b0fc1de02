"""The agenda of a meeting: drawn, put in order, and what is moved or added."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, pages, placing, queries, steps
from channel.meetings.actions import arranging
from channel.meetings.forms.arranging import MoveForm, OtherForm, PlaceRows
from channel.meetings.models import Meeting, Placing
from channel.meetings.views.pages import render_meeting
from prevent_cms.history.versions import Rows
from prevent_cms.typed import number_in
from referrals.models import Case


def draw(
    request: SignedInRequest, found: Meeting, lines: list[queries.Line], rows: PlaceRows | None
) -> HttpResponse:
    """The agenda, with its order and times to fill in for those who arrange it."""
    context = pages.agenda_page(request.user, found, lines)
    forms = {form.row.number: form for form in rows} if rows else {}
    context |= {
        "rows": rows,
        "groups": [
            (head, [(line, forms.get(line.number)) for line in members])
            for head, members in queries.in_groups(lines)
        ],
        "at": request.GET.get("at", ""),
        "by": request.GET.get("by", ""),
    }
    return render_meeting(request, found, "meetings/meeting.html", context, tab="meeting")


def place_rows(
    request: SignedInRequest, found: Meeting, lines: list[queries.Line]
) -> PlaceRows | None:
    """The rows of a planned agenda for those who arrange it; None for everybody else."""
    if not steps.allows("arrange", found) or not lines:
        return None
    if not access.may(request.user, Perm.MEETING_MANAGE, found):
        return None
    rows = PlaceRows(posted(request), rows=lines, prefix="place")
    sent = number_in(request.POST.get("seen")) or 0
    mine = [line.case.pk for line in lines if line.case]  # a hidden case must not show by it
    rows.seen = sent if rows.is_bound else Rows(Placing, meeting=found, case__in=mine).version
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_order(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    steps.require("arrange", found)
    lines = queries.agenda(request.user, found)
    rows = place_rows(request, found, lines)
    if not (rows and rows.is_valid()):
        return draw(request, found, lines, rows)
    moves = {way: number_in(request.POST.get(way)) for way in ("up", "down")}
    groups = [(line.case.pk, line.group) for line in lines if line.case and line.group]
    step = placing.Step.of(groups, rows.order, **moves)
    arranging.arrange_agenda(
        found, order=step.order, minutes=rows.minutes, version=rows.seen, by=request.user
    )
    messages.success(request, step.words)
    return redirect(reverse("meeting", args=[pk]) + step.query)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_move(request: SignedInRequest, pk: int, reference: str) -> HttpResponse:
    found = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    steps.require("move", found)
    lines = [line for line in queries.agenda(request.user, found) if line.case]
    line = next((one for one in lines if one.case and one.case.reference == reference), None)
    if line is None:
        raise Http404
    case: Case = line.case  # type: ignore[assignment]
    later = placing.later_planned(found)
    form = MoveForm(posted(request), meetings=later)
    if form.is_valid():
        answers = form.answers
        arranging.move_case(found, case, **answers, by=request.user)
        messages.success(request, f"Item moved to the meeting on {answers['to'].day_words}")
        return redirect("meeting", pk)
    context = {"form": form, "line": line, "later": later}
    return render_meeting(request, found, "meetings/move.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_other(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_meeting(request.user, pk)
    access.require_coordinator(request.user, found)
    steps.require("raise", found)
    form = OtherForm(posted(request), agencies=found.panel.agencies(is_core=True))
    if form.is_valid():
        arranging.add_other_business(found, **form.cleaned_data, by=request.user)
        messages.success(request, "Added under any other business")
        return redirect("meeting", pk)
    return render_meeting(request, found, "meetings/other.html", {"form": form})
