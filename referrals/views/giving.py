"""Giving several cases to an officer in one go, and who is away and covers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import step_up
from accounts.http import SignedInRequest, kept, posted
from accounts.permissions import Perm
from prevent_cms.components.text import counted
from prevent_cms.errors import ActionDenied
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from prevent_cms.typed import number_in
from referrals import absences, handovers, queries
from referrals.actions import absence, handover
from referrals.forms.handover import AwayForm, GiveSeveralForm
from referrals.models import Case


@require_http_methods(["GET", "HEAD", "POST"])
def allocate(request: SignedInRequest) -> HttpResponse:
    if not request.user.holds(Perm.CASE_ASSIGN):
        raise ActionDenied("Your role does not include giving cases to other officers.")
    picked = [number_in(key) for key in request.POST.getlist("pick")[: queries.PAGE]]
    if not any(picked):
        if request.method == "POST":
            messages.error(request, "Tick at least one case. Nothing has been given.")
        return redirect("case_list")
    return _allocate(request, [key for key in picked if key])


@step_up.required
def _allocate(request: SignedInRequest, picked: list[int]) -> HttpResponse:
    cases = Case.objects.coordinated_by(request.user, lasting=True).filter(pk__in=picked)
    names = {row.case.pk: row.name for row in queries.rows(request.user, cases)}
    sent = request.POST if "to" in request.POST or "reason" in request.POST else None
    heirs = handovers.heirs(request.user)
    form = GiveSeveralForm(sent, cases=cases, names=names, heirs=heirs)
    if response := carry_out(request, form, back=reverse("case_list")):
        return response
    page = {"form": form, "title": "Give cases to an officer", "wide": True, "picked": picked}
    page |= {"submit_text": "Continue", "cancel_url": reverse("case_list")}
    return render(request, "desk/allocate.html", page)


def carry_out(request: SignedInRequest, form: GiveSeveralForm, *, back: str) -> HttpResponse | None:
    """What each case would do, then, once confirmed, what became of it; None while it is asked."""
    if not form.is_valid() or "change" in request.POST:
        return None
    given, page = form.cleaned_data, {"to": form.cleaned_data["to"], "back": back}
    if "confirmed" in request.POST:
        done = handover.give_all(**given, by=request.user)
        return render(request, "desk/given.html", {"given": done, **page})
    rows = [
        (case, handover.why_not(case, to=given["to"], by=request.user)) for case in given["cases"]
    ]
    number = sum(not why for _, why in rows)
    page |= {"rows": rows, "number": number, "go": f"Give {counted(number, 'case')}"}
    return render(request, "desk/give_check.html", page | {"kept": kept(request)})


@require_safe
def away(request: SignedInRequest) -> HttpResponse:
    absences.require(request.user)
    response = render(request, "desk/away.html", {"rows": absences.rows_for(request.user)})
    record_view(EventType.LIST_VIEWED, by=request.user, page="away")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def away_new(request: SignedInRequest) -> HttpResponse:
    absences.require(request.user)
    form = AwayForm(posted(request), by=request.user)
    if form.is_valid():
        row = absence.set_away(**form.cleaned_data, by=request.user)
        messages.success(request, f"Saved: {row.user.name} is {absences.words(row)}")
        return redirect("away")
    page: dict[str, Any] = {"form": form, "title": "Record who is away"}
    return render(request, "form_page.html", page | {"cancel_url": reverse("away")})


@require_POST
def away_end(request: SignedInRequest, pk: int) -> HttpResponse:
    absences.require(request.user)
    row = absence.end_away(absences.get_absence(request.user, pk), by=request.user)
    messages.success(request, f"{row.user.name} is not recorded as away any more")
    return redirect("away")
