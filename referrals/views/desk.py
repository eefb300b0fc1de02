"""The case list, and taking a referral."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Perm
from prevent_cms.errors import ActionDenied
from prevent_cms.history import EventType, terms
from prevent_cms.history.record import record_view
from referrals import access, queries
from referrals.actions import screening
from referrals.forms.desk import FilterForm, SearchForm
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
