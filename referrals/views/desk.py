"""The case list, and what changes who has a case."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import step_up
from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.errors import ActionDenied
from prevent_cms.history import EventType, terms
from prevent_cms.history.record import record_view
from referrals import access, queries
from referrals.access import Reader
from referrals.actions import lifecycle, screening
from referrals.forms.desk import AssignForm, FilterForm, SearchForm
from referrals.models import Case
from referrals.pages import render_case
from referrals.views.desk_words import CaseListPage


@require_http_methods(["GET", "HEAD", "POST"])
def case_list(request: SignedInRequest) -> HttpResponse:
    if not request.user.holds(Perm.CASE_VIEW):
        raise ActionDenied("Your role does not include cases.")
    if request.method == "POST":
        return _search(request)
    lens = queries.Lens(request.user)
    form = FilterForm(request.GET, lens=lens)
    filters = form.filters()
    found = queries.page(request.user, filters)
    listed = CaseListPage(lens, form, filters, found)
    page = {"list": listed, "search": SearchForm()}
    response = render(request, "desk/case_list.html", page)
    area_code = listed.area_code
    record_view(EventType.LIST_VIEWED, by=request.user, area_code=area_code, page="cases")
    return response


def _search(request: SignedInRequest) -> HttpResponse:
    """What is searched for is posted, and is in no address, log or event but as a keyed hash."""
    form = SearchForm(request.POST)
    typed = form.cleaned_data["name"] if form.is_valid() else ""
    found = queries.by_reference(request.user, typed) or queries.search(request.user, typed)
    rows = queries.rows(request.user, found)
    page: dict[str, Any] = {"search": form, "rows": rows, "typed": typed}
    page["is_coordinator"] = queries.Lens(request.user).is_coordinator
    response = render(request, "desk/search.html", page)
    area_code = request.user.seats[0].agency.area.code
    kept = {"found": len(rows), "terms": terms.hashed(typed)}
    record_view(EventType.SEARCHED, by=request.user, area_code=area_code, **kept)
    return response


@require_POST
def case_take(request: SignedInRequest, reference: str) -> HttpResponse:
    case = access.get_case(request.user, reference, Perm.CASE_TAKE)
    screening.take(case, by=request.user)
    messages.success(request, "You have taken this referral")
    return redirect("case_screening", case.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def case_assign(request: SignedInRequest, reference: str) -> HttpResponse:
    return _assign(request, access.get_case(request.user, reference, Perm.CASE_ASSIGN))


@step_up.required
def _assign(request: SignedInRequest, case: Case) -> HttpResponse:
    form = AssignForm(posted(request), case=case)
    if form.is_valid():
        to = form.cleaned_data["officer"]
        lifecycle.assign(case, to=to, version=form.version, by=request.user)
        messages.success(request, "The case has a new owner")
        return redirect("case_overview", case.reference)
    page = {"form": form, "title": "Give the case to another officer", "submit_text": "Save"}
    return render_case(request, case, "form_page.html", page, tab="case_assign")


@require_safe
def case_timeline(request: SignedInRequest, reference: str) -> HttpResponse:
    case = access.get_case(request.user, reference)
    reader = Reader(request.user, case)
    group, before = request.GET.get("group", ""), request.GET.get("before", "")
    found = queries.timeline_page(reader, group=group, before=before)
    here = reverse("case_timeline", args=[case.reference])
    groups = queries.groups_for(reader)
    chosen = {"group": group} if group in groups else {}
    older = f"{here}?{urlencode({**chosen, 'before': found.older})}" if found.older else ""
    page = {"found": found, "groups": groups, "group": group, "older": older, "here": here}
    page["first"] = "" if found.is_first else f"{here}?{urlencode(chosen)}"
    return render_case(request, case, "desk/timeline.html", page, tab="case_timeline")
