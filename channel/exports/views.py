"""Files that take a while: one's own list, how far one is, and the file itself."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import step_up
from accounts.http import SignedInRequest
from channel.exports import access
from channel.exports.actions import exports
from channel.exports.kinds import KINDS
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view


@require_safe
def export_list(request: SignedInRequest) -> HttpResponse:
    found = [
        (KINDS[one.kind].title, one)
        for one in access.exports_for(request.user).filter(kind__in=KINDS)[: access.MOST]
    ]
    response = render(request, "exports/list.html", {"exports": found})
    record_view(EventType.LIST_VIEWED, by=request.user, page="export_list")
    return response


@require_safe
def export(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_export(request.user, pk)
    context = {
        "export": found,
        "title": KINDS[found.kind].title,
        "is_fresh": step_up.is_fresh(request),
    }
    response = render(request, "exports/export.html", context)
    record_view(EventType.LIST_VIEWED, by=request.user, target=found, page="export")
    return response


@require_safe
def export_file(request: SignedInRequest, pk: int) -> HttpResponse:
    found = access.get_export(request.user, pk)
    if not step_up.is_fresh(request):  # a download leaves the page as it is, so its page comes next
        return step_up.ask(request, then=reverse("export", args=[pk]))
    content = exports.hand_out(found, by=request.user)
    response = HttpResponse(content, content_type=found.media_type)
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response
