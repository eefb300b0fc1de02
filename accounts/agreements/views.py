"""The agreements of an area, for those who look after them (R103)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import agreements
from accounts.agreements import access, queries
from accounts.agreements.forms import ChangeForm, EndForm, NewForm, RenewForm
from accounts.agreements.models import Agreement
from accounts.http import SignedInRequest, posted
from prevent_cms import conflict
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW

look_or_send = require_http_methods(["GET", "HEAD", "POST"])


@access.for_keepers
@require_safe
def agreement_list(request: SignedInRequest) -> HttpResponse:
    return render(request, "agreements/list.html", {"places": queries.places(request.user)})


@access.for_keepers
@look_or_send
def agreement_new(request: SignedInRequest, slug: str) -> HttpResponse:
    area = access.get_area(request.user, slug)
    form = NewForm(posted(request), area=area)
    if form.is_valid():
        made = agreements.add(area, form.draft(), by=request.user)
        messages.success(request, "The agreement has been added")
        return redirect("agreement", made.pk)
    page = {"form": form, "title": "Add an agreement", "caption": area.name}
    page |= {"submit_text": "Add the agreement", "cancel_url": reverse("agreement_list")}
    return render(request, "form_page.html", page)


@access.for_keepers
@require_safe
def agreement(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_agreement(request.user, pk)
    page = {"agreement": found, "history": queries.history(found)}
    page["parties"] = queries.party_names(found)
    return render(request, "agreements/agreement.html", page)


@access.for_keepers
@look_or_send
def agreement_change(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _running(request, pk)
    form = ChangeForm(posted(request), agreement=found)
    if form.is_valid():
        agreements.change(found, form.draft(), version=form.version, by=request.user)
        messages.success(request, "The agreement has been changed")
        return redirect("agreement", pk)
    return _draw(request, found, form, "Change the agreement", "Save")


@access.for_keepers
@look_or_send
def agreement_renew(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _running(request, pk)
    form = RenewForm(posted(request), agreement=found)
    if form.is_valid():
        agreements.renew(found, **form.cleaned_data, version=form.version, by=request.user)
        messages.success(request, "The agreement has been renewed")
        return redirect("agreement", pk)
    return _draw(request, found, form, "Renew the agreement", "Record the renewal")


@access.for_keepers
@look_or_send
def agreement_end(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _running(request, pk)
    form = EndForm(posted(request), agreement=found)
    if form.is_valid():
        agreements.end(found, **form.cleaned_data, version=form.version, by=request.user)
        messages.success(request, "The agreement has been ended")
        return redirect("agreement", pk)
    return _draw(request, found, form, "End the agreement", "End the agreement")


def _running(request: SignedInRequest, pk: int) -> Agreement:
    """One of theirs that has not ended; Http404, or ActionInvalid once it has."""
    found = access.get_agreement(request.user, pk)
    if found.ended_on:
        raise ActionInvalid(NOT_NOW)
    return found


def _draw(
    request: SignedInRequest, found: Agreement, form: Any, title: str, submit: str
) -> HttpResponse:
    page = {"form": form, "title": title, "caption": found.name, "submit_text": submit}
    page["cancel_url"] = reverse("agreement", args=[found.pk])
    return conflict.draw(request, "form_page.html", page)
