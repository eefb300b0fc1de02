"""The pathway of an area, its changes, and changing one value after a preview."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import step_up
from accounts.actions import policy
from accounts.http import SignedInRequest, kept, posted
from accounts.pathway import access, queries
from accounts.pathway.forms import ValueForm
from accounts.permissions import Perm
from accounts.policy_values import is_editable
from prevent_cms import conflict


@require_safe
def pathway_list(request: SignedInRequest) -> HttpResponse:
    """The areas whose pathway this person reads; the only one at once."""
    areas = access.areas_for(request.user)
    if len(areas) == 1:
        return redirect("pathway", areas[0].slug)
    return render(request, "pathway/list.html", {"areas": areas})


@require_safe
def pathway(request: SignedInRequest, slug: str) -> HttpResponse:
    """How cases go in one area, in words."""
    area = access.get_area(request.user, slug)
    page = {"area": area, "groups": queries.lines(area)}
    page["may_edit"] = request.user.holds(Perm.POLICY_EDIT)
    return render(request, "pathway/pathway.html", page)


@require_safe
def pathway_history(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who changed what, when, and from which day it holds."""
    area = access.get_area(request.user, slug)
    return render(request, "pathway/history.html", {"area": area, "changes": queries.history(area)})


@access.for_editors
@step_up.required
@require_http_methods(["GET", "HEAD", "POST"])
def pathway_value(request: SignedInRequest, slug: str, name: str) -> HttpResponse:
    """One value: the form, then what will change in words, then the change."""
    area = access.get_area(request.user, slug)
    if not is_editable(name):
        raise Http404
    form = ValueForm(posted(request), area=area, name=name)
    if form.is_valid() and "confirmed" in request.POST:
        policy.set_value(
            area, name=name, **form.cleaned_data, version=form.version, by=request.user
        )
        messages.success(request, "The policy has been changed")
        return redirect("pathway", slug)
    page = {"form": form, "title": form.value.title, "caption": area.name}
    page |= {"submit_text": "Continue", "cancel_url": reverse("pathway", args=[slug])}
    if not form.is_valid() or "change" in request.POST:
        return conflict.draw(request, "form_page.html", page)
    page["kept"] = kept(request)
    return render(request, "pathway/check.html", page)
