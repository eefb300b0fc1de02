"""Gathering information, as an agency that is asked sees it: its own requests and nothing else."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms import conflict
from prevent_cms.errors import ActionDenied
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from referrals import answers, information, looks, requests
from referrals.actions import returns
from referrals.forms.information_agency import NilForm
from referrals.models import Disclosure, InformationRequest, InformationReturn, RequestChange


@require_safe
def request_list(request: SignedInRequest) -> HttpResponse:
    if not request.user.holds(Perm.INFORMATION_RETURN):
        raise ActionDenied("Only the contact of an agency answers requests.")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = requests.page_for_agency(request.user, after=after, before=before)
    response = render(request, "information/request_list.html", {"page": page})
    record_view(EventType.LIST_VIEWED, by=request.user, page="request_list")
    return response


def draw(
    request: SignedInRequest, asked: InformationRequest, template: str, page: Mapping[str, Any]
) -> HttpResponse:
    """A page about one request, and the record of the look: no event, no page."""
    shared = {"asked": asked, "identity": information.identity(request.user, asked.case)}
    path, found, status = conflict.page(f"information/{template}.html", {**shared, **page})
    response = render(request, path, found, status=status)
    record_view(
        EventType.CASE_VIEWED,
        by=request.user,
        case=asked.case,
        target=asked,
        agency_id=asked.agency_id,
        # Which screen of its answer an agency has open, or that it passes it on, is its own.
        page=template if template in looks.PAGES else "answer",
    )
    return response


@require_safe
def request_detail(request: SignedInRequest, number: int) -> HttpResponse:
    asked = information.get_request(request.user, number)
    returned = InformationReturn.objects.visible_to(request.user).filter(request=asked)
    shares = Disclosure.objects.visible_to(request.user).filter(
        case=asked.case, agency=asked.agency
    )
    tasks = answers.tasks(None if asked.answered_at else answers.draft_of(request.user, asked))
    page = {
        "tasks": tasks,
        "done": sum(task.is_done for task in tasks),
        "count": len(tasks),
        "returns": returned.select_related("by", "written_by"),
        "share": shares.first(),
        "changes": RequestChange.objects.visible_to(request.user).filter(request=asked),
        "late": asked.case.area.rules.due_words(asked.due_on) if asked.is_overdue else "",
        "time_left": requests.time_left(asked.case.area.rules, asked.due_on),
    }
    return draw(request, asked, "request", page)


@require_http_methods(["GET", "HEAD", "POST"])
def request_nil(request: SignedInRequest, number: int) -> HttpResponse:
    asked = information.get_request(request.user, number)
    returns.require_answerable(asked.case)
    sentence = information.nil_sentence(information.identity(request.user, asked.case))
    systems = information.last_systems(request.user, asked.agency_id)
    data = posted(request)
    form = NilForm(data, sentence=sentence, systems=systems)
    if form.is_valid():
        searched = form.cleaned_data["systems_searched"]
        returns.nil_return(asked, statement=sentence, systems_searched=searched, by=request.user)
        messages.success(request, "Nil return sent")
        return redirect("request_detail", asked.pk)
    back = reverse("request_detail", args=[asked.pk])
    return draw(request, asked, "nil", {"form": form, "back_url": back})
