"""Saved lists of cases, and when one is told of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, posted
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from referrals import lists, queries
from referrals.actions import lists as acts
from referrals.forms.desk import FilterForm
from referrals.forms.lists import AlertForm, SavedListForm
from referrals.models import ListAlert, SavedList


@require_safe
def saved_lists(request: SignedInRequest) -> HttpResponse:
    lists.require(request.user)
    response = render(request, "desk/saved_lists.html", {"lists": lists.shown(request.user)})
    record_view(EventType.LIST_VIEWED, by=request.user, page="saved_lists")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def saved_list_new(request: SignedInRequest) -> HttpResponse:
    """What is saved stands in the address, as on the list it comes from."""
    lists.require(request.user)
    filters = FilterForm(request.GET, lens=queries.Lens(request.user)).filters()
    form = SavedListForm(posted(request), initial={"is_shared": False, "how": ListAlert.How.NONE})
    if form.is_valid():
        row = acts.save_list(filters=filters, **form.kept(), by=request.user)
        acts.set_alert(row, **form.alert(), by=request.user)
        messages.success(request, "List saved")
        return redirect("saved_lists")
    page = {"form": form, "title": "Save this list", "cancel_url": filters.address}
    return render(request, "form_page.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def saved_list(request: SignedInRequest, pk: int) -> HttpResponse:
    lists.require(request.user)
    row = lists.get_list(request.user, pk)
    is_own = row.owner_id == request.user.pk
    kind = SavedListForm if is_own else AlertForm
    form: Any = kind(posted(request), initial=_initial(request, row))
    if form.is_valid():
        if is_own:
            acts.change_list(row, **form.kept(), by=request.user)
        acts.set_alert(row, **form.alert(), by=request.user)
        messages.success(request, "Saved")
        return redirect("saved_lists")
    page = {"form": form, "title": row.name, "cancel_url": reverse("saved_lists")}
    return render(request, "form_page.html", page)


def _initial(request: SignedInRequest, row: SavedList) -> dict[str, Any]:
    alert = lists.alert_of(request.user, row)
    found = {"name": row.name, "is_shared": row.agency_id is not None}
    how = {"how": alert.how if alert else ListAlert.How.NONE}
    return found | how | {"threshold": alert.threshold if alert else None}


@require_POST
def saved_list_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    lists.require(request.user)
    acts.remove_list(lists.get_list(request.user, pk), by=request.user)
    messages.success(request, "List removed")
    return redirect("saved_lists")
