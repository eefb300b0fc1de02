"""Joiners, movers and leavers, for system administrators."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import step_up
from accounts.actions import people
from accounts.http import SignedInRequest, posted
from accounts.models import User
from accounts.people import access, queries
from accounts.people.acts import ACTS, acts_for
from accounts.people.forms import (
    EndForm,
    InviteForm,
    NameForm,
    PeopleFilter,
    PersonSearch,
    RoleForm,
)
from prevent_cms import conflict
from prevent_cms.history import EventType, terms
from prevent_cms.history.record import record_view
from prevent_cms.history.versions import Rows


@access.for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def people_list(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        return _search(request)
    form = PeopleFilter(request.GET)
    filters = form.filters()
    found = queries.page(**filters, after=request.GET.get("after", ""))
    chosen = {key: value for key, value in filters.items() if value}
    here = reverse("people")
    page = {"found": found, "form": form, "search": PersonSearch()}
    page["next_url"] = (
        f"{here}?{urlencode({**chosen, 'after': found.after})}" if found.after else ""
    )
    page["first_url"] = "" if found.is_first else f"{here}?{urlencode(chosen)}"
    response = render(request, "people/list.html", page)
    record_view(EventType.LIST_VIEWED, by=request.user, page="people")
    return response


def _search(request: SignedInRequest) -> HttpResponse:
    """What is searched for is posted, and is in no address, log or event but as a keyed hash."""
    form = PersonSearch(request.POST)
    typed = form.cleaned_data["name"] if form.is_valid() else ""
    found = queries.search(typed) if typed else []
    response = render(request, "people/search.html", {"search": form, "people": found})
    kept = {"found": len(found), "terms": terms.hashed(typed)}
    record_view(EventType.SEARCHED, by=request.user, page="people", **kept)
    return response


@access.for_administrators
@require_safe
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    found = queries.person(access.get_person(pk))
    page = {"person": found, "acts": acts_for(found, by=request.user)}
    page["is_own"] = found.user == request.user
    response = render(request, "people/person.html", page)
    record_view(EventType.LIST_VIEWED, by=request.user, page="person", target=found.user)
    return response


@access.for_administrators
@step_up.required
@require_http_methods(["GET", "HEAD", "POST"])
def person_invite(request: SignedInRequest) -> HttpResponse:
    form = InviteForm(posted(request))
    if form.is_valid():
        user = people.invite(**form.cleaned_data, by=request.user)
        messages.success(request, "The invitation has been sent. The link works for 7 days.")
        return redirect("person", user.pk)
    page = {"form": form, "title": "Invite somebody", "submit_text": "Send the invitation"}
    return render(request, "form_page.html", {**page, "cancel_url": reverse("people")})


@access.for_administrators
@step_up.required
@require_http_methods(["GET", "HEAD", "POST"])
def person_name(request: SignedInRequest, pk: int) -> HttpResponse:
    record = Rows(User, id=pk)
    user = access.get_person(pk)
    form = NameForm(posted(request), initial={"name": user.name}, record=record)
    if form.is_valid():
        people.rename(user, **form.cleaned_data, version=form.version, by=request.user)
        messages.success(request, "The name has been corrected")
        return redirect("person", pk)
    page = {"form": form, "title": "Correct the name", "caption": user.email}
    page["cancel_url"] = reverse("person", args=[pk])
    return conflict.draw(request, "form_page.html", page)


@access.for_administrators
@step_up.required
@require_http_methods(["GET", "HEAD", "POST"])
def role_add(request: SignedInRequest, pk: int) -> HttpResponse:
    user = access.get_person(pk)
    form = RoleForm(posted(request))
    if form.is_valid():
        people.join(user, **form.cleaned_data, by=request.user)
        messages.success(request, "The role has been given")
        return redirect("person", pk)
    page = {"form": form, "title": "Give a role", "caption": user.name}
    return render(request, "form_page.html", {**page, "cancel_url": reverse("person", args=[pk])})


@access.for_administrators
@step_up.required
@require_http_methods(["GET", "HEAD", "POST"])
def role_end(request: SignedInRequest, pk: int, role: int) -> HttpResponse:
    membership = access.get_role(pk, role)
    form = EndForm(posted(request), membership=membership)
    if form.is_valid():
        people.leave(membership, **form.cleaned_data, version=form.version, by=request.user)
        messages.success(request, "The role has been ended")
        return redirect("person", pk)
    page = {"form": form, "membership": membership, "hindrances": people.hindrances(membership)}
    page |= {"title": "End a role", "caption": membership.user.name}
    page |= {"submit_text": "End the role", "cancel_url": reverse("person", args=[pk])}
    return conflict.draw(request, "people/role_end.html", page)


@access.for_administrators
@step_up.required
@require_http_methods(["GET", "HEAD", "POST"])
def person_act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    user = access.get_person(pk)
    if act not in ACTS:
        raise Http404
    chosen = ACTS[act]
    if request.method == "POST":
        chosen.do(user, by=request.user)
        messages.success(request, chosen.done)
        return redirect("person", pk)
    page = {"title": chosen.title, "caption": user.name, "lead": chosen.lead}
    page |= {"submit_text": chosen.button, "submit_kind": chosen.kind}
    return render(request, "form_page.html", {**page, "cancel_url": reverse("person", args=[pk])})
